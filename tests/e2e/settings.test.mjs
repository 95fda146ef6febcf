// SPDX-License-Identifier: Apache-2.0
// settings.test.mjs - what can be set, and what is said of a setting that is wrong.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";

const options = (settings) => ({ initializationOptions: { trusted: true, ...settings } });

async function warnings(client, count) {
  const list = () => client.all("window/showMessage").map(({ type, message }) => [type, message]);
  return client.until(`${count} warnings`, () => list().length >= count && list());
}

const wrong = {
  "setting relight.colour is not known": { colour: "red" },
  'setting relight.trigger must be "type", "save" or "manual"': { trigger: "always" },
  "setting relight.live must be a list of globs": { live: "**/*.py" },
  "setting relight.trusted must be true or false": { trusted: "yes" },
  "setting relight.cwd must be an absolute path": { cwd: "here" },
  "setting relight.output.limit must be a number of bytes from 1024 to 50331648": { output: { limit: "8 MB" } },
  "setting relight.output.color is not known": { output: { color: true } },
};

for (const [message, initializationOptions] of Object.entries(wrong)) {
  e2e(`a warning: ${message}`, { initializationOptions }, async (client) => {
    assert.deepEqual(await warnings(client, 1), [[2, message]]);
  });
}

e2e("a wrong setting does not spoil the others", options({ trigger: 7, live: ["*.py"] }), async (client) => {
  await warnings(client, 1);
  const file = client.open("a.py", "x = 1\nx\n");
  await file.untilRunEnd();
  assert.equal(file.shows("x = 1"), "ok: 1");
});

e2e("settings that are no object", { initializationOptions: ["trusted"] }, async (client) => {
  assert.deepEqual(await warnings(client, 1), [[2, "the relight settings must be an object"]]);
});

e2e("trigger save: an edit waits for the save", options({ trigger: "save" }), async (client) => {
  const file = await client.live("a.py", "x = 1\n\nprint(x)\n");
  assert.deepEqual(await file.change("x = 1", "x = 2"), []);
  file.save();
  assert.deepEqual(await file.quiet(), ["x = 2", "print(x)"]);
  assert.equal(file.lastRun().trigger, "save");
});

e2e("trigger manual: an edit waits for the command", options({ trigger: "manual" }), async (client) => {
  const file = await client.live("a.py", "x = 1\n\nprint(x)\n");
  await file.change("x = 1", "x = 2");
  file.save();
  assert.deepEqual(await file.quiet(), []);
  await file.command("run");
  assert.deepEqual(await file.quiet(), ["x = 2", "print(x)"]);
  assert.equal(file.lastRun().trigger, "command");
});

e2e("settings can change while it runs", async (client) => {
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { trigger: "save" } } });
  const file = await client.live("a.py", "x = 1\n");
  assert.deepEqual(await file.change("x = 1", "x = 2"), []);
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { trigger: 1 } } });
  await warnings(client, 1);
});

const globs = [
  [["**/*.py"], { "a.py": true, "deep/er/b.py": true }],
  [["*.py"], { "a.py": true, "deep/b.py": false }],
  [["notes/*.py"], { "notes/a.py": true, "a.py": false, "notes/deep/a.py": false }],
  [["notes/**"], { "notes/a.py": true, "notes/deep/a.py": true, "a.py": false }],
  [["other.py", "a.py"], { "a.py": true, "b.py": false }],
  [[], { "a.py": false }],
];

for (const [live, files] of globs) {
  e2e(`live ${JSON.stringify(live)}`, options({ live }), async (client) => {
    for (const [name, expected] of Object.entries(files)) {
      const file = client.open(name, "x = 1\n");
      const offered = (await file.ask("codeLens"))[0].command.command === "relight.goLive";
      assert.equal(!offered, expected, name);
      await file.quiet();
    }
  });
}

e2e("cwd is where the code runs", async (client) => {
  mkdirSync(client.path("data"));
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { cwd: client.path("data") } } });
  const file = await client.live("a.py", "import os\nprint(os.getcwd())\n");
  assert.equal(file.shows("import os"), `ok: ${client.path("data")}`);
});

e2e("output.limit is what a block may show", options({ "output.limit": 2000 }), async (client) => {
  const file = await client.live("a.py", "print('x' * 100_000)\n");
  const { truncated, outputs } = file.result("print");
  assert.equal(truncated, true);
  const size = outputs.reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(size >= 1500 && size <= 2500, `${size}`);
});
