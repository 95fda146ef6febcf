// SPDX-License-Identifier: Apache-2.0
// held.test.mjs - while the user types, nothing is written, deleted, started or connected; saving
// or asking is the go-ahead.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { e2e } from "./lib/e2e.mjs";

const blocks = (...sources) => sources.join("\n\n") + "\n";

async function save(file) {
  file.save();
  return file.quiet();
}

// Type `code` as a new last block; returns the result of the block that begins with `first`.
async function typed(file, code, first = code.split("\n")[0]) {
  file.type(file.text.length, "\n" + code + "\n");
  await file.quiet();
  return file.result(first);
}

e2e("typing does not create the file, saving does", async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  const held = await typed(file, 'open("out.csv", "w").write("1")');
  assert.deepEqual([held.status, held.operation, held.ok], ["held", 'writes "out.csv"', false]);
  assert.ok(!existsSync(client.path("out.csv")));
  assert.deepEqual(await save(file), ['open("out.csv", "w").write("1")']);
  assert.equal(file.shows("open"), "ok: 1");
  assert.equal(readFileSync(client.path("out.csv"), "utf8"), "1");
  assert.equal(file.lastEnd().error, false);
});

e2e("every kind of effect is held, and named", async (client) => {
  client.write("victim", "here");
  const server = createServer(() => assert.fail("somebody connected")).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const effects = {
    'os.remove("victim")': 'deletes "victim"',
    'os.rename("victim", "gone")': 'renames "victim"',
    'os.mkdir("folder")': 'creates "folder"',
    'os.system("touch touched")': 'starts "touch touched"',
    'subprocess.run(["touch", "touched"])': 'starts "touch"',
    'os.posix_spawn("/bin/touch", ["touch", "touched"], {})': 'starts "/bin/touch"',
    'os.fork()': "starts a process",
    [`socket.create_connection(("127.0.0.1", ${server.address().port}))`]: 'opens a connection to "127.0.0.1"',
    'socket.socket().bind(("127.0.0.1", 0))': "opens a socket",
    'tempfile.TemporaryFile()': 'writes "',
    'shutil.copy("victim", "copy")': 'writes "copy"',
    'pathlib.Path("made").write_text("1")': 'writes "made"',
    'sqlite3.connect("base.db")': 'opens the database "base.db"',
  };
  const file = await client.live("a.py", "import os, pathlib, shutil, socket, sqlite3, subprocess, tempfile\n");
  for (const [code, operation] of Object.entries(effects)) {
    file.edit(file.whole, file.text.split("\n")[0] + "\n\n" + code + "\n");
    await file.quiet();
    const result = file.result(code);
    assert.equal(result.status, "held", `${code}: ${file.shows(code)}`);
    assert.ok(result.operation.startsWith(operation), `${code}: ${result.operation}`);
  }
  server.close();
  for (const name of ["gone", "folder", "touched", "copy", "made", "base.db"]) assert.ok(!existsSync(client.path(name)), name);
  assert.equal(readFileSync(client.path("victim"), "utf8"), "here");
});

e2e("code cannot swallow the hold, nor go on to the next effect", async (client) => {
  const file = await client.live("a.py", "import os\n");
  const code = [
    "try:", '    open("a", "w")', "except Exception: pass", "except BaseException: pass",
    'try: os.mkdir("b")', "except BaseException: print('swallowed')",
  ].join("\n");
  const result = await typed(file, code, "try:");
  assert.deepEqual([result.status, result.operation], ["held", 'writes "a"']);
  assert.ok(!existsSync(client.path("a")) && !existsSync(client.path("b")));
});

e2e("a thread's effect holds its block", async (client) => {
  const file = await client.live("a.py", "import threading\n");
  const result = await typed(file, 't = threading.Thread(target=open, args=("a", "w")); t.start(); t.join()', "t = ");
  assert.equal(result.status, "held");
  assert.ok(!existsSync(client.path("a")));
});

e2e("reading, printing, and writing to /dev/null are not held", async (client) => {
  client.write("data.csv", "1,2");
  const file = await client.live("a.py", "import os\n");
  const code = 'print(open("data.csv").read(), os.listdir(".").count("data.csv"), open(os.devnull, "w").write("x"))';
  await typed(file, code, "print");
  assert.equal(file.shows("print"), "ok: 1,2 1 1");
});

e2e("importing libraries is not held, using them to write is", async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  await typed(file, "import numpy as np, matplotlib.pyplot as plt", "import");
  assert.equal(file.shows("import"), "ok");
  const result = await typed(file, 'np.savetxt("a.txt", np.arange(3))', "np.save");
  assert.deepEqual([result.status, result.operation], ["held", 'writes "a.txt"']);
  await typed(file, "plt.plot([1, 2])", "plt.plot");
  assert.equal(file.result("plt.plot").status, "ok");
});

e2e("a project module's effects on import are held", async (client) => {
  client.write("helper.py", 'open("log", "w").write("imported")\n');
  const file = await client.live("a.py", "x = 1\n");
  assert.equal((await typed(file, "import helper")).status, "held");
  assert.ok(!existsSync(client.path("log")));
  await save(file);
  assert.equal(file.shows("import helper"), "ok");
  assert.ok(existsSync(client.path("log")));
});

