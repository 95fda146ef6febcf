// SPDX-License-Identifier: Apache-2.0
// lines.test.mjs - results that stand are at the file's lines of now, and nothing runs for it.
import assert from "node:assert/strict";
import { e2e } from "./lib/e2e.mjs";

const blocks = (...sources) => sources.join("\n\n") + "\n";
const places = (file, line) => file.result(line).outputs[0].frames.map((f) => [f.line, f.source]);

e2e("a comment moves the lines of a traceback, also in a function of another block", async (client) => {
  const file = await client.live("a.py", blocks("def f():\n    return missing", "f()"));
  assert.deepEqual(places(file, "f()"), [[3, "f()"], [1, "return missing"]]);
  assert.deepEqual(await file.change("    return", "    # Why.\n    return"), []);
  assert.deepEqual(places(file, "f()"), [[4, "f()"], [2, "return missing"]]);
  assert.deepEqual(await file.change("return missing", "return missing  # here"), []);
  assert.deepEqual(places(file, "f()"), [[4, "f()"], [2, "return missing  # here"]]);
  const found = await file.untilDiagnostics(([d]) => d?.range.start.line === 2);
  assert.equal(found.length, 1);
});

e2e("a warning names the file's own line after text above it moved", async (client) => {
  const file = await client.live("a.py", blocks("import warnings", "warnings.warn('old')"));
  const text = (line) => `${file.path}:${line}: UserWarning: old\n  warnings.warn('old')\n`;
  const { outputs } = file.result("warnings.warn");
  assert.deepEqual(outputs, [{ output_type: "stream", name: "stderr", text: text(3) }]);
  assert.deepEqual(await file.change("import", "# Title.\n\nimport"), []);
  assert.equal(file.result("warnings.warn").outputs[0].text, text(5));
});

e2e("blocks that only moved and show something are told with their new place", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)", "y = 2"));
  const from = client.received.length;
  const before = file.result("print");
  file.edit({ start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, "\n\n");
  await file.quiet();
  const told = client.all("relight/blockResult", from);
  assert.equal(told.length, 1);
  const { block, ordinal, contentHash, file: path } = before;
  const range = { start: { line: 4, character: 0 }, end: { line: 5, character: 0 } };
  assert.deepEqual(told[0], { run: 0, file: path, block, ordinal, range, contentHash, unchanged: true });
  assert.equal(file.shows("print"), "ok: 1");
});

e2e("a block whose comments changed is told with its new text", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)"));
  assert.deepEqual(await file.change("print(x)", "print(x)  # shown"), []);
  assert.equal(file.result("print(x)  # shown").elements[0].value, "print(x)  # shown");
});

e2e("prose is told when the document goes live", async (client) => {
  const file = client.open("a.py", blocks("# Hello, *world*.", "x = 1", "# | skip\n2"));
  await file.goLive();
  const { kind, status, elements } = file.result("Hello");
  assert.deepEqual([kind, status, elements[0].value.trim()], ["prose", "ok", "Hello, *world*."]);
  assert.equal(file.result("2").status, "skipped");
});
