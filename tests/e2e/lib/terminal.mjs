// SPDX-License-Identifier: Apache-2.0
// terminal.mjs - a program in a terminal that exists only in memory: keys in, painted cells out.
import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { PATIENCE_MS } from "./process.mjs";

export const missingTerminal = spawnSync("tmux", ["-V"]).error ? "tmux is not installed" : false;

export class Terminal {
  // Run `command` (words) with `env` in `columns` by `rows` cells.
  constructor(scratch, command, { env = {}, columns = 90, rows = 24 } = {}) {
    this.socket = `${scratch.folder}/tmux`;
    const [tag, value] = scratch.tag.split("=");
    this.env = { ...process.env, ...env, [tag]: value, LC_ALL: "C.UTF-8", TMUX: "" };
    this.tmux("-f", "/dev/null", "new-session", "-d", "-x", `${columns}`, "-y", `${rows}`, ...command);
    this.tmux("set-option", "-g", "status", "off");
  }

  tmux(...args) {
    const { stdout, stderr, status } = spawnSync("tmux", ["-u", "-S", this.socket, ...args], {
      env: this.env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`tmux ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  keys(...keys) {
    this.tmux("send-keys", ...keys);
  }

  // The rows of the screen; with their escape sequences when `colours` is true.
  screen(colours = false) {
    return this.tmux("capture-pane", "-p", ...(colours ? ["-e"] : [])).split("\n");
  }

  // Resolves with the first row that contains the text.
  async row(text) {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      const found = this.screen().find((line) => line.includes(text));
      if (found) return found;
      await pause(30);
    }
    throw new Error(`'${text}' does not come:\n${this.screen().join("\n")}`);
  }

  finish() {
    spawnSync("tmux", ["-S", this.socket, "kill-server"]);
  }
}
