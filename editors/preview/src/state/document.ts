// SPDX-License-Identifier: Apache-2.0
// document.ts - one document as the messages tell it.  Pure: no DOM, no clock, no sockets.
//
// INVARIANT: a block object is replaced when something about it changed, and only then, so a view
// may compare by identity.  What a block showed stays until what replaces it is there.
import type {
  BlockOutput,
  BlockResult,
  Category,
  DocumentMessage,
  Element,
  Graph,
  Output,
  Range,
  Reason,
  Relations,
  RunEnd,
  RunStart,
  Status,
} from "../protocol.ts";

export interface Block {
  readonly id: string;
  readonly kind: "code" | "prose";
  readonly title: string; // of a cell
  readonly status: Status;
  readonly range: Range;
  readonly elements: readonly Element[];
  readonly hidden: readonly Category[]; // by the file's pragmas
  readonly outputs: readonly Output[];
  readonly streaming: readonly Output[]; // of the run that is going on; none: `outputs` stands
  readonly truncated: boolean;
  readonly durationMs: number;
  readonly origin: "ran" | "clean" | "cache";
  readonly contentHash: string;
  readonly blockedBy: string; // the block that failed
  readonly operation: string; // that it waits with while it is held
  readonly reasons: readonly Reason[]; // why it last ran, or runs next
  readonly startedAt: number; // when it began to run; 0: it is not running
  readonly told: boolean; // its result has arrived
  readonly changes: number; // how often what it shows has become another
}

export interface RunState {
  readonly run: number;
  readonly trigger: string;
  readonly planned: number;
  readonly active: boolean;
  readonly startedAt: number;
  readonly end?: RunEnd;
}

export interface DocumentState {
  readonly file: string;
  readonly order: readonly string[];
  readonly blocks: ReadonlyMap<string, Block>;
  readonly run: RunState;
  readonly graph: ReadonlyMap<string, Relations>;
  // The first block whose result an edit or a command changed, and in which run.
  readonly changed: { readonly run: number; readonly block: string };
}

const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const NO_RUN: RunState = { run: 0, trigger: "", planned: 0, active: false, startedAt: 0 };

export function emptyDocument(file: string): DocumentState {
  return { file, order: [], blocks: new Map(), run: NO_RUN, graph: new Map(), changed: { run: 0, block: "" } };
}

// Another server counts its runs anew; what is shown stays until it says otherwise.
export function forgetRuns(doc: DocumentState): DocumentState {
  return { ...doc, run: NO_RUN };
}

function newBlock(id: string): Block {
  return {
    id,
    kind: "code",
    title: "",
    status: "stale",
    range: NOWHERE,
    elements: [],
    hidden: [],
    outputs: [],
    streaming: [],
    truncated: false,
    durationMs: 0,
    origin: "clean",
    contentHash: "",
    blockedBy: "",
    operation: "",
    reasons: [],
    startedAt: 0,
    told: false,
    changes: 0,
  };
}

function withBlock(doc: DocumentState, block: Block): DocumentState {
  return { ...doc, blocks: new Map(doc.blocks).set(block.id, block) };
}

function startRun(doc: DocumentState, m: RunStart, now: number): DocumentState {
  const blocks = new Map<string, Block>();
  const dirty = new Set(m.dirty);
  for (const id of m.blocks) {
    const old = doc.blocks.get(id) ?? newBlock(id);
    const waits = dirty.has(id) && old.status !== "running";
    const reasons = m.reasons[id];
    blocks.set(id, waits || reasons ? { ...old, ...(waits && { status: "queued" as const }), ...(reasons && { reasons }) } : old);
  }
  const run: RunState = {
    run: m.run,
    trigger: m.trigger,
    planned: m.dirty.length,
    active: true,
    startedAt: now,
  };
  return { ...doc, order: m.blocks, blocks, run };
}

function takeOrder(doc: DocumentState, order: string[]): DocumentState {
  const blocks = new Map(order.map((id) => [id, doc.blocks.get(id) ?? newBlock(id)]));
  return { ...doc, order, blocks };
}

function addOutput(outputs: readonly Output[], piece: Output): Output[] {
  const last = outputs.at(-1);
  if (piece.output_type !== "stream" || last?.output_type !== "stream" || last.name !== piece.name)
    return [...outputs, piece];
  return [...outputs.slice(0, -1), { ...last, text: last.text + piece.text }];
}

function addPiece(doc: DocumentState, m: BlockOutput): DocumentState {
  const old = doc.blocks.get(m.block);
  if (!old) return doc;
  return withBlock(doc, { ...old, streaming: addOutput(old.streaming, m.output) });
}

// A result for a block that no run announced (prose, say) tells its place by its ordinal.
function placed(order: readonly string[], m: BlockResult): readonly string[] {
  if (order[m.ordinal] === m.block) return order;
  const others = order.filter((id) => id !== m.block);
  if (order.includes(m.block) && m.run > 0) return order; // the run said where it is
  return [...others.slice(0, m.ordinal), m.block, ...others.slice(m.ordinal)];
}

