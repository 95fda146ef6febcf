// SPDX-License-Identifier: Apache-2.0
// tree.tsx - the folders, each listed when it is opened; follows what is added and removed.
import { useEffect, useState } from "preact/hooks";
import type { AppState } from "../state/app.ts";
import { fileName, folderName } from "../state/paths.ts";
import { useApp } from "./context.ts";
import { Icon } from "./icons.tsx";

interface RowsProps {
  state: AppState;
  folder: string;
  level: number;
  open: ReadonlySet<string>;
  toggle: (folder: string) => void;
}

function Rows({ state, folder, level, open, toggle }: RowsProps) {
  const app = useApp();
  const entries = state.folders.get(folder);
  if (!entries) return null;
  return (
    <>
      {entries.map(({ name, kind }) => {
        const path = folder ? `${folder}/${name}` : name;
        const isOpen = open.has(path);
        const isFile = kind === "file";
        const here = path === state.path;
        return (
          <li key={path} role="none">
            <button
              role="treeitem" aria-level={level} aria-expanded={isFile ? undefined : isOpen} aria-selected={here}
              class={here ? "here" : ""} style={{ paddingLeft: `${level * 14}px` }} tabindex={-1}
              onClick={() => (isFile ? app.open(path) : toggle(path))}
            >
              <Icon name={isFile ? "file" : "chevron"} class={isOpen ? "turned" : ""} />
              <span>{name}</span>
              {state.elsewhere.includes(path) && <span class="dot" role="img" aria-label="changed" />}
            </button>
            {isOpen && <ul role="group"><Rows state={state} folder={path} level={level + 1} open={open} toggle={toggle} /></ul>}
          </li>
        );
      })}
    </>
  );
}

const ancestors = (path: string) => {
  const found: string[] = [];
  for (let folder = folderName(path); folder; folder = folderName(folder)) found.push(folder);
  return found;
};

// Up and down through what is to be seen; right and left open and close.
function onKeyDown(event: KeyboardEvent): void {
  const tree = event.currentTarget as HTMLElement;
  const items = [...tree.querySelectorAll<HTMLButtonElement>("[role=treeitem]")];
  const item = document.activeElement as HTMLButtonElement;
  const at = items.indexOf(item);
  const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (go !== undefined) items[Math.max(0, Math.min(items.length - 1, go))]?.focus();
  else if (event.key === "ArrowRight" && item.ariaExpanded === "false") item.click();
  else if (event.key === "ArrowLeft" && item.ariaExpanded === "true") item.click();
  else return;
  event.preventDefault();
}

export function Tree({ state }: { state: AppState }) {
  const app = useApp();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const show = (folders: string[]) => {
    for (const folder of folders) if (!state.folders.has(folder)) app.listFolder(folder);
  };
  const toggle = (folder: string) => {
    const next = new Set(open);
    if (!next.delete(folder)) next.add(folder);
    setOpen(next);
    show([folder]);
  };
  useEffect(() => {
    const above = ancestors(state.path);
    setOpen(new Set([...open, ...above]));
    show(above);
  }, [state.path, state.root]);
  return (
    <aside class="sidebar tree" aria-label="Files">
      <h2>{fileName(state.root) || "Files"}</h2>
      <ul role="tree" aria-label="Files" tabindex={0} onKeyDown={onKeyDown} onFocus={(e) => e.target === e.currentTarget && (e.currentTarget.querySelector<HTMLElement>(".here") ?? e.currentTarget.querySelector<HTMLElement>("button"))?.focus()}>
        <Rows state={state} folder="" level={1} open={open} toggle={toggle} />
      </ul>
    </aside>
  );
}
