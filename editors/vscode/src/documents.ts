// SPDX-License-Identifier: Apache-2.0
// documents.ts - what the server has told about each open document.
//
// Knows nothing of the editor: it is given texts and messages, and says what changed.  A message
// with a smaller run number than one already seen is old, and is dropped.
import type * as live from "./messages.ts";
import { placeAfter, placeOf } from "./place.ts";
import type { Edit, Place } from "./place.ts";
import { append } from "./text.ts";

// What a block looks like.
export interface Look {
  status: live.Status;
  outputs: live.Output[];
  durationMs: number;
  operation: string | undefined;
  truncated: boolean;
}

export interface Block {
  readonly id: string;
  kind: "code" | "prose";
  place: Place | undefined; // not told yet, or its text is gone
  now: Look;
  shown: Look; // what the user sees; it follows `now`, but does not blink
  blockedBy: string | undefined;
  fresh: boolean; // some of the running block's new output is there
  due: number; // when `shown` must follow; 0 when it does already
}

export interface Text {
  readonly lineCount: number;
  lineLength(line: number): number;
}

// How long a state has to last to be shown, in ms.  A block that is quick, or a line that is half
// written for a moment, changes nothing on the screen but its result.
const PATIENCE: Partial<Record<live.Status, number>> = { queued: 150, running: 150, stale: 400, syntaxError: 400 };

export const isOld = (status: live.Status): boolean => status in PATIENCE;

function newBlock(id: string): Block {
  const look: Look = { status: "stale", outputs: [], durationMs: 0, operation: undefined, truncated: false };
  return { id, kind: "code", place: undefined, now: look, shown: look, blockedBy: undefined, fresh: false, due: 0 };
}

export class Document {
  readonly blocks = new Map<string, Block>();
  live = false;
  run = 0;
  total = 0;
  left = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private text: Text,
    private readonly changed: () => void,
  ) {}

  // --- What the server says.

  runStart(m: live.RunStart): void {
    if (m.run < this.run) return;
    this.live = true;
    this.run = m.run;
    this.total = this.left = m.dirty.length;
    this.keep(m.blocks);
    for (const id of m.dirty) this.look(this.block(id), { status: "queued" });
    this.changed();
  }

  blockStart(m: live.BlockStart): void {
    if (m.run < this.run) return;
    const block = this.block(m.block);
    this.put(block, m.range);
    block.fresh = false;
    this.look(block, { status: "running" });
    this.changed();
  }

  // The old output stays until the first piece of the new one is there.
  blockOutput(m: live.BlockOutput): void {
    if (m.run < this.run) return;
    const block = this.block(m.block);
    const outputs = block.fresh ? block.now.outputs : [];
    block.fresh = true;
    append(outputs, m.output);
    this.look(block, { outputs });
    this.changed();
  }

  blockResult(m: live.BlockResult): void {
    if (m.run !== 0 && m.run < this.run) return;
    const block = this.block(m.block);
    if (m.run !== 0) this.left = Math.max(this.left - 1, 0);
    this.put(block, m.range);
    if (!m.unchanged) this.take(block, m);
    this.changed();
  }

  private take(block: Block, m: live.BlockResult): void {
    block.kind = m.kind;
    block.fresh = false;
    block.blockedBy = m.blockedBy;
    this.look(block, {
      status: m.status,
      outputs: m.outputs ?? [],
      durationMs: m.durationMs,
      operation: m.operation,
      truncated: m.truncated ?? false,
    });
  }

  blockList(m: live.BlockList): void {
    this.keep(m.blocks);
    this.changed();
  }

  runEnd(m: live.RunEnd): void {
    if (m.run < this.run) return;
    this.left = 0;
    for (const block of this.blocks.values())
      if (block.now.status === "queued" || block.now.status === "running") this.look(block, { status: "stale" });
    this.changed();
  }

  // Another server will tell everything anew, with other ids and from run 1.
  forget(): void {
    this.blocks.clear();
    this.live = false;
    this.run = this.total = this.left = 0;
    this.changed();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  // --- What the user does.

  // Edits in the order in which they apply, of which `text` is the outcome.
  edited(text: Text, edits: readonly Edit[]): void {
    this.text = text;
    for (const block of this.blocks.values()) {
      for (const edit of edits) if (block.place) block.place = placeAfter(block.place, edit);
      if (block.place && block.place.last >= text.lineCount) block.place = undefined;
      if (block.place) block.place.end = text.lineLength(block.place.last);
    }
    this.changed();
  }

  // --- What there is.

  // The block at a line, from 0: the last that begins there or above.
  blockAt(line: number): Block | undefined {
    let found: Block | undefined;
    for (const block of this.blocks.values()) {
      const first = block.kind === "code" ? block.place?.first : undefined;
      if (first !== undefined && first <= line && first > (found?.place?.first ?? -1)) found = block;
    }
    return found;
  }

  // How many code blocks have each status.
  counts(): Partial<Record<live.Status, number>> {
    const counts: Partial<Record<live.Status, number>> = {};
    for (const { kind, now } of this.blocks.values())
      if (kind === "code") counts[now.status] = (counts[now.status] ?? 0) + 1;
    return counts;
  }

  private block(id: string): Block {
    let block = this.blocks.get(id);
    if (!block) this.blocks.set(id, (block = newBlock(id)));
    return block;
  }

  private put(block: Block, range: live.Range | undefined): void {
    if (range) block.place = placeOf(range, this.text.lineCount, (line) => this.text.lineLength(line));
  }

  private keep(ids: readonly string[]): void {
    const there = new Set(ids);
    for (const id of this.blocks.keys()) if (!there.has(id)) this.blocks.delete(id);
  }

  // --- What is shown follows what is.

  private look(block: Block, change: Partial<Look>): void {
    const patience = PATIENCE[change.status ?? block.now.status] ?? 0;
    block.now = { ...block.now, ...change };
    if (patience === 0 || block.fresh) {
      block.shown = block.now;
      block.due = 0;
    } else {
      block.due ||= Date.now() + patience;
      this.wake(patience);
    }
  }

  private wake(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.settle();
    }, ms);
  }

  private settle(): void {
    const now = Date.now();
    let next = Infinity;
    for (const block of this.blocks.values()) {
      if (block.due && block.due <= now) {
        block.shown = block.now;
        block.due = 0;
      } else if (block.due) next = Math.min(next, block.due - now);
    }
    this.changed();
    if (next < Infinity) this.wake(next);
  }
}
