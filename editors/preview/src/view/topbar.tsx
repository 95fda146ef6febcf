// SPDX-License-Identifier: Apache-2.0
// topbar.tsx - where we are, how it stands, and what can be opened.
import { formatDuration } from "../render/text.ts";
import type { AppState } from "../state/app.ts";
import { countStatuses } from "../state/document.ts";
import { fileName, folderName } from "../state/paths.ts";
import { nextFailure } from "./commands.ts";
import { useApp } from "./context.ts";
import { Icon, type IconName } from "./icons.tsx";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
export const COMMAND_KEY = MAC ? "⌘K" : "Ctrl K";

function Breadcrumb({ state }: { state: AppState }) {
  const app = useApp();
  const folders = folderName(state.path).split("/").filter(Boolean);
  const root = fileName(state.root) || "/";
  const openTree = () => app.setOptions({ tree: true });
  return (
    <nav class="breadcrumb" aria-label="Where this file is">
      <ol>
        {[root, ...folders].map((name, i) => (
          <li key={i}>
            <button onClick={openTree} disabled={state.phase === "static"} title="Show the folder">{name}</button>
          </li>
        ))}
        <li class="here">
          <strong aria-current="page">{fileName(state.path)}</strong>
          {state.phase !== "static" && <PinButton state={state} />}
        </li>
      </ol>
    </nav>
  );
}

function PinButton({ state }: { state: AppState }) {
  const app = useApp();
  const says = state.pinned
    ? "Pinned: the page stays with this file. Press to follow changes again (P)"
    : "Following: the page goes to the file that changes. Press to pin this one (P)";
  return (
    <button class={`pin ${state.pinned ? "on" : ""}`} aria-pressed={state.pinned} aria-label={state.pinned ? "Unpin this file" : "Pin this file"} title={says} onClick={() => app.togglePin()}>
      <Icon name="pin" />
    </button>
  );
}

// One short sentence on the whole document.
function Summary({ state }: { state: AppState }) {
  const app = useApp();
  const { doc } = state;
  if (doc.order.length === 0) return null;
  const counts = countStatuses(doc);
  const { run } = doc;
  const failed = counts.errors > 0 && (
    <button class="chip bad" onClick={() => nextFailure(app)} title="Go to the next one (E)">
      {counts.errors} {counts.errors === 1 ? "error" : "errors"}
      {counts.blocked > 0 && `, ${counts.blocked} blocked`}
    </button>
  );
  const busy = run.active && run.planned > 0;
  const done = Math.max(0, run.planned - counts.waiting);
  return (
    <div class="summary" role="status" aria-live="polite">
      {failed}
      {busy ? (
        <span class="chip busy">
          <progress max={run.planned} value={done} aria-label="Blocks that have run" />
          {Math.min(done + 1, run.planned)} of {run.planned}
        </span>
      ) : (
        counts.held > 0 ? <span class="chip">{counts.held} held until you save</span>
        : counts.stale > 0 ? <span class="chip">{counts.stale} out of date</span>
        : !failed && <span class="chip good" title={run.end ? `${run.end.ran} ran in ${formatDuration(run.end.durationMs)}, ${run.end.clean} stood` : ""}>
            <Icon name="ok" /> up to date
          </span>
      )}
    </div>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  keys: string;
  on?: boolean;
  act: () => void;
  id?: string;
}

function Tool({ icon, label, keys, on, act, id }: ToolProps) {
  return (
    <button class={`tool ${on ? "on" : ""}`} id={id} onClick={act} aria-label={label} aria-pressed={on} title={`${label} (${keys})`}>
      <Icon name={icon} />
    </button>
  );
}

export function TopBar({ state }: { state: AppState }) {
  const app = useApp();
  const { options } = state;
  const isStatic = state.phase === "static";
  const busy = state.doc.run.active && state.doc.run.planned > 0;
  return (
    <header class="topbar">
      {!isStatic && <Tool icon="folder" label="Files" keys="T" on={options.tree} act={() => app.setOptions({ tree: !options.tree })} />}
      {state.path ? <Breadcrumb state={state} /> : <div class="breadcrumb"><strong>Relight</strong></div>}
      <Summary state={state} />
      <div class="tools">
        {!isStatic && busy && <Tool icon="stop" label="Interrupt" keys="." act={() => app.interrupt()} />}
        {!isStatic && (
          <button class="search" onClick={() => app.setOverlay("palette")} aria-label={`${COMMAND_KEY}: search files and commands`} title={`Search files and commands (${COMMAND_KEY})`}>
            <Icon name="search" /> <kbd>{COMMAND_KEY}</kbd>
          </button>
        )}
        <Tool icon="graph" label="Why, and what depends on what" keys="W" on={options.inspector} act={() => app.setOptions({ inspector: !options.inspector })} />
        <Tool icon="sliders" label="What to show" keys="O" id="options-button" on={state.overlay === "options"} act={() => app.setOverlay(state.overlay === "options" ? "" : "options")} />
      </div>
    </header>
  );
}
