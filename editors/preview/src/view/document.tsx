// SPDX-License-Identifier: Apache-2.0
// document.tsx - the blocks of the file on screen, or why there are none.
import { useEffect, useLayoutEffect } from "preact/hooks";
import { type AppState, blockAtLine } from "../state/app.ts";
import type { DocumentState } from "../state/document.ts";
import { fileName } from "../state/paths.ts";
import { BlockView } from "./block.tsx";
import { useApp } from "./context.ts";
import { Icon } from "./icons.tsx";
import { glideToBlock, isReading, isVisible, scrollToBlock } from "./scroll.ts";

// To the first block that a run changed.
function useScrollToChange(state: AppState): void {
  const { changed } = state.doc;
  useEffect(() => {
    const el = document.getElementById(changed.block);
    if (!el || !state.options.scroll) return;
    if (isVisible(el) || isReading()) return;
    glideToBlock(el);
  }, [changed]);
}

// To the line that the address names, once it is there.
function useGoTo(state: AppState): void {
  const app = useApp();
  const { goTo, loaded, doc } = state;
  useLayoutEffect(() => {
    if (!goTo || !loaded) return;
    const block = blockAtLine(doc, goTo - 1);
    app.wentThere();
    if (!block) return;
    const el = document.getElementById(block.id);
    if (el) scrollToBlock(el, "start");
    app.select(block.id);
  }, [goTo, loaded, doc.file]);
}

// Another file begins at its top.
function useTop(file: string): void {
  useLayoutEffect(() => {
    window.scrollTo(0, 0);
  }, [file]);
}

function Empty({ title, children }: { title: string; children?: preact.ComponentChildren }) {
  return (
    <div class="empty" role="status">
      <h1>{title}</h1>
      {children}
    </div>
  );
}

function Problem({ state }: { state: AppState }) {
  return (
    <Empty title={`${fileName(state.path)} cannot be shown`}>
      <p>{state.problem}</p>
      <p>It appears here as soon as it is there.</p>
    </Empty>
  );
}

function Welcome() {
  const app = useApp();
  return (
    <Empty title="Relight">
      <p>Save a Python file below this folder, and it appears here.</p>
      <p>
        <button class="button primary" onClick={() => app.setOverlay("palette")}>
          <Icon name="search" /> Choose a file
        </button>
      </p>
    </Empty>
  );
}

function relationOf(doc: DocumentState, id: string, selected: string, on: boolean): "" | "upstream" | "downstream" {
  if (!on || !selected) return "";
  const relations = doc.graph.get(selected);
  if (relations?.upstream.includes(id)) return "upstream";
  return relations?.downstream.includes(id) ? "downstream" : "";
}

function Blocks({ state }: { state: AppState }) {
  const { doc, options } = state;
  const cursor = state.cursorLine < 0 ? undefined : blockAtLine(doc, state.cursorLine)?.id;
  return (
    <div class="blocks">
      {doc.order.map((id) => {
        const block = doc.blocks.get(id);
        if (!block?.told) return null;
        return (
          <BlockView
            key={id}
            block={block}
            options={options}
            selected={id === state.selected}
            cursor={id === cursor}
            relation={relationOf(doc, id, state.selected, options.inspector)}
          />
        );
      })}
    </div>
  );
}

export function DocumentView({ state }: { state: AppState }) {
  useTop(state.doc.file);
  useScrollToChange(state);
  useGoTo(state);
  const { doc } = state;
  if (!state.path) return state.phase === "open" ? <Welcome /> : null;
  if (state.problem) return <Problem state={state} />;
  if (doc.order.length === 0 && state.loaded)
    return (
      <Empty title="This file is empty">
        <p>Write something, and it appears here.</p>
      </Empty>
    );
  return <Blocks state={state} />;
}
