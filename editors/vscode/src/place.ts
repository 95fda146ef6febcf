// SPDX-License-Identifier: Apache-2.0
// place.ts - the lines that a block has, kept right through edits that the server has not heard of.
import type { Range } from "./messages.ts";

// First and last line, and where the last one ends.
export interface Place {
  first: number;
  last: number;
  end: number;
}

export interface Edit {
  range: Range;
  text: string;
}

interface Point {
  line: number;
  character: number;
}

function before(a: Point, b: Point): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

// Where `point`, which is not before the edit, is after it.
function moved(point: Point, { range, text }: Edit): Point {
  const lines = text.split(/\r\n|\r|\n/);
  const tail = lines[lines.length - 1] as string;
  const end = before(point, range.end) ? range.end : point;
  const start = lines.length === 1 ? range.start.character : 0;
  const line = end.line - range.end.line + range.start.line + lines.length - 1;
  return { line, character: end.line === range.end.line ? end.character - range.end.character + start + tail.length : end.character };
}

// The place after one edit; undefined when all of its text was deleted.
export function placeAfter(place: Place, edit: Edit): Place | undefined {
  const first = { line: place.first, character: 0 };
  const last = { line: place.last, character: place.end };
  const { start, end } = edit.range;
  if (before(last, start)) return place;
  if (edit.text === "" && before(start, end) && !before(first, start) && !before(end, last)) {
    const empty = place.first === place.last && place.end === 0;
    if (!empty) return undefined;
  }
  // A line begun at the end of the block is not of it, as far as anybody knows yet.
  const appended = !before(start, last) && /^[\r\n]/.test(edit.text);
  const newFirst = before(first, start) ? first : moved(first, edit);
  const newLast = appended ? last : moved(last, edit);
  if (before(newLast, newFirst)) return undefined;
  return { first: newFirst.line, last: newLast.line, end: newLast.character };
}

// The whole lines of an LSP range; `length` tells how long a line is.
export function placeOf(range: Range, lineCount: number, length: (line: number) => number): Place {
  const { start, end } = range;
  const whole = end.character === 0 && end.line > start.line;
  const last = Math.min(whole ? end.line - 1 : end.line, lineCount - 1);
  return { first: Math.min(start.line, last), last, end: length(last) };
}
