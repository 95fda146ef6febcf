// SPDX-License-Identifier: Apache-2.0
// paint.mjs - colour where there is a terminal for it, and columns.

const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
const coloured = FORCE_COLOR ? FORCE_COLOR !== "0" : process.stdout.isTTY && !NO_COLOR && TERM !== "dumb";

const paint = (code) => (text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : `${text}`);

export const bold = paint("1");
export const dim = paint("2");
export const red = paint("31");
export const green = paint("32");
export const yellow = paint("33");
export const cyan = paint("36");
export const plain = (text) => `${text}`;

export const WIDTH = Math.min(Math.max(process.stdout.columns ?? 110, 80), 120);

// Cut or fill to `width` columns.
export function fit(text, width) {
  const letters = [...text];
  if (letters.length > width) return `${letters.slice(0, width - 1).join("")}…`;
  return text + " ".repeat(width - letters.length);
}

export function milliseconds(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}
