// SPDX-License-Identifier: Apache-2.0
// nvim.test.mjs - the Neovim plug-in in the real editor, one Neovim for each case of its suite.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { RELIGHT, REPOSITORY, Scratch, ended } from "./lib/process.mjs";

const PLUGIN = join(REPOSITORY, "editors/nvim");
const SUITE = join(PLUGIN, "tests/suite.lua");
const CASES = [...readFileSync(SUITE, "utf8").matchAll(/^cases\["(.*)"\]/gm)].map((m) => m[1]);
const missing = spawnSync("nvim", ["--version"]).error ? "nvim is not installed" : false;

async function run(name) {
  const scratch = new Scratch();
  try {
    const [tag, value] = scratch.tag.split("=");
    const folders = ["CONFIG", "DATA", "STATE", "CACHE"].map((n) => [`XDG_${n}_HOME`, join(scratch.folder, n)]);
    const child = spawn("nvim", ["--headless", "-n", "-i", "NONE", "-u", join(PLUGIN, "tests/init.lua"),
      "-c", `luafile ${SUITE}`], {
      cwd: scratch.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...Object.fromEntries(folders), [tag]: value, RELIGHT_BIN: RELIGHT,
        RELIGHT_SCRATCH: scratch.folder, RELIGHT_TEST_CASE: name },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    const { code } = await ended(child);
    assert.equal(code, 0, said);
  } finally {
    await scratch.finish();
  }
}

for (const name of CASES) test(`nvim: ${name}`, { timeout: 120_000, skip: missing }, () => run(name));
