// SPDX-License-Identifier: Apache-2.0
// block.tsx - one block: its sign, its prose and code in source order, what it showed.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Element } from "../protocol.ts";
import { highlight } from "../render/highlight.ts";
import { formatDuration } from "../render/text.ts";
import type { Block } from "../state/document.ts";
import { type Options, isCodeShown, isShown } from "../state/options.ts";
import { useApp } from "./context.ts";
import { StatusSign } from "./icons.tsx";
import { memo } from "./memo.ts";
import { Outputs } from "./outputs.tsx";
import { Prose } from "./prose.tsx";
import { scrollToBlock } from "./scroll.ts";
import { STATUS_WORDS, lineOf } from "./words.ts";

const TICK_MS = 100;
const WORTH_TELLING_MS = 500; // shorter durations are told on demand only

// How long a block has been running; its own component, so that nothing else is drawn again.
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [since]);
  const ms = Math.max(0, now - since);
  return <span class="elapsed">{ms < 300 ? "" : formatDuration(ms)}</span>;
}

function Code({ element, children }: { element: Element; children: ComponentChildren }) {
  const app = useApp();
  const code = useRef<HTMLElement>(null);
  const onClick = (event: MouseEvent) => {
    const el = code.current;
    if (!el || !window.getSelection()?.isCollapsed) return; // the reader is selecting text
    const lineHeight = parseFloat(getComputedStyle(el).lineHeight);
    const row = Math.floor((event.clientY - el.getBoundingClientRect().top) / lineHeight);
    const last = element.range.end.line - element.range.start.line;
    app.reveal(app.state.doc.file, element.range.start.line + Math.max(0, Math.min(row, last)));
  };
  return (
    <div class="code-box">
      <pre class="code" onClick={onClick} tabindex={-1}>
        <code ref={code} dangerouslySetInnerHTML={{ __html: highlight(element.value, "python") }} />
      </pre>
      {children}
    </div>
  );
}

const Elements = memo(({ block, options }: { block: Block; options: Options }) => {
  const showCode = isCodeShown(block.hidden, options);
  const showProse = isShown("prose", block.hidden, options);
  const asFile = (e: Element) => (block.hidden.length === 0 && allAsFile(options) ? e.show : undefined);
  const shown = block.elements.filter((e) => asFile(e) ?? (e.type === "prose" ? showProse : showCode));
  const first = shown.find((e) => e.type === "code"); // has the time it took in its corner
  return (
    <>
      {shown.map((element, i) => {
        if (element.type === "prose") return <Prose key={i} text={element.value} scope={`${block.id}-${i}`} />;
        return <Code key={i} element={element}>{element === first && <Meta block={block} />}</Code>;
      })}
      {!first && block.kind === "code" && <Meta block={block} />}
    </>
  );
});

function allAsFile(options: Options): boolean {
  return Object.values(options.showing).every((s) => s === "file");
}

// Old output stays until the new one is there, and its room as long as the block runs.
const Shown = memo(({ block }: { block: Block }) => {
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const live = block.streaming.length > 0;
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    if (!live) height.current = el.offsetHeight;
    el.style.minHeight = live ? `${height.current}px` : "";
  }, [block]);
  const outputs = live ? block.streaming : block.outputs;
  return (
    <div class="outputs" ref={box} aria-busy={live}>
      <Outputs outputs={outputs} scope={block.id} live={live} truncated={block.truncated && !live} />
    </div>
  );
});

function Note({ block }: { block: Block }) {
  const app = useApp();
  if (block.status === "held") return <p class="note blocked-note">Held: it {block.operation || "would change something outside"}. It runs when you save.</p>;
  if (block.status !== "blocked") return null;
  const { doc } = app.state;
  const by = block.blockedBy && doc.blocks.has(block.blockedBy) ? block.blockedBy : "";
  return (
    <p class="note blocked-note">
      Blocked: it needs what {by ? <a href="#" onClick={(e) => (e.preventDefault(), goToBlock(by))}>line {lineOf(doc, by)}</a> : "a block above"} did not make.
    </p>
  );
}

export function goToBlock(id: string): void {
  const el = document.getElementById(id);
  if (!el) return;
  scrollToBlock(el, "nearest");
  el.focus({ preventScroll: true });
}

function Meta({ block }: { block: Block }) {
  const { status, durationMs, origin } = block;
  if (status === "running") return <Elapsed since={block.startedAt} />;
  const ran = block.kind === "code" && durationMs > 0 && (status === "ok" || status === "error");
  const slow = durationMs >= WORTH_TELLING_MS;
  return (
    <span class={`took ${slow ? "always" : ""}`}>
      {origin === "cache" && "from the cache · "}
      {ran && formatDuration(durationMs)}
    </span>
  );
}

export interface BlockProps {
  block: Block;
  options: Options;
  selected: boolean;
  cursor: boolean;
  relation: "" | "upstream" | "downstream";
}

// A short wash of colour says that what is shown has changed.
function useFlash(changes: number): boolean {
  const [flash, setFlash] = useState(false);
  const first = useRef(changes);
  useEffect(() => {
    if (changes === first.current) return;
    first.current = changes;
    setFlash(true);
    const timer = setTimeout(() => setFlash(false), 1400);
    return () => clearTimeout(timer);
  }, [changes]);
  return flash;
}

export const BlockView = memo(({ block, options, selected, cursor, relation }: BlockProps) => {
  const app = useApp();
  const flash = useFlash(block.changes);
  const isCode = block.kind === "code";
  const line = block.range.start.line + 1;
  const label = `${isCode ? "Code" : "Text"}, line ${line}${isCode ? `, ${STATUS_WORDS[block.status]}` : ""}`;
  const visuals = isShown("visuals", block.hidden, options) || block.status === "error" || block.status === "syntaxError";
  const classes = ["block", `is-${block.kind}`, `st-${block.status}`, relation];
  if (selected) classes.push("selected");
  if (cursor) classes.push("cursor");
  if (flash) classes.push("flash");
  return (
    <section id={block.id} class={classes.join(" ")} tabindex={-1} aria-label={label} aria-current={cursor ? "location" : undefined}
      onFocus={() => app.state.selected !== block.id && app.select(block.id)}>
      <div class="gutter">
        <button class="line" tabindex={-1} onClick={() => app.reveal(app.state.doc.file, line - 1)} title={app.state.can.reveal ? "Show in the editor" : ""} aria-hidden="true">
          {line}
        </button>
        {isCode && (
          <button class="sign" onClick={() => app.explain(block.id)} aria-label={`${STATUS_WORDS[block.status]}. Why?`} title={`${STATUS_WORDS[block.status]} · why?`}>
            <StatusSign status={block.status} origin={block.origin} />
          </button>
        )}
      </div>
      <div class="body">
        {block.title && <h3 class="title">{block.title}</h3>}
        <Elements block={block} options={options} />
        {isCode && <Note block={block} />}
        {isCode && visuals && (block.outputs.length > 0 || block.streaming.length > 0) && <Shown block={block} />}
      </div>
    </section>
  );
});
