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

// --- The project's settings.

const project = (text, settings = {}) => ({ files: { "pyproject.toml": text }, ...options(settings) });

e2e("pyproject.toml sets for the project", project('[tool.relight]\nlive = ["*.py"]\noutput.limit = 2000\n'), async (client) => {
  const file = client.open("a.py", "print('x' * 100_000)\n");
  await file.untilRunEnd();
  assert.equal(file.result("print").truncated, true);
});

e2e("what the editor sets wins", project('[tool.relight]\ntrigger = "manual"\nlive = ["*.py"]\n', { trigger: "save" }), async (client) => {
  const file = client.open("a.py", "x = 1\n");
  await file.untilRunEnd();
  await file.quiet();
  assert.deepEqual(await file.change("x = 1", "x = 2"), []);
  file.save();
  assert.deepEqual(await file.quiet(), ["x = 2"]);
});

e2e("going live waits for pyproject.toml", project('[tool.relight.worker]\ncommand = ["env", "GREETING=hello"]\n'), async (client) => {
  const file = await client.live("a.py", "import os\nos.environ['GREETING']\n");
  assert.equal(file.shows("import os"), "ok: 'hello'");
  assert.equal(client.all("relight/runStart").length, 1);
});

e2e("pyproject.toml is read again when it changes, and where results can differ they do", async (client) => {
  const file = await client.live("a.py", "import os\nos.environ.get('GREETING')\n\nx = 1\n");
  assert.equal(file.shows("import os"), "ok");
  const from = client.received.length;
  client.write("pyproject.toml", '[tool.relight]\n"worker.command" = ["env", "GREETING=hello"]\n');
  await client.message("relight/runEnd", () => true, from);
  assert.deepEqual(await file.quiet(), ["import os", "x = 1"]);
  assert.equal(file.shows("import os"), "ok: 'hello'");
  client.write("pyproject.toml", '[tool.relight]\ntrigger = "often"\n');
  assert.deepEqual(await warnings(client, 1), [
    [2, 'setting relight.trigger must be "type", "save" or "manual" (in pyproject.toml)'],
  ]);
});

const badProjects = {
  "pyproject.toml: Expected '=' after a key in a key/value pair (at line 1, column 5)": "live\n",
  "setting relight.trusted is for the editor to give (in pyproject.toml)": "[tool.relight]\ntrusted = true\n",
  "setting relight.live must be a list of globs (in pyproject.toml)": "[tool.relight]\nlive = 2001-02-03\n",
  "the relight settings must be an object": "[tool]\nrelight = 1\n",
};

for (const [message, text] of Object.entries(badProjects)) {
  e2e(`a bad project: ${message}`, { files: { "pyproject.toml": text }, initializationOptions: {} }, async (client) => {
    assert.deepEqual(await warnings(client, 1), [[2, message]]);
    await assert.rejects(client.open("a.py", "x = 1\n").command("goLive"), /not trusted/);
  });
}

for (const text of ["", "[tool]\nblack = {}\n", "tool = 1\n", "[tool.relight]\n"]) {
  e2e(`a project without settings: ${JSON.stringify(text)}`, project(text), async (client) => {
    const file = await client.live("a.py", "print(1)\n");
    assert.equal(file.shows("print(1)"), "ok: 1");
    assert.deepEqual(client.all("window/showMessage"), []);
  });
}

// --- Asking the editor.

function asked(answer, more = {}) {
  const capabilities = { workspace: { configuration: true } };
  return { capabilities, answers: { "workspace/configuration": answer }, ...options(more) };
}

e2e("the editor is asked, and its answer wins", asked(() => [{ live: ["*.py"], trigger: "manual" }], { trigger: "save" }), async (client) => {
  const file = client.open("a.py", "x = 1\n");
  await file.untilRunEnd();
  await file.quiet();
  assert.deepEqual(client.all("workspace/configuration"), [{ items: [{ section: "relight" }] }]);
  await file.change("x = 1", "x = 2");
  file.save();
  assert.deepEqual(await file.quiet(), []);
});

let trigger = "type";
e2e("it is asked again when its settings have changed", asked(() => [{ trigger }]), async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  trigger = "manual";
  client.notify("workspace/didChangeConfiguration", { settings: null });
  await client.until("a second question", () => client.all("workspace/configuration").length === 2);
  assert.deepEqual(await file.change("x = 1", "x = 2"), []);
});

for (const [what, answer] of Object.entries({ null: () => [null], nothing: () => [], "no list": () => 7, "an error": () => { throw new Error("no"); } })) {
  e2e(`an editor that answers ${what} has set nothing`, asked(answer), async (client) => {
    const file = await client.live("a.py", "print(1)\n");
    assert.equal(file.shows("print(1)"), "ok: 1");
  });
}

e2e("trace: the log tells of every message", options({ trace: "messages" }), async (client) => {
  const line = (text) => client.message("window/logMessage", ({ message }) => message.startsWith(text));
  const file = client.open("a.py", "x = 1\n");
  const { message } = await line("received textDocument/didOpen");
  assert.ok(!message.includes("x = 1"), message);
  await line("sent textDocument/publishDiagnostics");
  client.notify("$/setTrace", { value: "verbose" });
  await file.change("x = 1", "x = 2");
  assert.match((await line("received textDocument/didChange")).message, /"text":"x = 2"/);
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { trace: "verbose" } } });
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { trace: "off" } } });
  await file.quiet();
  const from = client.received.length;
  await file.change("x = 2", "x = 3");
  assert.deepEqual(client.all("window/logMessage", from), []);
});
