// SPDX-License-Identifier: Apache-2.0
// extension.ts - where the extension begins: its parts, and what the editor tells them.
import * as vscode from "vscode";
import { Commands } from "./commands.ts";
import { Painter, remark } from "./painter.ts";
import { Servers } from "./servers.ts";
import { concernsServer } from "./settings.ts";
import { StatusItem } from "./status.ts";
import { Store, isOurs } from "./store.ts";

let servers: Servers | undefined;

// For other extensions, and for the tests: what stands at the end of each line.
export interface Api {
  results(uri: vscode.Uri): { line: number; text: string; status: string }[];
  isLive(uri: vscode.Uri): boolean;
  readonly onDidChange: vscode.Event<vscode.Uri>;
}

function api(store: Store): Api {
  return {
    onDidChange: store.onDidChange,
    isLive: (uri) => store.get(uri)?.live ?? false,
    results: (uri) => {
      const document = store.get(uri);
      return [...(document?.blocks.values() ?? [])].flatMap((block) => {
        if (!document || !block.place || block.kind !== "code") return [];
        return [{ line: block.place.last, text: remark(block, document, 100)?.text ?? "", status: block.shown.status }];
      });
    },
  };
}

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("Relight");
  const store = new Store();
  const started = new Servers(store, log, context.extensionUri);
  const painter = new Painter(vscode.Uri.joinPath(context.extensionUri, "media"));
  const status = new StatusItem();
  const commands = new Commands(started, store, log);
  servers = started;

  const paint = (uri: vscode.Uri) => {
    for (const editor of vscode.window.visibleTextEditors) {
      const document = store.get(uri);
      if (document && editor.document.uri.toString() === uri.toString()) painter.paint(editor, document);
    }
  };
  const paintAll = () => {
    for (const editor of vscode.window.visibleTextEditors) paint(editor.document.uri);
  };
  const showStatus = () => {
    const editor = vscode.window.activeTextEditor;
    const document = editor && store.get(editor.document.uri);
    status.update(editor, editor && started.of(editor.document.uri)?.health, document);
    void vscode.commands.executeCommand("setContext", "relight.live", document?.live ?? false);
  };
  // Once for all messages that have come.
  const waiting = new Map<string, vscode.Uri>();
  const soon = (uri: vscode.Uri) => {
    if (waiting.size === 0)
      setImmediate(() => {
        const uris = [...waiting.values()];
        waiting.clear();
        uris.forEach(paint);
        showStatus();
      });
    waiting.set(uri.toString(), uri);
  };
  const opened = (document: vscode.TextDocument) => {
    store.open(document);
    void started.ensure(document);
  };
  const configured = (event: vscode.ConfigurationChangeEvent) => {
    if (!event.affectsConfiguration("relight")) return;
    paintAll();
    if (event.affectsConfiguration("relight.path")) void started.restart();
    else if (concernsServer(event)) started.configured();
  };

  context.subscriptions.push(
    log, store, started, painter, status,
    ...commands.register(), commands.preview,
    store.onDidChange(soon),
    started.onDidChange(showStatus),
    vscode.workspace.onDidOpenTextDocument(opened),
    vscode.workspace.onDidCloseTextDocument((document) => store.close(document)),
    vscode.workspace.onDidChangeTextDocument((event) => store.edit(event)),
    vscode.workspace.onDidChangeConfiguration(configured),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.restart()),
    vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => started.foldersChanged(removed)),
    vscode.window.onDidChangeVisibleTextEditors(paintAll),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      showStatus();
      if (editor && isOurs(editor.document)) void commands.preview.follow(editor.document.uri);
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor: { document }, selections: [first] }) => {
      if (first && isOurs(document)) started.of(document.uri)?.cursor(document.uri, first.active);
    }),
  );
  vscode.workspace.textDocuments.forEach(opened);
  paintAll();
  showStatus();
  return api(store);
}

export function deactivate(): Promise<void> | undefined {
  return servers?.stop();
}
