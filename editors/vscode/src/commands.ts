// SPDX-License-Identifier: Apache-2.0
// commands.ts - what the user can ask for.  The server's own commands are asked of the server of the
// document in front, unless arguments (of a lens, a link) say of which, and about which block.
import * as vscode from "vscode";
import { Preview } from "./preview.ts";
import type { Servers } from "./servers.ts";
import type { Store } from "./store.ts";
import { isOurs } from "./store.ts";

// Those that need no more than the document.
const PLAIN = ["run", "runAll", "restart", "interrupt", "clearCache"];

export class Commands {
  readonly preview = new Preview((uri) => this.ask("openPreview", uri));

  constructor(
    private readonly servers: Servers,
    private readonly store: Store,
    private readonly log: vscode.OutputChannel,
  ) {}

  register(): vscode.Disposable[] {
    const on = (name: string, act: (uri?: unknown, block?: unknown) => unknown) =>
      vscode.commands.registerCommand(`relight.${name}`, act);
    return [
      ...PLAIN.map((name) => on(name, (uri) => this.ask(name, uri))),
      on("goLive", (uri) => this.goLive(uri)),
      on("runBlock", (uri, block) => this.onBlock("runBlock", uri, block)),
      on("explain", async (uri, block) => this.explain(uri, block)),
      on("openPreview", (uri) => this.preview.open(uri)),
      on("openPreviewExternal", (uri) => this.preview.openExternal(uri)),
      on("restartServer", () => this.servers.restart()),
      on("showLog", () => this.log.show()),
      on("openWalkthrough", () =>
        vscode.commands.executeCommand("workbench.action.openWalkthrough", "relight.relight#relight.start", false),
      ),
    ];
  }

  private async document(uri: unknown): Promise<vscode.TextDocument | undefined> {
    const given = typeof uri === "string" ? vscode.Uri.parse(uri) : uri instanceof vscode.Uri ? uri : undefined;
    const document = given ? await vscode.workspace.openTextDocument(given) : vscode.window.activeTextEditor?.document;
    if (document && isOurs(document)) return document;
    const unsaved = document?.languageId === "python" && document.isUntitled;
    void vscode.window.showInformationMessage(unsaved ? "Relight runs files: save this one first." : "Relight works on Python files: open one.");
    return undefined;
  }

  // The server's answer; undefined when there is none, and the user was told why.
  async ask(name: string, uri: unknown, ...args: string[]): Promise<unknown> {
    const document = await this.document(uri);
    const server = document && (await this.servers.ensure(document));
    if (!document || !server) return undefined;
    try {
      return await server.execute(`relight.${name}`, document.uri.toString(), ...args);
    } catch (error) {
      void vscode.window.showWarningMessage(`Relight: ${(error as Error).message}`);
      return undefined;
    }
  }

  // Going live executes code, which only a trusted workspace may.
  private async goLive(uri: unknown): Promise<void> {
    if (vscode.workspace.isTrusted) {
      await this.ask("goLive", uri);
      return;
    }
    const manage = "Manage Workspace Trust";
    const chosen = await vscode.window.showWarningMessage("Relight executes code in trusted workspaces only.", manage);
    if (chosen) await vscode.commands.executeCommand("workbench.trust.manage");
  }

  private async onBlock(name: string, uri: unknown, block: unknown): Promise<unknown> {
    const id = typeof block === "string" ? block : this.blockAtCursor();
    if (id) return this.ask(name, uri, id);
    void vscode.window.showInformationMessage("Relight: there is no block at the cursor that has run. Is the file live?");
    return undefined;
  }

  private blockAtCursor(): string | undefined {
    const editor = vscode.window.activeTextEditor;
    return editor && this.store.get(editor.document.uri)?.blockAt(editor.selection.active.line)?.id;
  }

  private async explain(uri: unknown, block: unknown): Promise<void> {
    const markdown = await this.onBlock("explain", uri, block);
    if (typeof markdown !== "string" || markdown === "") return;
    const shown = await vscode.workspace.openTextDocument({ language: "markdown", content: markdown });
    await vscode.commands.executeCommand("markdown.showPreviewToSide", shown.uri);
  }
}