const shifted = ({ start, end }: Range, by: number): Range => ({
  start: { ...start, line: start.line + by },
  end: { ...end, line: end.line + by },
});

// The light form of a result says only where the block is now.
function movedElements(old: Block, to: Range | undefined): readonly Element[] {
  const by = to ? to.start.line - old.range.start.line : 0;
  return by === 0 ? old.elements : old.elements.map((e) => ({ ...e, range: shifted(e.range, by) }));
}

// Runs whose results the reader wants to see; not those of a document that is just opened.
const TRIGGERS_TO_SHOW = new Set(["type", "save", "command"]);

function takeResult(doc: DocumentState, m: BlockResult): DocumentState {
  const old = doc.blocks.get(m.block) ?? newBlock(m.block);
  const same = old.told && old.contentHash === m.contentHash;
  const keep = m.unchanged || !m.outputs;
  const block: Block = {
    ...old,
    kind: m.kind ?? old.kind,
    title: m.kind ? (m.title ?? "") : old.title,
    status: m.status ?? old.status,
    range: m.range ?? old.range,
    elements: m.elements ?? movedElements(old, m.range),
    hidden: m.hidden ?? old.hidden,
    outputs: keep ? old.outputs : (m.outputs ?? []),
    streaming: [],
    truncated: m.truncated ?? old.truncated,
    durationMs: m.durationMs ?? old.durationMs,
    origin: m.origin ?? old.origin,
    contentHash: m.contentHash ?? old.contentHash,
    blockedBy: m.kind ? (m.blockedBy ?? "") : old.blockedBy,
    operation: m.kind ? (m.operation ?? "") : old.operation,
    startedAt: 0,
    told: true,
    changes: same || m.unchanged || !old.contentHash ? old.changes : old.changes + 1,
  };
  const asked = m.run > 0 && m.run === doc.run.run && TRIGGERS_TO_SHOW.has(doc.run.trigger);
  const isFirst = asked && !same && !m.unchanged && doc.changed.run !== m.run;
  return {
    ...withBlock(doc, block),
    order: placed(doc.order, m),
    changed: isFirst ? { run: m.run, block: m.block } : doc.changed,
  };
}

// What was to run and did not is of an older text.
function endRun(doc: DocumentState, m: RunEnd): DocumentState {
  const blocks = new Map(doc.blocks);
  for (const [id, b] of blocks)
    if (b.status === "queued" || b.status === "running")
      blocks.set(id, { ...b, status: "stale", startedAt: 0, streaming: [] });
  return { ...doc, blocks, run: { ...doc.run, active: false, end: m } };
}

function takeGraph(doc: DocumentState, m: Graph): DocumentState {
  return { ...doc, graph: new Map(Object.entries(m.blocks)) };
}

// Apply one message; `now` is the client's clock in milliseconds.  A message of another file or of
// an older run changes nothing.
export function applyMessage(doc: DocumentState, m: DocumentMessage, now: number): DocumentState {
  if (m.file !== doc.file) return doc;
  switch (m.type) {
    case "run-start":
      return m.run >= doc.run.run ? startRun(doc, m, now) : doc;
    case "block-start": {
      const old = doc.blocks.get(m.block);
      if (!old || m.run < doc.run.run) return doc;
      return withBlock(doc, { ...old, status: "running", startedAt: now, streaming: [] });
    }
    case "block-output":
      return m.run < doc.run.run ? doc : addPiece(doc, m);
    case "block-result":
      return m.run > 0 && m.run < doc.run.run ? doc : takeResult(doc, m);
    case "blocks":
      return takeOrder(doc, m.blocks);
    case "run-end":
      return m.run === doc.run.run ? endRun(doc, m) : doc;
    case "graph":
      return takeGraph(doc, m);
  }
}

export interface Counts {
  errors: number;
  blocked: number;
  held: number;
  stale: number;
  waiting: number;
  code: number;
}

export function countStatuses(doc: DocumentState): Counts {
  const counts: Counts = { errors: 0, blocked: 0, held: 0, stale: 0, waiting: 0, code: 0 };
  for (const block of doc.blocks.values()) {
    if (block.kind !== "code") continue;
    counts.code++;
    if (block.status === "error" || block.status === "syntaxError") counts.errors++;
    else if (block.status === "blocked") counts.blocked++;
    else if (block.status === "held") counts.held++;
    else if (block.status === "stale") counts.stale++;
    else if (block.status === "queued" || block.status === "running") counts.waiting++;
  }
  return counts;
}

// The hashes of what is shown, so that the server need not send it again.
export function shownHashes(doc: DocumentState): Record<string, string> {
  const have: Record<string, string> = {};
  for (const b of doc.blocks.values()) if (b.told && b.contentHash) have[b.id] = b.contentHash;
  return have;
}
