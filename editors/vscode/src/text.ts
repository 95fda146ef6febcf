// SPDX-License-Identifier: Apache-2.0
// text.ts - output records as plain lines, for where there is room for text only.
import type { DisplayOutput, ErrorOutput, Output } from "./messages.ts";

// eslint-disable-next-line no-control-regex -- escape sequences are what is looked for
const ESCAPES = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f]/g; // not tab and newline

export function withoutEscapes(text: string): string {
  return text.replace(ESCAPES, "");
}

// What a terminal would show: a line that returns to its start is written over.
export function linesOf(text: string): string[] {
  return withoutEscapes(text)
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.replace(/\r+$/, ""))
    .map((line) => line.slice(line.lastIndexOf("\r") + 1).replace(UNPRINTABLE, ""));
}

export function errorText(output: ErrorOutput): string {
  return output.evalue === "" ? output.ename : `${output.ename}: ${output.evalue}`;
}

// [type, base64 or text] of an image, if there is one.
export function imageOf(output: DisplayOutput): [string, string] | undefined {
  for (const [mime, data] of Object.entries(output.data))
    if (mime.startsWith("image/") && typeof data === "string") return [mime, data];
  return undefined;
}

function dataLines(output: DisplayOutput): string[] {
  const image = imageOf(output);
  if (image) {
    const [mime, data] = image;
    const bytes = mime === "image/svg+xml" ? data.length : data.length * 0.75;
    return [`▧ ${mime.slice(6).replace("+xml", "")} ${Math.ceil(bytes / 1024)} KB`];
  }
  const text = output.data["text/plain"];
  return typeof text === "string" ? linesOf(text) : [`[${Object.keys(output.data).sort().join(", ")}]`];
}

export function outputLines(outputs: readonly Output[]): string[] {
  return outputs.flatMap((output) => {
    if (output.output_type === "stream") return linesOf(output.text);
    return output.output_type === "error" ? linesOf(errorText(output)) : dataLines(output);
  });
}

// Pieces of one stream that come one by one are one record.
export function append(outputs: Output[], piece: Output): void {
  const last = outputs[outputs.length - 1];
  if (last?.output_type === "stream" && piece.output_type === "stream" && last.name === piece.name)
    last.text += piece.text;
  else outputs.push({ ...piece });
}

// At most so many characters, with an ellipsis; never half a character.
export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most - 1).join("") + "…";
}

// A result in one line.
export function oneLine(lines: readonly string[], most: number): string {
  const [first = ""] = lines;
  const more = lines.length - 1;
  const rest = more > 0 ? ` … +${more} ${more === 1 ? "line" : "lines"}` : "";
  return cut(first.replace(/\t/g, "    "), most) + rest;
}
