// SPDX-License-Identifier: Apache-2.0
// hover.ts - a block's whole result as Markdown.
//
// What the code made is shown and never trusted: its HTML passes the editor's sanitizer, and its
// links run no commands.  Only the head, which is ours, has links that do.
import * as vscode from "vscode";
import type { Block } from "./documents.ts";
import type { DisplayOutput, Output } from "./messages.ts";
import { errorText, linesOf } from "./text.ts";

const MOST_LINES = 200;
const MOST_CHARACTERS = 40_000;
const MOST_IMAGE = 2_000_000; // base64 characters; what is more is for the preview

const WORDS: Partial<Record<string, string>> = { syntaxError: "does not compile", stale: "old", ok: "ran", error: "raised" };

function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 1 ? `${Math.round(ms)} ms` : "less than 1 ms";
}

// A link that runs one of our commands on the block.
function link(label: string, command: string, uri: vscode.Uri, block: Block): string {
  return `[${label}](command:relight.${command}?${encodeURIComponent(JSON.stringify([uri.toString(), block.id]))})`;
}

function head(uri: vscode.Uri, block: Block): vscode.MarkdownString {
  const { status, durationMs, truncated } = block.shown;
  const took = status === "ok" || status === "error" ? ` in ${duration(durationMs)}` : "";
  const links = [link("Run", "runBlock", uri, block), link("Explain", "explain", uri, block), link("Preview", "openPreview", uri, block)];
  const text = new vscode.MarkdownString(`**${WORDS[status] ?? status}**${took} · ${links.join(" · ")}`);
  if (truncated) text.appendMarkdown("\n\n*There was more output than the limit.*");
  text.isTrusted = { enabledCommands: ["relight.runBlock", "relight.explain", "relight.openPreview"] };
  return text;
}

function fenced(text: string, language = ""): vscode.MarkdownString {
  const lines = linesOf(text);
  const some = lines.slice(0, MOST_LINES).join("\n").slice(0, MOST_CHARACTERS);
  const rest = lines.length > MOST_LINES ? `\n… ${lines.length - MOST_LINES} more lines` : "";
  return new vscode.MarkdownString().appendCodeblock(some + rest, language);
}

function image(mime: string, data: string): vscode.MarkdownString {
  const base64 = mime === "image/svg+xml" ? Buffer.from(data).toString("base64") : data.replace(/\s/g, "");
  return new vscode.MarkdownString(`![result](data:${mime};base64,${base64})`);
}

// Style sheets would be shown as text.
function html(source: string): vscode.MarkdownString {
  const body = source.replace(/<(style|script)\b[^]*?<\/\1\s*>/gi, "").replace(/\n\s*/g, "");
  const text = new vscode.MarkdownString(body);
  text.supportHtml = true;
  return text;
}

const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"];

// The richest form that a hover can show.
function display({ data }: DisplayOutput): vscode.MarkdownString {
  const get = (mime: string) => (typeof data[mime] === "string" ? (data[mime] as string) : undefined);
  for (const mime of IMAGES) {
    const found = get(mime);
    if (found !== undefined && found.length <= MOST_IMAGE) return image(mime, found);
  }
  const table = get("text/html");
  if (table !== undefined && /<table\b/i.test(table) && table.length <= MOST_CHARACTERS) return html(table);
  const markdown = get("text/markdown");
  if (markdown !== undefined) return new vscode.MarkdownString(markdown.slice(0, MOST_CHARACTERS));
  return fenced(get("text/plain") ?? Object.keys(data).sort().join("\n"), "python");
}

function part(output: Output): vscode.MarkdownString {
  if (output.output_type === "stream") return fenced(output.text);
  if (output.output_type === "error") return fenced(output.traceback.join("\n") || errorText(output));
  return display(output);
}

export function blockHover(uri: vscode.Uri, block: Block): vscode.Hover {
  return new vscode.Hover([head(uri, block), ...block.shown.outputs.map(part)]);
}

// Is this the server's answer about a name?  Then it says what nothing of ours does.
export function isAboutName(hover: vscode.Hover): boolean {
  return hover.contents.some((content) => (typeof content === "string" ? content : content.value).startsWith("**`"));
}
