// SPDX-License-Identifier: Apache-2.0
// servers.ts - a server for each folder of the workspace in which a Python file is open.
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { findProgram } from "./program.ts";
import { Server } from "./server.ts";
import type { Store } from "./store.ts";
import { isOurs } from "./store.ts";

const byLength = (a: vscode.WorkspaceFolder, b: vscode.WorkspaceFolder) => a.uri.path.length - b.uri.path.length;

// The outermost folder of the workspace with this file: folders may lie in one another.
function folderOf(uri: vscode.Uri): vscode.WorkspaceFolder | undefined {
  return [...(vscode.workspace.workspaceFolders ?? [])].sort(byLength).find((folder) => uri.path.startsWith(`${folder.uri.path}/`));
}

export class Servers implements vscode.Disposable {
  private readonly servers = new Map<string, Server>(); // by folder
  private readonly event = new vscode.EventEmitter<void>();
  private told = false;
  readonly onDidChange = this.event.event;

  constructor(
    private readonly store: Store,
    private readonly log: vscode.OutputChannel,
    private readonly extension: vscode.Uri,
  ) {}

  // The document's server, started if it is the first of its folder.
  async ensure(document: vscode.TextDocument): Promise<Server | undefined> {
    if (!isOurs(document)) return undefined;
    const folder = folderOf(document.uri);
    const root = folder?.uri ?? vscode.Uri.file(dirname(document.uri.fsPath));
    const known = this.servers.get(root.toString());
    if (known) return known;
    const found = await this.find(root);
    const meanwhile = this.servers.get(root.toString());
    if (meanwhile || !found) return meanwhile;
    const server = new Server(folder ?? { uri: root, name: root.fsPath, index: 0 }, folder !== undefined, this.store, this.log, () =>
      this.event.fire(),
    );
    this.servers.set(root.toString(), server);
    server.start(found).catch((error: Error) => vscode.window.showErrorMessage(`Relight's server does not start: ${error.message}`));
    return server;
  }

  private async find(root: vscode.Uri): Promise<string | undefined> {
    const found = await findProgram({
      setting: vscode.workspace.getConfiguration("relight", root).get("path", "").trim(),
      folder: root.fsPath,
      bundled: join(this.extension.fsPath, "server", "relight"),
      path: process.env["PATH"],
    });
    if ("program" in found) return found.program;
    this.log.appendLine(found.problem);
    void this.tellMissing(found.problem);
    return undefined;
  }

  // Once: who opens many files need not read it many times.
  private async tellMissing(problem: string): Promise<void> {
    if (this.told) return;
    this.told = true;
    const set = "Set the Path";
    const chosen = await vscode.window.showWarningMessage(`Relight's server was not found: ${problem}.`, set, "How to Install");
    if (chosen === set) await vscode.commands.executeCommand("workbench.action.openSettings", "relight.path");
    else if (chosen) await vscode.commands.executeCommand("relight.openWalkthrough");
  }

  // The document's server, if it was started.
  of(uri: vscode.Uri): Server | undefined {
    const root = folderOf(uri)?.uri ?? vscode.Uri.file(dirname(uri.fsPath));
    return this.servers.get(root.toString());
  }

  // End all servers, and start those that open files need; what was live is live again.
  async restart(): Promise<void> {
    this.told = false;
    const live = vscode.workspace.textDocuments.filter(({ uri }) => this.store.get(uri)?.live);
    const servers = [...this.servers.values()];
    this.servers.clear();
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all(vscode.workspace.textDocuments.map((document) => this.ensure(document)));
    for (const document of live) await (await this.ensure(document))?.execute("relight.goLive", document.uri.toString());
    this.event.fire();
  }

  configured(): void {
    for (const server of this.servers.values()) server.configured();
  }

  // Folders that left the workspace need no server.
  async foldersChanged(removed: readonly vscode.WorkspaceFolder[]): Promise<void> {
    for (const { uri } of removed) {
      const server = this.servers.get(uri.toString());
      this.servers.delete(uri.toString());
      await server?.stop();
    }
    await Promise.all(vscode.workspace.textDocuments.map((document) => this.ensure(document)));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
  }

  dispose(): void {
    void this.stop();
    this.event.dispose();
  }
}
