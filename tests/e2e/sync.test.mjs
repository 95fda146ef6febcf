// SPDX-License-Identifier: Apache-2.0
// sync.test.mjs - the server's text is the editor's text, in each position encoding.  Python says
// so: what it is given is what it prints a checksum of.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { e2e } from "./lib/e2e.mjs";
import { code } from "./lib/text_file.mjs";

const ENCODINGS = ["utf-8", "utf-16", "utf-32"];

const offering = (...positionEncodings) => ({ capabilities: { general: { positionEncodings } } });

for (const encoding of ENCODINGS) {
  e2e(`${encoding} is taken when it is offered`, offering("utf-7", encoding), (client) => {
    assert.equal(client.encoding, encoding);
  });

  e2e(`edits beside characters beyond the BMP, in ${encoding}`, offering(encoding), async (client) => {
    const file = await client.live("a.py", 'word = "𝔸🐍ä" + "tail"  # 🐍 x\n\nword, len(word)\n');
    assert.equal(file.shows("word, "), "ok: ('𝔸🐍ätail', 7)");
    await file.change("🐍ä", "🐍🐍é");
    assert.equal(file.shows("word, "), "ok: ('𝔸🐍🐍étail', 8)");
    await file.change('"tail"', '"💡"');
    assert.equal(file.shows("word, "), "ok: ('𝔸🐍🐍é💡', 5)");
    await file.change("𝔸🐍🐍é", "");
    assert.equal(file.shows("word, "), "ok: ('💡', 1)");
  });

  e2e(`the ranges of results select their code, in ${encoding}`, offering(encoding), async (client) => {
    const file = await client.live("a.py", '"""𝔸 title"""\n\nx = "🐍"; y = 1\n\nif y:\n    z = "ä"\n');
    await file.command("runAll");
    await file.quiet();
    for (const result of file.results().values())
      for (const { type, range, value } of result.elements)
        if (type === "code") assert.equal(file.textIn(range), value);
    assert.equal(code(file.result("if y")), 'if y:\n    z = "ä"');
  });

  e2e(`many random edits, in ${encoding}`, offering(encoding), async (client) => {
    const file = client.open("a.py", `s = '''\n'''\n\n${CHECKSUM}\n`);
    const random = generator(7);
    for (let i = 0; i < 300; i++) randomEdit(file, random);
    await file.goLive();
    for (let i = 0; i < 30; i++) randomEdit(file, random);
    await file.quiet();
    const inside = file.text.slice(7, file.text.lastIndexOf("'''"));
    const sum = createHash("sha256").update(inside).digest("hex");
    assert.equal(file.shows(CHECKSUM.split("\n")[0]), `ok: ${sum}`);
  });
}

const CHECKSUM = "import hashlib\nprint(hashlib.sha256(s.encode()).hexdigest())";

// Small numbers that are the same each time (mulberry32).
function generator(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

// Replace a few characters inside the triple quotes by a few others.
function randomEdit(file, random) {
  const letters = [..."ab #(]:\n\n\n  äß€é🐍𝔸💡"];
  const inside = [...file.text.slice(7, file.text.lastIndexOf("'''"))];
  const start = random(inside.length + 1);
  const end = Math.min(start + random(4), inside.length);
  const offset = (n) => 7 + inside.slice(0, n).join("").length;
  const range = { start: file.position(offset(start)), end: file.position(offset(end)) };
  const text = Array.from({ length: random(5) }, () => letters[random(letters.length)]).join("");
  file.edit(range, text);
}

e2e("utf-16 is spoken when nothing is offered", { capabilities: { general: {} } }, (client) => {
  assert.equal(client.encoding, "utf-16");
});

e2e("the changes of one message apply one after the other", async (client) => {
  const file = await client.live("a.py", "x = 1\n\nprint(x)\n");
  const at = (line, character) => ({ line, character });
  file.changes([
    { range: { start: at(0, 4), end: at(0, 5) }, text: "10\ny = 20" },
    { range: { start: at(1, 4), end: at(1, 6) }, text: "30" },
    { range: { start: at(3, 6), end: at(3, 7) }, text: "x + y" },
  ]);
  await file.quiet();
  assert.equal(file.shows("print"), "ok: 40");
});

e2e("positions beyond the end of a line or of the text are taken as its end", async (client) => {
  const file = await client.live("a.py", "x = 1\n\nprint(x)");
  const at = (line, character) => ({ line, character });
  file.changes([{ range: { start: at(0, 4), end: at(0, 999) }, text: "2" }]);
  file.changes([{ range: { start: at(99, 0), end: at(99, 9) }, text: "\n\nprint(x + 1)\n" }]);
  await file.quiet();
  assert.deepEqual([file.shows("print(x)"), file.shows("print(x +")], ["ok: 2", "ok: 3"]);
});

e2e("a change without a range replaces everything", async (client) => {
  const file = await client.live("a.py", "x = 1\n\nprint(x)\n");
  file.rewrite("# new\n\nx = '🐍'\n\nprint(x)\n");
  assert.deepEqual(await file.quiet(), ["x = '🐍'", "print(x)"]);
  assert.equal(file.shows("print"), "ok: 🐍");
});

e2e("line ends of Windows", async (client) => {
  const file = await client.live("a.py", "x = [1,\r\n     2]\r\n\r\nprint(x)\r\n");
  assert.equal(file.shows("print"), "ok: [1, 2]");
  await file.change("2]", "3]");
  assert.equal(file.shows("print"), "ok: [1, 3]");
});

e2e("a document that is opened again starts afresh", async (client) => {
  const first = await client.live("a.py", "x = 1\nx\n");
  assert.equal(first.shows("x = 1"), "ok: 1");
  const again = client.open("a.py", "x = 2\nx\n");
  assert.deepEqual(await again.goLive(), ["x = 2"]);
  assert.equal(again.shows("x = 2"), "ok: 2");
});

e2e("closing a live document ends its worker and clears its diagnostics", async (client) => {
  const file = await client.live("a.py", "1 / 0\n");
  await file.untilDiagnostics((found) => found.length === 1);
  assert.ok(client.scratch.workers().length > 0);
  file.close();
  await file.untilDiagnostics((found) => found.length === 0);
  assert.deepEqual(await client.scratch.untilNoWorkers(), []);
});

e2e("documents of other languages are left alone", async (client) => {
  client.notify("textDocument/didOpen", {
    textDocument: { uri: client.uri("a.c"), languageId: "c", version: 1, text: "int x;\n" },
  });
  const textDocument = { uri: client.uri("a.c") };
  assert.deepEqual(await client.request("textDocument/codeLens", { textDocument }), []);
  assert.equal(client.all("textDocument/publishDiagnostics").length, 0);
});

e2e("a document without a file runs as well", async (client) => {
  const file = client.open("a.py", "x = 1\n\nx + 1\n");
  Object.assign(file, { uri: "untitled:Untitled-1", path: client.path("Untitled-1") });
  client.notify("textDocument/didOpen", {
    textDocument: { uri: file.uri, languageId: "python", version: 1, text: file.text },
  });
  await file.goLive();
  assert.equal(file.shows("x + 1"), "ok: 2");
});