e2e("pandas writes when the file is saved", async (client) => {
  const file = await client.live("a.py", blocks("import pandas as pd", 'df = pd.DataFrame({"a": [1]})'));
  const result = await typed(file, 'df.to_csv("out.csv", index=False)', "df.to_csv");
  assert.deepEqual([result.status, result.operation], ["held", 'writes "out.csv"']);
  await save(file);
  assert.equal(readFileSync(client.path("out.csv"), "utf8"), "a\n1\n");
});

// --- What is around a held block.

const pipeline = blocks("n = 1", 'y = n + 1\nopen("out", "w").write(str(y))', "print(y)", "z = 5\nz");

e2e("what depends on a held block keeps its result, as old", async (client) => {
  const file = await client.live("a.py", pipeline);
  assert.deepEqual([file.shows("print"), readFileSync(client.path("out"), "utf8")], ["ok: 2", "2"]);
  assert.deepEqual(await file.change("n = 1", "n = 2"), ["n = 2"]);
  assert.equal(file.result("y =").status, "held");
  const { diagnostics } = { diagnostics: await file.untilDiagnostics((d) => d.length) };
  assert.deepEqual(diagnostics.map((d) => [d.severity, d.code, d.message, d.range.start.line]),
    [[3, "held", 'held: writes "out"; runs when you save', 3]]);
  assert.match(JSON.stringify(await file.hover("print(y)")), /stale/);
  await file.hover("n =");
  assert.equal(readFileSync(client.path("out"), "utf8"), "2"); // the hover was answered by the worker
  assert.deepEqual(await save(file), ["y = n + 1", "print(y)"]);
  assert.deepEqual([file.shows("print"), readFileSync(client.path("out"), "utf8")], ["ok: 3", "3"]);
});

e2e("what a held block had bound before it was stopped is not to be seen", async (client) => {
  const file = await client.live("a.py", blocks("y = 1", "x = 0"));
  file.edit(file.whole, blocks("y = 1", 'y = 2\nopen("out", "w")\ny = 3', "print(y)"));
  await file.quiet();
  assert.deepEqual([file.result("y = 2").status, file.result("print").status], ["held", "blocked"]);
  await save(file);
  assert.equal(file.shows("print"), "ok: 3");
});

e2e("what a held block had changed in place is made anew", async (client) => {
  const file = await client.live("a.py", blocks("xs = []", "x = 0", "print(xs)"));
  await file.change("x = 0", 'xs.append(1)\nopen("out", "w").close()');
  assert.equal(file.result("xs.append").status, "held");
  await file.change('open("out", "w").close()', "pass");
  assert.equal(file.shows("print"), "ok: [1]");
});

e2e("an edit that takes the effect away, here or above, ends the hold", async (client) => {
  const file = await client.live("a.py", blocks("write = False", "x = 0"));
  await file.change("x = 0", 'if write: open("out", "w")');
  assert.equal(file.result("if write").status, "ok");
  await file.change("write = False", "write = True");
  assert.equal(file.result("if write").status, "held");
  await file.change("write = True", "write = 0");
  assert.equal(file.result("if write").status, "ok");
  await file.change("write = 0", "write = 1");
  assert.equal(file.result("if write").status, "held");
  await file.change('open("out", "w")', "print(write)");
  assert.equal(file.shows("if write"), "ok: 1");
  assert.ok(!existsSync(client.path("out")));
});

e2e("an unrelated edit does not try a held block again", async (client) => {
  const file = await client.live("a.py", blocks("x = 0", "y = 0"));
  await file.change("y = 0", 'open("out", "w").write("1")');
  assert.deepEqual(await file.change("x = 0", "x = 1"), ["x = 1"]);
  assert.equal(file.lastRun().dirty.length, 1);
  assert.equal(file.result("open").status, "held");
});

for (const command of ["run", "runAll"])
  e2e(`${command} is a go-ahead`, async (client) => {
    const file = await client.live("a.py", "x = 0\n");
    assert.equal((await typed(file, 'open("out", "w").write("1")')).status, "held");
    await file.command(command);
    await file.quiet();
    assert.equal(file.shows("open"), "ok: 1");
    assert.ok(existsSync(client.path("out")));
  });

e2e("the lens of a held block names the operation and runs it", async (client) => {
  const file = await client.live("a.py", "x = 0\n");
  const held = await typed(file, 'open("out", "w").write("1")');
  const lenses = await file.ask("codeLens");
  const { command } = lenses.find((l) => l.command.title.includes("held"));
  assert.equal(command.title, '⏸ held: writes "out" · run');
  const hints = await file.ask("inlayHint", { range: file.whole });
  assert.ok(hints.some((h) => h.label === '⏸ held: writes "out"; runs when you save'), JSON.stringify(hints));
  assert.match(JSON.stringify(await file.hover('open("out"')), /held/);
  await client.command(command.command, ...command.arguments);
  await file.quiet();
  assert.equal(file.result("open").status, "ok");
  assert.equal(held.block, command.arguments[1]);
});

e2e("with the trigger save nothing is ever held", { initializationOptions: { trusted: true, trigger: "save" } }, async (client) => {
  const file = await client.live("a.py", "x = 0\n");
  file.replace("x = 0", 'open("out", "w").write("1")');
  await save(file);
  assert.equal(file.shows("open"), "ok: 1");
});
