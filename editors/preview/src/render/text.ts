// SPDX-License-Identifier: Apache-2.0
// text.ts - what a program printed: ANSI colours, and lines that were written over.
import { AnsiUp } from "ansi_up";

// A progress bar returns to the line's start and writes again: the last writing stands.
export function settleReturns(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => {
      const parts = line.split("\r");
      return parts.reduce((shown, part) => part + shown.slice(part.length), "");
    })
    .join("\n");
}

// Cut after a line where there is one, so that pieces can stand below each other.
export function cutText(text: string, size: number): string[] {
  const pieces: string[] = [];
  let at = 0;
  while (text.length - at > size) {
    const line = text.lastIndexOf("\n", at + size);
    const end = line > at ? line + 1 : at + size;
    pieces.push(text.slice(at, end));
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces;
}

export class AnsiText {
  private readonly converter = new AnsiUp();

  constructor() {
    this.converter.use_classes = true;
  }

  // Pieces must come in order: colours go on from one to the next.
  html(text: string): string {
    return this.converter.ansi_to_html(text);
  }
}

export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b(\[[0-9;:?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[@-Z\\-_])/g, "");
}

export function formatBytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${Math.round(count / 1000)} kB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}

export function formatDuration(ms: number): string {
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
}
