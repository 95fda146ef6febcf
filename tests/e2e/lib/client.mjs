// SPDX-License-Identifier: Apache-2.0
// client.mjs - an LSP client for tests, on the library that VS Code uses: a real peer reads and
// writes every byte.  It keeps all that the server says, in order; tests wait for messages, never
// for a time, and a wait that takes too long says what was received.
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import protocol from "vscode-languageserver-protocol/node.js";
import { TextFile } from "./text_file.mjs";
import { PATIENCE_MS, Scratch, ended, within } from "./process.mjs";

const CAPABILITIES = {
  general: { positionEncodings: ["utf-16"] },
  window: { workDoneProgress: true },
  workspace: { inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, versionSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
  },
};

export class Client {
  // options: capabilities (added to the usual ones), initializationOptions, processId, env, files
  // ({name: text}, there before the server starts), answers ({method: (params) => result})
  static async start(options = {}) {
    const client = new Client(options);
    try {
      await client.#initialize(options);
      return client;
    } catch (error) {
      await client.kill();
      throw error;
    }
  }

  async #initialize(options) {
    this.initialized = await this.request("initialize", {
      processId: options.processId ?? process.pid,
      rootUri: pathToFileURL(this.scratch.folder).href,
      capabilities: { ...CAPABILITIES, ...options.capabilities },
      initializationOptions: options.initializationOptions ?? { trusted: true },
    });
    this.encoding = this.initialized.capabilities.positionEncoding;
    this.notify("initialized", {});
  }

  constructor(options) {
    this.scratch = new Scratch(options.folder);
    this.received = []; // { method, params }: notifications, and requests to us
    this.complaints = []; // of the protocol library, about the server's bytes
    this.stderr = "";
    this.waiting = new Set();
    this.answers = options.answers ?? {};
    for (const [name, text] of Object.entries(options.files ?? {})) this.write(name, text);
    this.process = this.scratch.spawn(["--stdio"], options);
    this.process.stderr.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    this.process.stdin.on("error", () => {}); // the server may leave before it has read all
    this.ended = ended(this.process);
    this.ended.then((how) => this.#leave(how));
    this.connection = this.#connect();
  }

  #connect() {
    const ours = /^Sending /; // we could not write: the test has taken the server away
    const complain = (text) => ours.test(text) || this.complaints.push(text);
    const connection = protocol.createMessageConnection(
      new protocol.StreamMessageReader(this.process.stdout),
      new protocol.StreamMessageWriter(this.process.stdin),
      { error: complain, warn: complain, info() {}, log() {} },
    );
    connection.onNotification((method, params) => this.#take(method, params));
    connection.onNotification("$/progress", (params) => this.#take("$/progress", params));
    connection.onRequest((method, params) => {
      this.#take(method, params);
      return this.answers[method]?.(params) ?? null;
    });
    connection.listen();
    return connection;
  }

  #take(method, params) {
    this.received.push({ method, params });
    for (const look of this.waiting) look();
  }

  #leave(how) {
    this.left = how;
    for (const look of this.waiting) look();
    this.connection.dispose();
  }

  // --- Talking.

  request(method, ...params) {
    const answer = this.connection.sendRequest(method, ...params);
    return within(answer, () => `no answer to ${method}\n${this.report()}`);
  }

  notify(method, params) {
    this.connection.sendNotification(method, params).catch(() => {}); // it may be gone
  }

  command(name, ...args) {
    return this.request("workspace/executeCommand", { command: name, arguments: args });
  }

  // --- Files.

  path(name) {
    return join(this.scratch.folder, name);
  }

  uri(name) {
    return pathToFileURL(this.path(name)).href;
  }

  write(name, text) {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  // Open a document; see text_file.mjs for what can be done with it.
  open(name, text) {
    return TextFile.open(this, name, text);
  }

  async live(name, text) {
    const file = this.open(name, text);
    await file.goLive();
    return file;
  }

  // --- Listening.

  // All params of that method since message number `from`.
  all(method, from = 0) {
    return this.received.slice(from).filter((m) => m.method === method).map((m) => m.params);
  }

  // The first params of that method for which `is` holds, received already or yet to come.
  message(method, is = () => true, from = 0) {
    return this.until(`a ${method}`, () => this.all(method, from).find(is));
  }

  // Resolves with the first value of `probe` that is true; looked at after every message.
  until(what, probe) {
    let look;
    const found = new Promise((done, fail) => {
      look = () => {
        const value = probe();
        if (value) done(value);
        else if (this.left) fail(new Error(`the server left: no ${what}\n${this.report()}`));
      };
      this.waiting.add(look);
      look();
    });
    const explain = () => `no ${what} within ${PATIENCE_MS} ms\n${this.report()}`;
    return within(found, explain).finally(() => this.waiting.delete(look));
  }

  report() {
    const line = (m) => `  ${m.method} ${JSON.stringify(m.params)}`.slice(0, 300);
    const last = this.received.slice(-30).map(line).join("\n");
    return `received, the last of ${this.received.length}:\n${last}\nstderr:\n${this.stderr.slice(-3000)}`;
  }

  // --- Leaving.

  async shutdown() {
    await this.request("shutdown");
    this.notify("exit");
    const { code } = await within(this.ended, () => `the server does not end\n${this.report()}`);
    return code;
  }

  kill(signal = "SIGKILL") {
    this.process.kill(signal);
    return this.ended;
  }

  // The end of every test: the server leaves in order, and nothing is left behind.
  async finish() {
    try {
      const code = this.left ? 0 : await this.shutdown();
      if (code !== 0) throw new Error(`exit code ${code} after shutdown\n${this.report()}`);
      if (this.complaints.length) throw new Error(this.complaints.join("\n"));
    } finally {
      if (!this.left) await this.kill();
      await this.scratch.finish();
    }
  }
}
