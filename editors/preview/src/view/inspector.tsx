// SPDX-License-Identifier: Apache-2.0
// inspector.tsx - why a block ran or did not, and the map of who reads from whom.
import { useEffect, useRef } from "preact/hooks";
import { formatDuration } from "../render/text.ts";
import type { AppState } from "../state/app.ts";
import type { Block, DocumentState } from "../state/document.ts";
import { goToBlock } from "./block.tsx";
import { useApp } from "./context.ts";
import { Icon, StatusSign } from "./icons.tsx";
import { type Arc, layOutArcs } from "./map_layout.ts";
import { STATUS_WORDS, blockName, lineOf, reasonText } from "./words.ts";

const ROW = 30; // pixels; as in the style sheet
const LANE = 9;

function BlockLinks({ doc, ids, none }: { doc: DocumentState; ids: readonly string[]; none: string }) {
  const known = ids.filter((id) => doc.blocks.has(id));
  if (known.length === 0) return <span class="faint">{none}</span>;
  return (
    <span class="links">
      {known.map((id) => (
        <button key={id} class="link" onClick={() => goToBlock(id)}>
          <span class="faint">{lineOf(doc, id)}</span> {blockName(doc, doc.blocks.get(id) as Block)}
        </button>
      ))}
    </span>
  );
}

function Names({ names }: { names: readonly string[] }) {
  return <>{names.map((name) => <code class="name" key={name}>{name}</code>)}</>;
}

function sentence(doc: DocumentState, block: Block): string {
  if (block.kind === "prose") return "Text; it does not run.";
  const reasons = block.reasons.map((r) => reasonText(doc, r));
  const why = reasons.length ? reasons.join(", and ") : "";
  switch (block.status) {
    case "running":
      return `It runs because ${why || "it has to"}.`;
    case "queued":
      return `It will run because ${why || "it has to"}.`;
    case "blocked":
      return "It did not run: a block that it needs failed.";
    case "held":
      return `It ${block.operation || "would change something outside (a file, a process, the network)"}, so it waits until you save.`;
    case "syntaxError":
      return "Its text does not compile, so nothing ran. Blocks that read from it keep what they had.";
    case "skipped":
      return "It is marked skip.";
    case "stale":
      return "What it shows is of an older text, or it has never run.";
    default:
      if (block.origin === "cache") return "What it shows came from the cache, and still holds.";
      if (block.origin === "clean" || !why)
        return `Nothing that it reads has changed since it ran, so it stands.${why && ` It last ran because ${why}.`}`;
      return `It ran because ${why}.`;
  }
}

function Why({ state, block }: { state: AppState; block: Block }) {
  const app = useApp();
  const { doc } = state;
  const relations = doc.graph.get(block.id);
  return (
    <section class={`why st-${block.status}`} aria-label="Why">
      <h2>
        {block.kind === "code" && <span class="sign"><StatusSign status={block.status} origin={block.origin} /></span>}
        <span class="why-name">{blockName(doc, block)}</span>
      </h2>
      <p class="faint">
        line {block.range.start.line + 1} {block.kind === "code" && `· ${STATUS_WORDS[block.status]}`}
        {block.durationMs > 0 && ` · took ${formatDuration(block.durationMs)}`}
      </p>
      <p>{sentence(doc, block)}</p>
      {relations && (
        <dl>
          <dt>Provides</dt>
          <dd>{relations.provides.length ? <Names names={relations.provides} /> : <span class="faint">nothing</span>}</dd>
          {relations.mutates.length > 0 && <><dt>Changes</dt><dd><Names names={relations.mutates} /></dd></>}
          <dt>Reads from</dt>
          <dd><BlockLinks doc={doc} ids={relations.upstream} none="no other block" /></dd>
          <dt>Read by</dt>
          <dd><BlockLinks doc={doc} ids={relations.downstream} none="no other block" /></dd>
        </dl>
      )}
      <p class="actions">
        {state.can.run && block.kind === "code" && <button class="button" onClick={() => app.run(block.id)}><Icon name="play" /> Run it</button>}
        {state.can.reveal && <button class="button" onClick={() => app.reveal(doc.file, block.range.start.line)}>Show in the editor</button>}
      </p>
    </section>
  );
}

function ArcPath({ arc, width, tone }: { arc: Arc; width: number; tone: string }) {
  const x = width - arc.lane * LANE - 6;
  const from = arc.from * ROW + ROW / 2;
  const to = arc.to * ROW + ROW / 2;
  const r = Math.min(7, (to - from) / 2);
  return <path class={`arc ${tone}`} d={`M${width} ${from}H${x + r}Q${x} ${from} ${x} ${from + r}V${to - r}Q${x} ${to} ${x + r} ${to}H${width}`} />;
}

function toneOf(arc: Arc, selected: string): string {
  if (arc.toId === selected) return "upstream";
  return arc.fromId === selected ? "downstream" : "";
}

function MapRow({ state, block }: { state: AppState; block: Block }) {
  const { doc, selected } = state;
  const relations = doc.graph.get(selected);
  const tone = relations?.upstream.includes(block.id) ? "upstream" : relations?.downstream.includes(block.id) ? "downstream" : "";
  return (
    <li>
      <button class={`map-row st-${block.status} ${tone} ${block.id === selected ? "selected" : ""}`} aria-current={block.id === selected} onClick={() => goToBlock(block.id)}>
        <span class="sign" title={STATUS_WORDS[block.status]}><StatusSign status={block.status} origin={block.origin} /></span>
        <span class="map-name">{blockName(doc, block)}</span>
        <span class="map-took">{block.durationMs >= 1 ? formatDuration(block.durationMs) : ""}</span>
      </button>
    </li>
  );
}

function DependencyMap({ state }: { state: AppState }) {
  const { doc, selected } = state;
  const list = useRef<HTMLDivElement>(null);
  const code = doc.order.map((id) => doc.blocks.get(id)).filter((b): b is Block => b?.kind === "code");
  const { arcs, lanes } = layOutArcs(code.map((b) => b.id), (id) => doc.graph.get(id)?.upstream ?? []);
  const width = Math.min(lanes, 14) * LANE + 14;
  useEffect(() => {
    list.current?.querySelector(".selected")?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const ordered = [...arcs].sort((a, b) => Number(toneOf(a, selected) !== "") - Number(toneOf(b, selected) !== ""));
  return (
    <section class="map" aria-label="Dependency map">
      <h2>What depends on what</h2>
      <div class="map-scroll" ref={list}>
        <svg width={width} height={code.length * ROW} aria-hidden="true">
          {ordered.map((arc) => <ArcPath key={`${arc.fromId} ${arc.toId}`} arc={arc} width={width} tone={toneOf(arc, selected)} />)}
        </svg>
        <ol>{code.map((block) => <MapRow key={block.id} state={state} block={block} />)}</ol>
      </div>
    </section>
  );
}

export function Inspector({ state }: { state: AppState }) {
  const block = state.doc.blocks.get(state.selected);
  return (
    <aside class="sidebar inspector" aria-label="Why, and what depends on what">
      {block ? <Why state={state} block={block} /> : <p class="faint hint">Choose a block (J, K, or its sign) to see why it ran or did not.</p>}
      <DependencyMap state={state} />
    </aside>
  );
}
