// SPDX-License-Identifier: Apache-2.0
// code_server.mjs - a real Visual Studio Code, served to a browser by code-server, which
// tests/tools/install_code_server.sh puts into build/.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { RELIGHT, REPOSITORY, Scratch, WORKER, ended, signal, within } from "./process.mjs";
import { newPage } from "./browser.mjs";
import { buildExtension } from "../../../editors/vscode/build.mjs";

const HOME = join(REPOSITORY, "build/code-server");
const ENTRY = join(HOME, "node_modules/code-server/out/node/entry.js");
const OWN_NODE = join(HOME, "node/bin/node"); // where the one at hand is too old or too new
export const NODE = existsSync(OWN_NODE) ? OWN_NODE : process.execPath;
// The extension has no C in it: once is enough.
const why = process.env.ASAN_OPTIONS ? "run without sanitizers only" : "code-server is not installed: tests/tools/install_code_server.sh";
export const missingCode = existsSync(join(HOME, "installed")) && !process.env.ASAN_OPTIONS ? false : why;

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export class Code {
  // settings: the user's; files: of the workspace; arguments: of code-server; env
  static async start({ settings = {}, files = {}, arguments: more = [], env = {} } = {}) {
    const code = new Code();
    code.scratch = new Scratch();
    const at = (name) => join(code.scratch.folder, name);
    code.workspace = at("ws");
    code.extensions = at("extensions");
    for (const folder of ["ws", "home", "extensions", "data/User", "data/Machine"]) mkdirSync(at(folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) code.write(name, text);
    const usual = { "files.autoSave": "off", "extensions.autoUpdate": false, "relight.path": RELIGHT,
      "workbench.startupEditor": "none", "editor.minimap.enabled": false, ...settings };
    // In a window whose files are elsewhere, what a machine has is set by the machine's own settings.
    for (const whose of ["User", "Machine"]) writeFileSync(at(`data/${whose}/settings.json`), JSON.stringify(usual));
    code.port = await freePort();
    const [tag, value] = code.scratch.tag.split("=");
    code.environment = { ...process.env, HOME: at("home"), EXTENSIONS_GALLERY: '{"serviceUrl":""}', XDG_CACHE_HOME: at(".cache"),
      XDG_DATA_HOME: at(".share"), XDG_CONFIG_HOME: at(".config"), RELIGHT_WORKER: WORKER, [tag]: value, ...env };
    code.options = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override",
      "--user-data-dir", at("data"), "--extensions-dir", code.extensions];
    code.child = spawn(NODE, [ENTRY, "--auth", "none", "--bind-addr", `127.0.0.1:${code.port}`, ...code.options, ...more, code.workspace],
      { cwd: code.workspace, env: code.environment, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [code.child.stdout, code.child.stderr]) stream.setEncoding("utf8").on("data", (text) => (code.said += text));
    code.gone = ended(code.child);
    await within(code.#answers(), () => `code-server does not answer: ${code.said}`);
    return code;
  }

  said = "";

  async #answers() {
    while (!(await fetch(`http://127.0.0.1:${this.port}/healthz`).then((r) => r.ok, () => false)))
      await new Promise((done) => setTimeout(done, 50));
  }

  write(name, text) {
    const path = join(this.workspace, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  // The extension as an editor would have it installed, built from what is in the repository.
  async install() {
    const { version, publisher, name } = JSON.parse(readFileSync(join(REPOSITORY, "editors/vscode/package.json"), "utf8"));
    await buildExtension(join(this.extensions, `${publisher}.${name}-${version}`));
  }

  // A packed one, as a user installs it.
  async installFile(path) {
    const child = spawn(NODE, [ENTRY, ...this.options, "--install-extension", path], { env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    const { code } = await ended(child);
    if (code !== 0) throw new Error(said);
  }

  // A window; `payload`: what it is told beyond the folder.
  async open(payload = [], options = {}) {
    this.page = await newPage({ viewport: { width: 1100, height: 760 }, ...options });
    const query = new URLSearchParams({ folder: realpathSync(this.workspace) });
    if (payload.length) query.set("payload", JSON.stringify(payload));
    this.address = `http://127.0.0.1:${this.port}/?${query}`;
    return this.page;
  }

  uri(path) {
    return `vscode-remote://127.0.0.1:${this.port}${path}`;
  }

  // What `suite` says when it has run in the extension host: all of its report.
  async runSuite(extension, suite) {
    const page = await this.open([
      ["extensionDevelopmentPath", this.uri(extension)],
      ["extensionTestsPath", this.uri(suite)],
    ]);
    const log = [];
    let finish;
    const finished = new Promise((done) => (finish = done));
    await page.exposeFunction("codeAutomationLog", (type, args) => log.push(args.join(" ")));
    await page.exposeFunction("codeAutomationExit", (code) => finish(code));
    await page.goto(this.address);
    const code = await finished;
    return { code, log };
  }

  async stop() {
    // Without this, the extension host would wait for its window to come back.
    await this.page?.close({ runBeforeUnload: true }).catch(() => {});
    await this.page?.context().close();
    this.child.kill("SIGTERM");
    await this.gone;
    for (const pid of this.scratch.processes()) signal(pid, "SIGTERM");
    await this.scratch.finish();
  }
}
