// SPDX-License-Identifier: Apache-2.0
// store.ts - the state of every open Python file, and the way of messages and edits to it.
import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { Document } from "./documents.ts";
import type * as live from "./messages.ts";

export function isOurs(document: vscode.TextDocument): boolean {
  return document.languageId === "python" && document.uri.scheme === "file";
}

// The server names files as they are called without symbolic links.
function realPath(uri: vscode.Uri): string {
  try {
    return realpathSync(uri.fsPath);
  } catch {
    return uri.fsPath; // not on the disk yet
  }
}

const textOf = (document: vscode.TextDocument) => ({
  lineCount: document.lineCount,
  lineLength: (line: number) => document.lineAt(line).text.length,
});

export class Store implements vscode.Disposable {
  private readonly states = new Map<string, Document>(); // by URI
  private readonly names = new Map<string, string>(); // URIs by real path
  private readonly event = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.event.event;

  open(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (!isOurs(document) || this.states.has(uri)) return;
    this.names.set(realPath(document.uri), uri);
    this.states.set(uri, new Document(textOf(document), () => this.event.fire(document.uri)));
  }

  close(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    this.states.get(uri)?.dispose();
    this.states.delete(uri);
    for (const [path, name] of this.names) if (name === uri) this.names.delete(path);
  }

  edit({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length > 0) this.get(document.uri)?.edited(textOf(document), contentChanges);
  }

  get(uri: vscode.Uri): Document | undefined {
    return this.states.get(uri.toString());
  }

  // The open documents below a folder, or right in it.
  of(folder: vscode.Uri, deep: boolean): [vscode.TextDocument, Document][] {
    return vscode.workspace.textDocuments.flatMap((document): [vscode.TextDocument, Document][] => {
      const state = this.get(document.uri);
      const path = document.uri.fsPath;
      const there = deep ? path.startsWith(`${folder.fsPath}/`) : dirname(path) === folder.fsPath;
      return state && there ? [[document, state]] : [];
    });
  }

  listen(client: LanguageClient): void {
    const on = <M extends { file: string }>(name: string, receive: (state: Document, message: M) => void) =>
      client.onNotification(`relight/${name}`, (message: M) => {
        const state = this.states.get(this.names.get(message.file) ?? "");
        if (state) receive(state, message);
      });
    on<live.RunStart>("runStart", (state, m) => state.runStart(m));
    on<live.BlockStart>("blockStart", (state, m) => state.blockStart(m));
    on<live.BlockOutput>("blockOutput", (state, m) => state.blockOutput(m));
    on<live.BlockResult>("blockResult", (state, m) => state.blockResult(m));
    on<live.BlockList>("blocks", (state, m) => state.blockList(m));
    on<live.RunEnd>("runEnd", (state, m) => state.runEnd(m));
  }

  dispose(): void {
    for (const state of this.states.values()) state.dispose();
    this.event.dispose();
  }
}
