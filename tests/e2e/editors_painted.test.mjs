// SPDX-License-Identifier: Apache-2.0
// editors_painted.test.mjs - Emacs and Neovim in a terminal, driven by keys, judged by what they
// paint.  RELIGHT_CAPTURE=FOLDER keeps the screens with their colours (docs/capture.mjs).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { RELIGHT, REPOSITORY, Scratch } from "./lib/process.mjs";
import { Terminal, missingTerminal } from "./lib/terminal.mjs";

const TEXT = `# # Harvest
# Prices are per kilogram.
price = {"wheat": 3.20, "rye": 2.90}

tons = {"wheat": 120, "rye": 40}

revenue = {k: price[k] * tons[k] * 1000 for k in price}
revenue

for name, value in revenue.items():
    print(f"{name:>6} {value:>9,.0f}")

price["barley"]

total = sum(revenue.values())
f"{total:,.0f}"
`;

const nvim = (scratch) => ["nvim", "-n", "-i", "NONE", "-u", join(REPOSITORY, "editors/nvim/tests/init.lua"),
  "-c", `lua require('relight').setup({cmd={'${RELIGHT}','--stdio'},trusted=true})`,
  "-c", "filetype on | set ft=python laststatus=2", "-c", "set statusline=%f%=%{v:lua.require'relight'.status()}",
  join(scratch.folder, "harvest.py")];
const emacs = (scratch) => ["emacs", "-nw", "-Q", "-L", join(REPOSITORY, "editors/emacs"),
  "--eval", `(progn (let ((default-directory "/usr/share/emacs/site-lisp/elpa/"))
     (when (file-directory-p default-directory) (normal-top-level-add-subdirs-to-load-path)))
     (setq inhibit-startup-screen t relight-trusted t relight-command '("${RELIGHT}" "--stdio") eglot-sync-connect t
           eglot-confirm-server-initiated-edits nil eglot-autoshutdown t)
     (menu-bar-mode -1) (require 'relight) (add-hook 'python-mode-hook 'relight-ensure))`,
  join(scratch.folder, "harvest.py")];

const EDITORS = [
  { name: "nvim", command: nvim, live: [":Relight live", "Enter"], edit: ["gg", "/3.20", "Enter", "cf0", "4", "Escape"],
    quit: [":qa!", "Enter"] },
  { name: "emacs", command: emacs, live: ["M-x", "relight-live", "Enter"],
    edit: ["M-<", "C-s", "3.20", "Enter", "M-BSpace", "M-BSpace", "4"], quit: ["C-x", "C-c"] },
];

function keep(name, terminal) {
  const folder = process.env.RELIGHT_CAPTURE;
  if (folder) writeFileSync(join(folder, `${name}.ansi`), terminal.screen(true).join("\n"));
}

for (const { name, command, live, edit, quit } of EDITORS) {
  const missing = missingTerminal || (spawnSync(name, ["--version"]).error ? `${name} is not installed` : false);
  test(`${name}: what is painted`, { timeout: 120_000, skip: missing }, async () => {
    const scratch = new Scratch();
    writeFileSync(join(scratch.folder, "harvest.py"), TEXT);
    const folders = ["CONFIG", "DATA", "STATE", "CACHE"].map((n) => [`XDG_${n}_HOME`, join(scratch.folder, n)]);
    const terminal = new Terminal(scratch, command(scratch), {
      env: { HOME: scratch.folder, ...Object.fromEntries(folders) }, rows: 30 });
    try {
      await terminal.row("relight:");
      terminal.keys(...live);
      await terminal.row("│  wheat   384,000");
      assert.match(await terminal.row("KeyError"), /price\["barley"\] +. KeyError: 'barley'$/);
      assert.match(await terminal.row("'500,000'"), /f"\{total.*→ '500,000'/);
      keep(name, terminal);
      terminal.keys(...edit);
      await terminal.row("│  wheat   480,000");
      await terminal.row("→ '596,000'");
      terminal.keys(...quit);
    } finally {
      terminal.finish();
      await scratch.finish();
    }
  });
}
