// SPDX-License-Identifier: Apache-2.0
// painter.ts - a document's blocks in its editors: results at the end of lines, states in the gutter,
// lines where cells begin.
//
// Decorations are set whole, in one message for each kind; the editor keeps those that are equal,
// so nothing blinks.
import * as vscode from "vscode";
import { isOld } from "./documents.ts";
import type { Block, Document } from "./documents.ts";
import type { Status } from "./messages.ts";
import { cut, oneLine, outputLines } from "./text.ts";

const MARGIN = "0 0 0 2em";
const CELL = /^#\s*(%%|In\s?\[)/;

const ICONS: Record<Status, string | undefined> = {
  ok: undefined, // what is well needs no sign
  error: "error",
  syntaxError: "error",
  blocked: "blocked",
  held: "held",
  stale: "stale",
  queued: "queued",
  running: "running",
  skipped: "skipped",
};

// The end of the block's last line, in words and a colour; undefined when it has nothing to say.
export function remark(block: Block, document: Document, width: number): { text: string; colour: string } | undefined {
  const { status, outputs, operation } = block.shown;
  if (status === "blocked") {
    const by = document.blocks.get(block.blockedBy ?? "")?.place;
    return { text: by ? `⊘ blocked by line ${by.first + 1}` : "⊘ blocked", colour: "relight.blocked" };
  }
  if (status === "held") return { text: cut(`⏸ held: ${operation ?? "runs when you save"}`, width), colour: "relight.held" };
  const lines = outputLines(outputs);
  if (lines.length === 0) return undefined;
  const text = oneLine(lines, width);
  if (status === "error" || status === "syntaxError") return { text: `✗ ${errorLine(block, width) ?? text}`, colour: "relight.error" };
  return { text: `→ ${text}`, colour: isOld(status) ? "relight.old" : "relight.result" };
}

// Of a block that printed before it raised, the error is what matters.
function errorLine({ shown }: Block, width: number): string | undefined {
  const error = shown.outputs.find((output) => output.output_type === "error");
  return error && oneLine(outputLines([error]), width);
}

export class Painter implements vscode.Disposable {
  private readonly results = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.OpenOpen,
  });
  private readonly cells = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderWidth: "1px 0 0 0",
    borderStyle: "solid",
    borderColor: new vscode.ThemeColor("relight.cellDivider"),
    fontWeight: "bold",
  });
  private readonly gutter = new Map<string, vscode.TextEditorDecorationType>();

  constructor(media: vscode.Uri) {
    for (const name of new Set(Object.values(ICONS)))
      if (name) {
        const icon = (theme: string) => ({ gutterIconPath: vscode.Uri.joinPath(media, theme, `${name}.svg`) });
        this.gutter.set(
          name,
          vscode.window.createTextEditorDecorationType({ light: icon("light"), dark: icon("dark"), gutterIconSize: "contain" }),
        );
      }
  }

  paint(editor: vscode.TextEditor, document: Document): void {
    const settings = vscode.workspace.getConfiguration("relight", editor.document);
    const width = settings.get<number>("inlineResults.width", 100);
    editor.setDecorations(this.results, settings.get("inlineResults.enabled", true) ? this.remarks(editor, document, width) : []);
    const gutter = settings.get("gutter.enabled", true);
    for (const [name, type] of this.gutter) editor.setDecorations(type, gutter ? this.signs(document, name) : []);
    editor.setDecorations(this.cells, settings.get("cellDividers", true) ? this.dividers(editor.document) : []);
  }

  private remarks(editor: vscode.TextEditor, document: Document, width: number): vscode.DecorationOptions[] {
    return [...document.blocks.values()].flatMap((block) => {
      const said = block.kind === "code" && block.place ? remark(block, document, width) : undefined;
      if (!said || !block.place) return [];
      const after = { contentText: said.text, color: new vscode.ThemeColor(said.colour), margin: MARGIN };
      return [{ range: editor.document.lineAt(block.place.last).range, renderOptions: { after } }];
    });
  }

  private signs(document: Document, name: string): vscode.Range[] {
    return [...document.blocks.values()]
      .filter((block) => block.kind === "code" && block.place && ICONS[block.shown.status] === name)
      .map(({ place }) => new vscode.Range(place?.first ?? 0, 0, place?.first ?? 0, 0));
  }

  private dividers(text: vscode.TextDocument): vscode.Range[] {
    const ranges = [];
    for (let line = 0; line < text.lineCount; line++) {
      const { range, text: said } = text.lineAt(line);
      if (CELL.test(said)) ranges.push(range);
    }
    return ranges;
  }

  dispose(): void {
    for (const type of [this.results, this.cells, ...this.gutter.values()]) type.dispose();
  }
}
