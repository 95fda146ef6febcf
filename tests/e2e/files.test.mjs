// SPDX-License-Identifier: Apache-2.0
// files.test.mjs - data files: what a block has read makes it run again when it changes, and what
// a block writes orders who reads it.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";

const blocks = (...sources) => sources.join("\n\n") + "\n";

// What runs because of a change on disk that `cause` makes.
async function after(file, cause) {
  await file.quiet();
  cause();
  await file.untilRunEnd();
  return file.quiet();
}

// Nothing has run because of `cause`: a change of another file that the document reads is the
// next thing that does.
async function nothing(client, file, cause) {
  cause();
  assert.deepEqual(await after(file, () => client.write("probe", `${Math.random()}`)), ['open("probe").read()']);
}
const probe = 'open("probe").read()';

e2e("a change of a file runs who has read it, and no others", async (client) => {
  client.write("data.csv", "1");
  const file = await client.live("a.py", blocks("x = 1", 'y = open("data.csv").read()', "print(y)", "print(x)"));
  assert.deepEqual(await after(file, () => client.write("data.csv", "2")), ['y = open("data.csv").read()', "print(y)"]);
  assert.equal(file.shows("print(y)"), "ok: 2");
  const { trigger, dirty, reasons } = file.lastRun();
  assert.deepEqual([trigger, reasons[dirty[0]]], ["file", [{ kind: "data_file", ref: client.path("data.csv") }]]);
});

e2e("saves by renaming, deleting and making anew are changes, too", async (client) => {
  client.write("data.csv", "1");
  const file = await client.live("a.py", 'print(open("data.csv").read())\n');
  const line = 'print(open("data.csv").read())';
  const replace = () => {
    client.write("new", "2");
    renameSync(client.path("new"), client.path("data.csv"));
  };
  assert.deepEqual(await after(file, replace), [line]);
  assert.equal(file.shows("print"), "ok: 2");
  assert.deepEqual(await after(file, () => rmSync(client.path("data.csv"))), [line]);
  assert.match(file.shows("print"), /FileNotFoundError/);
  assert.deepEqual(await after(file, () => client.write("data.csv", "3")), [line]);
  assert.equal(file.shows("print"), "ok: 3");
});

e2e("a file that was missed runs who missed it when it appears", async (client) => {
  const code = 'import os\ntry: print(open("folder/data").read())\nexcept OSError: print("none")';
  mkdirSync(client.path("folder"));
  const file = await client.live("a.py", code + "\n");
  assert.equal(file.shows("import os"), "ok: none");
  await after(file, () => client.write("folder/data", "here"));
  assert.equal(file.shows("import os"), "ok: here");
});

e2e("touching a file, or writing the same, runs nothing", async (client) => {
  client.write("data.csv", "1");
  client.write("probe", "0");
  const file = await client.live("a.py", blocks('open("data.csv").read()', probe));
  await nothing(client, file, () => utimesSync(client.path("data.csv"), new Date(), new Date()));
  await nothing(client, file, () => client.write("data.csv", "1"));
});

e2e("libraries' files and the block's own writing run nothing", async (client) => {
  client.write("probe", "0");
  const file = await client.live("a.py", blocks("import json, numpy", 'open("out", "w").write("1")', 'open("out").read()', probe));
  await nothing(client, file, () => {});
});

e2e("with unsaved edits, a change on disk holds effects like typing does", async (client) => {
  client.write("data", "1");
  const file = await client.live("a.py", blocks("x = 0", 'd = open("data").read()\nopen("out", "w").write(d)'));
  await after(file, () => client.write("data", "2"));
  assert.equal(file.result("d =").status, "ok");
  await file.change("x = 0", "x = 1");
  await after(file, () => client.write("data", "3"));
  assert.equal(file.result("d =").status, "held");
});

