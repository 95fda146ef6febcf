// SPDX-License-Identifier: Apache-2.0
// raw.mjs - the server at the level of bytes, for what no proper client would send.
import { Scratch, ended, within } from "./process.mjs";

export class RawPeer {
  constructor(options) {
    this.scratch = new Scratch();
    this.process = this.scratch.spawn(["--stdio"], options);
    this.input = Buffer.alloc(0);
    this.messages = [];
    this.stderr = "";
    this.wake = () => {};
    this.process.stdout.on("data", (bytes) => this.#feed(bytes));
    this.process.stderr.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    this.process.stdin.on("error", () => {}); // the server may leave before it has read all
    this.left = ended(this.process).then((how) => {
      this.gone = true;
      this.wake();
      return how;
    });
  }

  #feed(bytes) {
    this.input = Buffer.concat([this.input, bytes]);
    for (;;) {
      const end = this.input.indexOf("\r\n\r\n");
      if (end < 0) break;
      const size = Number(/Content-Length: (\d+)/.exec(this.input.subarray(0, end))[1]);
      if (this.input.length < end + 4 + size) break;
      this.messages.push(JSON.parse(this.input.subarray(end + 4, end + 4 + size)));
      this.input = this.input.subarray(end + 4 + size);
    }
    this.wake();
  }

  write(bytes) {
    return new Promise((done) => this.process.stdin.write(bytes, done));
  }

  send(message) {
    return this.write(frame(JSON.stringify({ jsonrpc: "2.0", ...message })));
  }

  // The message with that id.
  async answer(id) {
    const found = () => this.messages.find((m) => !m.method && (m.id ?? null) === id);
    const arrival = new Promise((done) => {
      this.wake = () => (found() || this.gone) && done();
      this.wake();
    });
    await within(arrival, () => `no answer ${id}; ${JSON.stringify(this.messages)} ${this.stderr}`);
    if (!found()) throw new Error(`the server left without answer ${id}: ${this.stderr}`);
    return found();
  }

  // The next answer with id null: to what could not be read.
  async refusal() {
    const answer = await this.answer(null);
    this.messages.splice(this.messages.indexOf(answer), 1);
    return answer.error;
  }

  async exitCode() {
    const { code } = await within(this.left, () => `the server stays: ${this.stderr}`);
    return code;
  }

  async finish() {
    this.process.stdin.end();
    await this.exitCode();
    await this.scratch.finish();
  }
}

export function frame(body) {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`Content-Length: ${bytes.length}\r\n\r\n`), bytes]);
}

export const INITIALIZE = { id: 1, method: "initialize", params: { capabilities: {} } };
