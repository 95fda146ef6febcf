// SPDX-License-Identifier: Apache-2.0
// capture.mjs - a terminal's text and colours as an SVG image, for the README:
//
//     FORCE_COLOR=1 ./dev demo | node docs/capture.mjs 50 > docs/demo.svg
//
// The argument is how many lines to show.
import { readFileSync } from "node:fs";

const [COLUMN, ROW, PADDING, SIZE] = [8.4, 19, 16, 14];
const BACKGROUND = "#16181d";
const COLOURS = { plain: "#d7dae0", 31: "#f07178", 32: "#8fce6d", 33: "#f0c674", 36: "#6cc7d9" };

const escape = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

// A line as pieces of one look: { text, codes }.
function pieces(line) {
  const found = [];
  let codes = [];
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    const code = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (code === undefined && part) found.push({ text: part, codes });
    if (code !== undefined) codes = code === "0" || code === "" ? [] : [...codes, code];
  }
  return found;
}

function look(codes) {
  const colour = COLOURS[codes.find((code) => COLOURS[code])] ?? COLOURS.plain;
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
