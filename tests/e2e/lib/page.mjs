// SPDX-License-Identifier: Apache-2.0
// page.mjs - `relight serve`, and pages of it as far as the server can tell: WebSocket clients that
// keep all that they are told, in order.  Tests wait for messages, never for a time.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import test from "node:test";
import WebSocket from "ws";
import { PATIENCE_MS, Scratch, ended, within } from "./process.mjs";
import { checkMessage } from "./schema.mjs";
import { firstLine, shownText } from "./text_file.mjs";

// Waits for what somebody else brings about: look() whenever something came.
class Waiting {
  constructor() {
    this.looks = new Set();
  }

  look() {
    for (const look of this.looks) look();
  }

  until(what, probe, report) {
    let look;
    const found = new Promise((done) => {
      look = () => {
        const value = probe();
        if (value) done(value);
      };
      this.looks.add(look);
      look();
    });
    const explain = () => `no ${what} within ${PATIENCE_MS} ms\n${report()}`;
    return within(found, explain).finally(() => this.looks.delete(look));
  }
}

export class Page {
  // options: clientId; headers of the handshake; hello: false to say nothing
  static async open(url, options = {}) {
    const page = new Page(url, options);
    await page.opened;
    if (options.hello === false) return page;
    page.say("hello", { protocol: 1, clientId: options.clientId });
    page.welcome = await page.message("welcome");
    return page;
  }

  constructor(url, options) {
    this.received = [];
    this.waiting = new Waiting();
    this.socket = new WebSocket(`${url.replace("http", "ws")}ws`, { headers: options.headers });
    this.socket.on("message", (data) => this.#take(JSON.parse(data)));
    this.socket.on("error", (error) => (this.error = error));
    this.closed = new Promise((done) =>
      this.socket.on("close", (code) => {
        this.code = code;
        this.waiting.look();
        done(code);
      }),
    );
    this.opened = new Promise((done, fail) => this.socket.on("open", done).on("error", fail));
  }

  #take(message) {
    checkMessage(message);
    this.received.push(message);
    this.waiting.look();
  }

  say(type, fields = {}) {
    this.socket.send(JSON.stringify({ type, ...fields }));
  }

  sayRaw(data, options) {
    this.socket.send(data, options);
  }

  // Watch a file; resolves with its state once no run goes on.
  async watch(path) {
    this.say("watch-file", { path });
    return this.load(path);
  }

  async load(path, have) {
    const from = this.received.length;
    this.say("request-load", { path, have });
    await this.message("run-start", (m) => m.trigger === "load", from);
    await this.message("run-end", (m) => m.file.endsWith(path), from);
    return this.received.slice(from);
  }

  all(type, from = 0) {
    return this.received.slice(from).filter((m) => m.type === type);
  }

  message(type, is = () => true, from = 0) {
    return this.until(`a ${type}`, () => this.all(type, from).find(is));
  }

  until(what, probe) {
    return this.waiting.until(what, probe, () => this.report());
  }

  // The latest result of each block that the file has now.
  results(path) {
    const of = this.received.filter((m) => m.file?.endsWith(path));
    const results = new Map();
    for (const m of of) if (m.type === "block-result" && !m.unchanged) results.set(m.block, m);
    const start = of.findLast((m) => m.blocks);
    return (start?.blocks ?? []).map((id) => results.get(id)).filter(Boolean);
  }

  // What each block shows: { "print(x)": "ok: 1" }.
  shows(path) {
    const line = (r) => [r.status, shownText(r)].filter(Boolean).join(": ");
    return Object.fromEntries(this.results(path).map((r) => [firstLine(r), line(r)]));
  }

  untilShows(path, line, text) {
    return this.until(`'${line}' with ${text}`, () => this.shows(path)[line] === text);
  }

  report() {
    const last = this.received.slice(-30).map((m) => JSON.stringify(m).slice(0, 250));
    return `received, the last of ${this.received.length}:\n${last.join("\n")}`;
  }

  close() {
    this.socket.terminate();
    return this.closed;
  }
}

// `relight serve` on a scratch folder.
export class Host {
  static async start(files = {}, options = {}) {
    const host = new Host(files, options);
    await host.waiting.until("address", () => host.url, () => host.stderr);
    return host;
  }

  constructor(files, options) {
    this.scratch = new Scratch(options.folder);
    this.waiting = new Waiting();
    this.pages = [];
    this.stdout = this.stderr = "";
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.process = this.scratch.spawn(["serve", ".", ...(options.args ?? [])], options);
    this.process.stdout.setEncoding("utf8").on("data", (text) => {
      this.stdout += text;
      this.url = /^http.*\/$/m.exec(this.stdout)?.[0];
      this.waiting.look();
    });
    this.process.stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
      this.waiting.look();
    });
    this.ended = ended(this.process);
  }

  path(name) {
    return join(this.scratch.folder, name);
  }

  write(name, text) {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(`${this.path(name)}.new`, text);
    renameSync(`${this.path(name)}.new`, this.path(name)); // nobody sees half of it
  }

  async page(options) {
    const page = await Page.open(this.url, options);
    this.pages.push(page);
    return page;
  }

  // A line of the log.
  logs(line) {
    return this.waiting.until(`log line '${line}'`, () => this.stderr.includes(line), () => this.stderr);
  }

  get(path, headers = {}) {
    return get(this.url, path, headers);
  }

  async stop() {
    for (const page of this.pages) page.close();
    this.process.kill("SIGTERM");
    const { code, signal } = await within(this.ended, () => `it does not end\n${this.stderr}`);
    await this.scratch.finish();
    if (code !== 0) throw new Error(`exit code ${code}, signal ${signal}\n${this.stderr}`);
  }
}

// A request with exactly that path: nothing normalises it.  { status, headers, body }
export function get(url, path, headers = {}, method = "GET") {
  const base = new URL(url);
  const answer = new Promise((done, fail) => {
    const options = { host: base.hostname, port: base.port, path: path.startsWith("/") ? path : base.pathname + path, method, headers };
    request(options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on("error", fail)
      .end();
  });
  return within(answer, () => `no answer to GET ${path}`);
}

// served("what holds", { "a.py": text }, async (host) => ...)
export function served(name, files, body, options = {}) {
  test(name, { timeout: options.timeout ?? 120_000 }, async () => {
    const host = await Host.start(files, options);
    let failed = true;
    try {
      await body(host);
      failed = false;
    } finally {
      await host.stop().catch((error) => {
        if (!failed) throw error;
      });
    }
  });
}
