// SPDX-License-Identifier: Apache-2.0
// words.ts - states and reasons in the reader's words.
import type { Reason, Status } from "../protocol.ts";
import type { Block, DocumentState } from "../state/document.ts";

export const STATUS_WORDS: Record<Status, string> = {
  ok: "up to date",
  error: "failed",
  blocked: "blocked",
  held: "held until you save",
  stale: "out of date",
  running: "running",
  queued: "waiting for its turn",
  syntaxError: "does not compile",
  skipped: "skipped",
};

export function lineOf(doc: DocumentState, id: string): number {
  return (doc.blocks.get(id)?.range.start.line ?? 0) + 1;
}

const KINDS: Record<string, string> = {
  new: "it had never run",
  code: "its code changed",
  asked: "you asked for it",
  "always-eval": "it is marked always-eval",
  requires: "what it reads changed",
  file: "a file that it reads changed",
  module: "a module that it imports changed",
  ambient: "something it draws on changed",
  cache: "it came from the cache",
};

export function reasonText(doc: DocumentState, { kind, ref }: Reason): string {
  const place = ref && doc.blocks.has(ref) ? `line ${lineOf(doc, ref)}` : (ref ?? "");
  if (kind === "requires" && place) return `what it reads from ${place} changed`;
  if (kind === "restore" && place) return `${place} needs its values as they were`;
  const known = KINDS[kind] ?? kind.replace(/[-_]/g, " ");
  return place ? `${known} (${place})` : known;
}

// What to call a block where there is little room: what it provides, else how it begins.
export function blockName(doc: DocumentState, block: Block): string {
  const provides = doc.graph.get(block.id)?.provides ?? [];
  if (provides.length) return provides.slice(0, 4).join(", ") + (provides.length > 4 ? " …" : "");
  const element = block.elements.find((e) => e.type === block.kind) ?? block.elements[0];
  const lines = (element?.value ?? "").split("\n").map((l) => l.trim());
  const first = lines.find((l) => l && !(block.kind === "code" && l.startsWith("#"))) ?? lines[0] ?? "";
  return block.kind === "prose" ? first.replace(/^#+\s*|[*_`$]/g, "") : first;
}
