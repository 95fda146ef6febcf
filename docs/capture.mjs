// SPDX-License-Identifier: Apache-2.0
// capture.mjs - a terminal's text and colours as an SVG image, for the README:
//
//     FORCE_COLOR=1 ./dev demo | node docs/capture.mjs 50 > docs/demo.svg
//     RELIGHT_CAPTURE=/tmp node --test tests/e2e/editors_painted.test.mjs
//     node docs/capture.mjs 19 < /tmp/nvim.ansi > docs/nvim.svg      (and emacs)
//
// The argument is how many lines to show.
import { readFileSync } from "node:fs";

const [COLUMN, ROW, PADDING, SIZE] = [8.4, 19, 16, 14];
const BACKGROUND = "#16181d";
const COLOURS = { plain: "#d7dae0", 31: "#f07178", 32: "#8fce6d", 33: "#f0c674", 34: "#7aa2f7", 35: "#c9a0f0", 36: "#6cc7d9" };

const escape = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

let codes = []; // go on from line to line

// The codes after one more sequence.  Backgrounds are left out; 39 is the plain colour again.
function after(code) {
  if (code === "0" || code === "") return [];
  if (code === "39") return codes.filter((c) => !isColour(c));
  return isColour(code) ? [code, ...codes.filter((c) => !isColour(c))] : [...codes, code];
}

// A line as pieces of one look: { text, codes }.
function pieces(line) {
  const found = [];
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    const code = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (code === undefined && part) found.push({ text: part, codes });
    if (code !== undefined) codes = after(code);
  }
  return found;
}

const isColour = (code) => /^(3[0-7]|9[0-7]|38;5;\d+)$/.test(code);

// One of a terminal's 256 colours beyond the first 16: a cube of 6 by 6 by 6, then greys.
function indexed(n) {
  if (n >= 232) return `rgb(${Array(3).fill(8 + (n - 232) * 10)})`;
  const level = (k) => (k ? 55 + k * 40 : 0);
  return `rgb(${[36, 6, 1].map((step) => level(Math.floor((n - 16) / step) % 6))})`;
}

function colourOf(code = "") {
  if (code.startsWith("38;5;")) return indexed(Number(code.slice(5)));
  return COLOURS[code.startsWith("9") ? `3${code[1]}` : code] ?? COLOURS.plain;
}

function look(codes) {
  const colour = colourOf(codes.find(isColour));
  const weight = codes.includes("1") ? ' font-weight="bold"' : "";
  return `fill="${colour}"${weight}${codes.includes("2") ? ' opacity="0.55"' : ""}`;
}

// Each piece is stretched to its columns, whatever monospaced font the reader has.
function row(line, index) {
  const y = PADDING + ROW * index + SIZE;
  let column = 0;
  return pieces(line).map(({ text, codes }) => {
    const [x, length] = [PADDING + COLUMN * column, [...text].length];
    column += length;
    if (!text.trim()) return "";
    const place = `x="${x.toFixed(1)}" y="${y}" textLength="${(COLUMN * length).toFixed(1)}"`;
    return `<text ${place} ${look(codes)}>${escape(text)}</text>`;
  }).join("");
}

const lines = readFileSync(0, "utf8").replace(/^\n/, "").split("\n").slice(0, Number(process.argv[2] ?? 50));
const columns = Math.max(...lines.map((line) => [...line.replace(/\u001b\[[\d;]*m/g, "")].length));
const [width, height] = [Math.ceil(2 * PADDING + COLUMN * columns), 2 * PADDING + ROW * lines.length];
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<g xml:space="preserve" font-size="${SIZE}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace">
${lines.map(row).filter(Boolean).join("\n")}
</g>
</svg>`);
