// SPDX-License-Identifier: Apache-2.0
// verify.test.mjs - what is shown, held against a full run: when idle, and from the command line.
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";
import { ended } from "./lib/process.mjs";

const IDLE = { initializationOptions: { trusted: true, verify: "idle" } };

// The size of a file is asked for without opening it: nothing tells us that it has changed.
const sized = (path) => `import os\n\nos.path.getsize(${JSON.stringify(path)})\n\nimport time; time.time_ns()\n\n1 / 0\n`;

async function checked(client) {
  const { message } = await client.message("window/logMessage", (m) => /a full run was compared/.test(m.message));
  return /(\d+) of (\d+) results differ/.exec(message).slice(1).map(Number);
}

e2e("an idle document is held against a full run; chance does not count", IDLE, async (client) => {
  writeFileSync(client.path("data.txt"), "12345");
  await client.live("a.py", sized(client.path("data.txt")));
  assert.deepEqual(await checked(client), [0, 4]);
});

e2e("a difference is a warning at its block, until the text changes", IDLE, async (client) => {
  const [path, mark] = [client.path("data.txt"), client.path("mark")];
  writeFileSync(path, "12345");
  const source = sized(path).replace("1 / 0", `open(${JSON.stringify(mark)}, "w").close()`);
  const file = await client.live("a.py", source);
  assert.ok(existsSync(mark));
  writeFileSync(path, "1234567");
  assert.deepEqual((await checked(client))[0], 1);
  const found = await client.until("the warning", () => file.diagnostics().find((d) => d.code === "verify"));
  assert.equal(found.range.start.line, 2);
  await file.change("getsize", "getsize  ");
  await client.until("no warning", () => !file.diagnostics().some((d) => d.code === "verify"));
});

async function verify(client, ...args) {
  const child = client.scratch.spawn(["verify", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (bytes) => (said.out += bytes));
  child.stderr.on("data", (bytes) => (said.err += bytes));
  const { code } = await ended(child);
  return { code, ...said };
}

e2e("relight verify compares what was shown last", async (client) => {
  const path = client.path("data.txt");
  writeFileSync(path, "12345");
  writeFileSync(client.path("a.py"), sized(path));
  assert.deepEqual(await verify(client, "a.py"), { code: 2, out: "",
    err: "relight: no result of 'a.py' is kept for this folder: have it live in an editor first\n" });
  const file = await client.live("a.py", sized(path));
  file.close();
  await client.scratch.untilNoWorkers();
  assert.deepEqual(await verify(client, "a.py"), { code: 0, out: "4 results compared, 0 differ\n", err: "" });
  writeFileSync(path, "1234567");
  const worse = await verify(client, "a.py");
  assert.equal(worse.code, 1);
  assert.match(worse.out, /^b2 · line 3 · a full run shows something else · os\.path\.getsize/);
  const { code, out } = await verify(client, "a.py", "--json");
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(out).different, ["b2"]);
});
