// SPDX-License-Identifier: Apache-2.0
// text_file.mjs - a document as an editor has it: the text, edits to it, and what the server has
// said of it.  Tests name blocks by their first line of code.

const COLUMNS = {
  "utf-8": (text) => Buffer.byteLength(text),
  "utf-16": (text) => text.length,
  "utf-32": (text) => [...text].length,
};

export class TextFile {
  static open(client, name, text) {
    const file = new TextFile(client, name, text);
    client.notify("textDocument/didOpen", {
      textDocument: { uri: file.uri, languageId: "python", version: 1, text },
    });
    return file;
  }

  constructor(client, name, text) {
    Object.assign(this, { client, text, version: 1 });
    this.path = client.path(name);
    this.uri = client.uri(name);
    this.seen = client.received.length; // messages up to here belong to what came before
  }

  // --- Places.

  position(offset) {
    const before = this.text.slice(0, offset).split("\n");
    return { line: before.length - 1, character: this.#columns(before[before.length - 1]) };
  }

  #columns(text) {
    return COLUMNS[this.client.encoding](text);
  }

  #offset({ line, character }) {
    const lines = this.text.split("\n");
    let at = lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0);
    for (const letter of lines[line] ?? "") {
      if (character <= 0) break;
      character -= this.#columns(letter);
      at += letter.length;
    }
    return at;
  }

  // Where the n-th `part` of the text is (0: the first).
  range(part, n = 0) {
    let at = this.text.indexOf(part);
    while (n-- > 0 && at >= 0) at = this.text.indexOf(part, at + 1);
    if (at < 0) throw new Error(`'${part}' is not in the text`);
    return { start: this.position(at), end: this.position(at + part.length) };
  }

  textIn({ start, end }) {
    return this.text.slice(this.#offset(start), this.#offset(end));
  }

  get whole() {
    return { start: { line: 0, character: 0 }, end: this.position(this.text.length) };
  }

  // --- Edits.

  edit(range, text) {
    this.changes([{ range, text }]);
    const [start, end] = [this.#offset(range.start), this.#offset(range.end)];
    this.text = this.text.slice(0, start) + text + this.text.slice(end);
  }

  // Tell the server, and leave our own text alone.
  changes(contentChanges) {
    const textDocument = { uri: this.uri, version: ++this.version };
    this.client.notify("textDocument/didChange", { textDocument, contentChanges });
  }

  replace(part, text) {
    this.edit(this.range(part), text);
  }

  // The whole text anew, as a client without incremental sync sends it.
  rewrite(text) {
    this.changes([{ text }]);
    this.text = text;
  }

  // One key at a time, from `offset` on.
  type(offset, string) {
    for (const key of string) {
      const at = this.position(offset);
      this.edit({ start: at, end: at }, key);
      offset += key.length;
    }
  }

  erase(offset, count) {
    for (; count > 0; count--)
      this.edit({ start: this.position(offset - 1), end: this.position(offset--) }, "");
  }

  save() {
    this.client.notify("textDocument/didSave", { textDocument: { uri: this.uri } });
  }

  close() {
    this.client.notify("textDocument/didClose", { textDocument: { uri: this.uri } });
  }

  // --- Asking.

  ask(method, params = {}) {
    const textDocument = { uri: this.uri };
    return this.client.request(`textDocument/${method}`, { textDocument, ...params });
  }

  hover(part, n = 0) {
    return this.ask("hover", { position: this.range(part, n).start });
  }

  command(name, ...args) {
    return this.client.command(`relight.${name}`, this.uri, ...args);
  }

  async goLive() {
    await this.command("goLive");
    return this.quiet();
  }

  // --- What the server said.

  #is(params) {
    return params.file === this.path;
  }

  #live(method, from) {
    return this.client.all(`relight/${method}`, from).filter((params) => this.#is(params));
  }

  // Resolves when the server has taken in all edits and no run is under way.  Returns the first
  // lines of the blocks that have run since the last call, in the order of their results.
  async quiet() {
    await this.ask("foldingRange"); // answered after all that was sent before it
    await this.client.until("end of the run", () => !this.running());
    await this.ask("foldingRange"); // and this after what was sent at the end of that turn
    const ran = this.#live("blockResult", this.seen).filter(hasRun);
    this.seen = this.client.received.length;
    return ran.map(firstLine);
  }

  // Edit, and return what ran.
  change(part, text) {
    this.replace(part, text);
    return this.quiet();
  }

  running() {
    return this.#live("runStart").length > this.#live("runEnd").length;
  }

  // The next message of that kind since the last quiet() for which `is` holds.
  next(kind, is = () => true) {
    const from = this.seen;
    return this.client.message(`relight/${kind}`, (p) => this.#is(p) && is(p), from);
  }

  lastRun() {
    return this.#live("runStart").at(-1);
  }

  lastEnd() {
    return this.#live("runEnd").at(-1);
  }

  untilRunEnd() {
    return this.next("runEnd");
  }

  // The latest result of each block id; a light one renews the place of the one before.
  results() {
    const results = new Map();
    for (const { unchanged, ...result } of this.#live("blockResult"))
      results.set(result.block, unchanged ? { ...results.get(result.block), ...result } : result);
    return results;
  }

  // The latest result of the block that begins with `line`.
  result(line) {
    const results = [...this.results().values()];
    const exact = results.filter((r) => firstLine(r) === line);
    const found = exact.at(-1) ?? results.filter((r) => firstLine(r).startsWith(line)).at(-1);
    if (!found) throw new Error(`no result of '${line}'\n${this.client.report()}`);
    return found;
  }

  // What the block shows, on one line: "ok: 3", "error: NameError: name 'x' is not defined".
  shows(line) {
    const result = this.result(line);
    const shown = shownText(result);
    return shown ? `${result.status}: ${shown}` : result.status;
  }

  diagnostics() {
    const published = this.client.all("textDocument/publishDiagnostics");
    return published.filter((p) => p.uri === this.uri).at(-1)?.diagnostics ?? [];
  }

  untilDiagnostics(is) {
    return this.client.until("such diagnostics", () => is(this.diagnostics()) && this.diagnostics());
  }
}

// Blocked blocks and texts that do not compile have results of this run, but did not run.
function hasRun({ origin, status }) {
  return origin === "ran" && (status === "ok" || status === "error");
}

export function code(result) {
  return result.elements.filter((e) => e.type === "code").map((e) => e.value).join("");
}

// The first line of the block's code; of its prose where there is no code.
export function firstLine(result) {
  const text = code(result) || result.elements.map((e) => e.value).join("");
  return text.trimStart().split("\n")[0];
}

// The outputs' plain text, one after the other.
export function shownText(result) {
  return result.outputs.map(outputText).join("").trim();
}

export function outputText(output) {
  if (output.output_type === "stream") return output.text;
  if (output.output_type === "error") return `${output.ename}: ${output.evalue}`;
  return `${output.data["text/plain"] ?? ""}\n`;
}