const saving = { initializationOptions: { trusted: true, trigger: "save" } };
e2e("with the trigger save, who has read it is stale until a save", saving, async (client) => {
  client.write("data", "1");
  const file = await client.live("a.py", 'print(open("data").read())\n');
  client.write("data", "2");
  await client.message("relight/fileChanged"); // in the same turn, before the refresh
  const lenses = await file.ask("codeLens");
  assert.match(lenses[0].command.title, /^▶/);
  file.save();
  await file.quiet();
  assert.equal(file.shows("print"), "ok: 2");
});

// --- One block writes, another reads.

async function save(file, part, text) {
  file.replace(part, text);
  file.save();
  return file.quiet();
}

const pair = blocks('n = 1\nopen("out", "w").write(str(n))', "x = 0", 'print(open("out").read())');

e2e("who reads a file runs when who writes it above writes something else", async (client) => {
  const file = await client.live("a.py", pair);
  assert.deepEqual(await save(file, "n = 1", "n = 2"), ["n = 2", 'print(open("out").read())']);
  assert.equal(file.shows("print"), "ok: 2");
  assert.deepEqual(await save(file, "n = 2", "n = 1 + 1"), ["n = 1 + 1"]);
});

// --- The journal: what a block wrote is undone when the block is.

const content = (client, name) => {
  try { return readFileSync(client.path(name), "utf8"); } catch { return null; }
};

e2e("appending again appends once", async (client) => {
  client.write("log", "before\n");
  const file = await client.live("a.py", blocks("n = 1", 'with open("log", "a") as f: f.write(f"run {n}\\n")', 'print(open("log").read())'));
  assert.equal(content(client, "log"), "before\nrun 1\n");
  await save(file, "n = 1", "n = 2");
  assert.equal(content(client, "log"), "before\nrun 2\n");
  assert.equal(file.shows("print"), "ok: before\nrun 2");
  await file.command("runAll");
  await file.quiet();
  assert.equal(content(client, "log"), "before\nrun 2\n");
});

e2e("deleting the block removes the file that it made, and brings back what it removed", async (client) => {
  client.write("old", "here");
  const file = await client.live("a.py", blocks("import os", 'open("new", "w").write("1")\nos.remove("old")', 'print(os.path.exists("new"), open("old").read() if os.path.exists("old") else None)'));
  assert.deepEqual([content(client, "new"), content(client, "old")], ["1", null]);
  await save(file, 'open("new", "w").write("1")\nos.remove("old")\n\n', "");
  await file.hover("os");
  assert.deepEqual([content(client, "new"), content(client, "old")], [null, "here"]);
});

e2e("each block sees the file as it is at its place, and the end leaves it as the last wrote it", async (client) => {
  const read = (n) => `print(${n}, open("f").read())`;
  const file = await client.live("a.py", blocks("x = 1", 'open("f", "w").write("a")', read(1), 'open("f", "a").write("b")', read(2)));
  assert.equal(file.shows(read(2)), "ok: 2 ab");
  await file.change("print(1,", "print(10,");
  assert.equal(file.shows("print(10,"), "ok: 10 a");
  await file.hover("x"); // asked of the worker, after the files have been put in order
  assert.equal(content(client, "f"), "ab");
  assert.deepEqual(await save(file, '.write("a")', '.write("A")'), ['open("f", "w").write("A")', 'print(10, open("f").read())', 'open("f", "a").write("b")', read(2)]);
  assert.equal(file.shows(read(2)), "ok: 2 Ab");
});

e2e("a run that dies leaves the file as it was before it", async (client) => {
  client.write("f", "before");
  const file = await client.live("a.py", "import os\n\nx = 1\n");
  await save(file, "x = 1", 'f = open("f", "w"); f.write("half"); f.flush()\nos._exit(3)');
  assert.match(file.shows("f = open"), /WorkerDied/);
  file.replace("f = open", "print(open('f').read())\n\nf = open"); // in the next interpreter
  await file.quiet();
  assert.equal(file.shows("print(open"), "ok: before");
});

e2e("what somebody else made of the file is not undone", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", 'open("f", "w").write("mine")'));
  client.write("f", "theirs, by hand");
  await save(file, '\n\nopen("f", "w").write("mine")', "");
  await file.hover("x");
  assert.equal(content(client, "f"), "theirs, by hand");
});
