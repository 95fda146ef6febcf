// SPDX-License-Identifier: Apache-2.0
// server.ts - one language server, for one folder: started, started again when it dies, stopped.
//
// Results, lenses and hovers are ours where we show them better; all else is the standard client's.
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import type { ShowDocumentParams } from "vscode-languageclient/node";
import type { DynamicFeature, LanguageClientOptions, Middleware, StaticFeature } from "vscode-languageclient/node";
import { blockHover, isAboutName } from "./hover.ts";
import { showsLens } from "./lenses.ts";
import { serverSettings } from "./settings.ts";
import type { Store } from "./store.ts";

const DEATHS_WITHIN_MS = 180_000;
const EXECUTE = "workspace/executeCommand";
const FOLDERS = "workspace/didChangeWorkspaceFolders";

export type Health = "starting" | "running" | "stopped" | "failed";

// Commands are ours, so that they work from menus, and say why when no server is there.  Each
// server has one folder, and does not hear of the others.
class Client extends LanguageClient {
  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    const method = "registrationType" in feature ? feature.registrationType.method : "";
    if (method !== EXECUTE && method !== FOLDERS) super.registerFeature(feature);
  }
}

// A path as a glob that means just it.
const literal = (path: string): string => path.replace(/[[\]{}*?]/g, (c) => `[${c}]`);

// Where it is open already: not in the preview's place, which has the focus when a click there asks.
async function showInItsColumn({ uri, external, selection, takeFocus }: ShowDocumentParams): Promise<{ success: boolean }> {
  if (external) return { success: await vscode.env.openExternal(vscode.Uri.parse(uri)) };
  const there = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === vscode.Uri.parse(uri).toString());
  const range = selection && new vscode.Range(selection.start.line, selection.start.character, selection.end.line, selection.end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), {
    viewColumn: there?.viewColumn ?? vscode.ViewColumn.One,
    preserveFocus: takeFocus === false,
    ...(range && { selection: range }),
  });
  return { success: true };
}

export class Server implements vscode.Disposable {
  private client: Client | undefined;
  private deaths: number[] = [];
  private state: Health = "starting";
  private readonly live = new Set<string>(); // documents to make live again, by URI
  private ready: Promise<void> = Promise.resolve();

  // `folder`: of the workspace, or that of files outside of it, which are then the only ones meant.
  constructor(
    readonly folder: vscode.WorkspaceFolder,
    private readonly deep: boolean,
    private readonly store: Store,
    private readonly log: vscode.OutputChannel,
    private readonly changed: () => void,
  ) {}

  get health(): Health {
    return this.state;
  }

  get announced(): readonly string[] {
    return this.client?.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
  }

  // Start it, and wait until it answers.
  start(program: string): Promise<void> {
    this.ready = this.launch(program);
    return this.ready;
  }

  private async launch(program: string): Promise<void> {
    const client = new Client("relight", "Relight", { command: program, args: ["--stdio"] }, this.options());
    this.client = client;
    this.listen(client);
    try {
      await client.start();
    } catch (error) {
      this.become("failed");
      this.log.appendLine(`could not start ${program}: ${String(error)}`);
      throw error;
    }
  }

  private options(): LanguageClientOptions {
    const scope = this.folder.uri;
    return {
      documentSelector: [{ scheme: "file", language: "python", pattern: literal(scope.fsPath) + (this.deep ? "/**/*" : "/*") }],
      workspaceFolder: this.folder,
      initializationOptions: () => ({ ...serverSettings(scope), trusted: vscode.workspace.isTrusted }),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      markdown: { isTrusted: false, supportHtml: false },
      middleware: this.middleware(),
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => this.died(),
      },
    };
  }

  private middleware(): Middleware {
    return {
      workspace: { configuration: ({ items }) => items.map(() => serverSettings(this.folder.uri)) },
      window: { showDocument: showInItsColumn },
      provideInlayHints: (document, range, token, next) =>
        vscode.workspace.getConfiguration("relight", document).get("inlineResults.enabled", true) ? [] : next(document, range, token),
      provideCodeLenses: async (document, token, next) =>
        (await next(document, token))?.filter((lens) => showsLens(document, lens)),
      provideHover: async (document, position, token, next) => {
        const answer = await next(document, position, token);
        const block = this.store.get(document.uri)?.blockAt(position.line);
        const ours = block?.place?.last === position.line && block.shown.outputs.length > 0;
        return ours && !(answer && isAboutName(answer)) ? blockHover(document.uri, block) : answer;
      },
    };
  }

  private listen(client: Client): void {
    this.store.listen(client);
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) this.revive(client).catch((error) => this.log.appendLine(String(error)));
      else this.become(newState === State.Starting ? "starting" : this.state === "failed" ? "failed" : "stopped");
    });
  }

  private become(state: Health): void {
    this.state = state;
    this.changed();
  }

  // What was live with the server before is live with this one.
  private async revive(client: Client): Promise<void> {
    this.become("running");
    const uris = [...this.live];
    this.live.clear();
    await client.start(); // has begun, and ends when it has been told of the open documents
    for (const uri of uris) await client.sendRequest(EXECUTE, { command: "relight.goLive", arguments: [uri] });
  }

  // Nobody asked it to end.
  private died() {
    this.forget(true);
    const now = Date.now();
    this.deaths = [...this.deaths.filter((at) => now - at < DEATHS_WITHIN_MS), now];
    const most = vscode.workspace.getConfiguration("relight").get<number>("restarts", 4);
    if (this.deaths.length <= most) {
      this.log.appendLine("the server ended, and is started again");
      return { action: CloseAction.Restart, handled: true };
    }
    this.become("failed");
    void this.tellDead();
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async tellDead(): Promise<void> {
    const again = "Start Again";
    const chosen = await vscode.window.showErrorMessage("Relight's server keeps ending.", again, "Show Log");
    if (chosen === again) await vscode.commands.executeCommand("relight.restartServer");
    else if (chosen) this.log.show();
  }

  private forget(remember: boolean): void {
    for (const [document, state] of this.store.of(this.folder.uri, this.deep)) {
      if (remember && state.live) this.live.add(document.uri.toString());
      state.forget();
    }
  }

  // workspace/executeCommand; throws what the server says.
  async execute(command: string, ...args: string[]): Promise<unknown> {
    await this.ready;
    if (!this.client) throw new Error("there is no server");
    return this.client.sendRequest(EXECUTE, { command, arguments: args });
  }

  // Where the cursor is, for pages that mark it.
  cursor(uri: vscode.Uri, { line, character }: vscode.Position): void {
    if (this.state === "running")
      void this.client?.sendNotification("relight/cursor", { textDocument: { uri: uri.toString() }, position: { line, character } });
  }

  // The server asks for what it wants to know.
  configured(): void {
    if (this.state === "running") void this.client?.sendNotification("workspace/didChangeConfiguration", { settings: null });
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.forget(false);
    if (client?.needsStop()) await client.stop().catch((error) => this.log.appendLine(String(error)));
  }

  dispose(): void {
    void this.stop();
  }
}
