// SPDX-License-Identifier: Apache-2.0
// surfaces.test.mjs - what standard LSP shows of a document to a client without a plug-in.
import assert from "node:assert/strict";
import { e2e } from "./lib/e2e.mjs";

const blocks = (...sources) => sources.join("\n\n") + "\n";
const PULL = { capabilities: { textDocument: { diagnostic: {} } } };

// --- Diagnostics.

e2e("an error stands at the user's innermost line, with the way that led there", async (client) => {
  const file = await client.live("a.py", blocks("def half(n):\n    return n / 0", "half(4)"));
  const [error] = await file.untilDiagnostics((found) => found.length === 1);
  assert.equal(error.severity, 1);
  assert.equal(error.source, "relight");
  assert.equal(error.code, "error");
  assert.equal(error.message, "ZeroDivisionError: division by zero");
  assert.deepEqual(error.range, file.range("return n / 0"));
  const related = error.relatedInformation.map((r) => [r.message, r.location.uri, r.location.range]);
  assert.deepEqual(related, [
    ["in <module>", file.uri, file.range("half(4)")],
    ["in half", file.uri, file.range("return n / 0")],
  ]);
});

e2e("an error in a library stands at the line that called it", async (client) => {
  const file = await client.live("a.py", "import json\njson.loads('nonsense')\n");
  const [error] = await file.untilDiagnostics((found) => found.length === 1);
  assert.deepEqual(error.range, file.range("json.loads('nonsense')"));
  assert.match(error.message, /^JSONDecodeError: /);
});

e2e("an error moves with its block, and nothing runs for it", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "1 / 0"));
  await file.untilDiagnostics((found) => found.length === 1);
  assert.deepEqual(await file.change("x = 1", "# above\n# it\n\nx = 1"), []);
  await file.untilDiagnostics(([error]) => error.range.start.line === 5);
  const [traceback] = (await hover(file, "1 / 0")).match(/line \d+/);
  assert.equal(traceback, "line 6");
});

e2e("diagnostics carry the version they are of", async (client) => {
  const file = await client.live("a.py", "1 / 0\n");
  await file.change("1 / 0", "1");
  const last = await client.message("textDocument/publishDiagnostics", ({ version, diagnostics }) => version === 2 && diagnostics.length === 0);
  assert.equal(last.uri, file.uri);
});

e2e("a syntax error is shown before the document is live, too", async (client) => {
  const file = client.open("a.py", blocks("x = 1", "print(x", "y = 2"));
  const [error] = await file.untilDiagnostics((found) => found.length === 1);
  assert.equal(error.code, "syntaxError");
  assert.equal(error.range.start.line, 2);
});

e2e("a pragma that is nearly right gets a suggestion", async (client) => {
  const file = client.open("a.py", "# | hide-coed\nx = 1\n");
  const [warning] = await file.untilDiagnostics((found) => found.length === 1);
  assert.equal(warning.severity, 2);
  assert.match(warning.message, /hide-code/);
  assert.equal(file.textIn(warning.range), "hide-coed");
});

e2e("diagnostics can be pulled, and then are not pushed", PULL, async (client) => {
  const file = await client.live("a.py", "1 / 0\n");
  const { kind, items } = await file.ask("diagnostic");
  assert.equal(kind, "full");
  assert.equal(items[0].message, "ZeroDivisionError: division by zero");
  assert.deepEqual(client.all("textDocument/publishDiagnostics"), []);
});

// --- Inlay hints.

async function hints(file, range = file.whole) {
  const found = await file.ask("inlayHint", { range });
  return found.map(({ position, label }) => [position.line, label]);
}

e2e("inlay hints show short results after the last line of code", async (client) => {
  const text = blocks("x = [1,\n     2]\nx\n# a comment", "print('one')\nprint('two')", "1 / 0", "y = 3", "undefined_one\n");
  const file = await client.live("a.py", text);
  assert.deepEqual(await hints(file), [
    [2, "→ [1, 2]"],
    [6, "→ one…"],
    [8, "✗ ZeroDivisionError: division by zero"],
    [12, "✗ NameError: name 'undefined_one' is not defined"],
  ]);
  const [hint] = await file.ask("inlayHint", { range: file.whole });
  assert.deepEqual(hint.position, { line: 2, character: 1 });
});

e2e("inlay hints of the asked range only, and of blocked blocks", async (client) => {
  const file = await client.live("a.py", blocks("x = 1 / 0", "x", "'last'"));
  assert.deepEqual(await hints(file, file.range("x = 1 / 0\n\nx\n")), [
    [0, "✗ ZeroDivisionError: division by zero"],
    [2, "⊘ blocked by line 1"],
  ]);
});

e2e("inlay hints: a long result is cut, an old one says so, and none before going live", async (client) => {
  const file = client.open("a.py", "list(range(100))\n");
  assert.deepEqual(await hints(file), []);
  await file.goLive();
  const [[, label]] = await hints(file);
  assert.match(label, /^→ \[0, 1, 2, .*…$/);
  assert.ok([...label].length <= 83, label);
});

e2e("a client that can is told when hints and lenses are out of date", async (client) => {
  const file = await client.live("a.py", "x = 1\nx\n");
  await client.until("refresh", () => client.all("workspace/inlayHint/refresh").length > 1);
  await client.until("refresh", () => client.all("workspace/codeLens/refresh").length > 1);
  assert.equal(file.shows("x = 1"), "ok: 1");
});

e2e("a client that cannot refresh is not asked to", { capabilities: { workspace: {} } }, async (client) => {
  await client.live("a.py", "x = 1\nx\n");
  assert.ok(client.received.every(({ method }) => !method.endsWith("/refresh")));
});

// --- Code lenses.

async function lenses(file) {
  const found = await file.ask("codeLens");
  return found.map(({ range, command }) => [range.start.line, command.title.replace(/\d+(\.\d+)? m?s/, "TIME"), command.command]);
}

e2e("one lens offers to go live; then each block has its own", async (client) => {
  const file = client.open("a.py", blocks("# prose", "x = 1", "1 / 0", "x\n1 +"));
  const [offer] = await file.ask("codeLens");
  assert.equal(offer.command.title, "▶ Go live: run this file as you edit");
  await client.command(offer.command.command, ...offer.command.arguments);
  await file.quiet();
  assert.deepEqual(await lenses(file), [
    [2, "✓ TIME · it had not run", "relight.runBlock"],
    [4, "✗ error TIME · it had not run", "relight.runBlock"],
    [6, "✗ syntax error", "relight.runBlock"],
  ]);
  await file.change("x = 1", "x = 2");
  assert.equal((await lenses(file))[0][1], "✓ TIME · its code changed");
});

e2e("the lens of a running block interrupts it", async (client) => {
  const file = client.open("a.py", blocks("import time; time.sleep(60)", "x = 1"));
  await file.command("goLive");
  await file.next("blockStart");
  const [running, queued] = await file.ask("codeLens");
  assert.match(running.command.title, /^■ interrupt/);
  assert.match(queued.command.title, /^… queued/);
  await client.command(running.command.command, ...running.command.arguments);
  await file.quiet();
});

// --- Hover.

async function hover(file, part, n) {
  return (await file.hover(part, n))?.contents.value ?? "";
}

e2e("hover shows the value that a name has at that point of the document", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x, 'first')", "x = [1, 2, 3]", "print(x, 'second')"));
  assert.match(await hover(file, "x, 'first'"), /`x`.*`int`[^]*\n1\n[^]*set at line 1/);
  assert.match(await hover(file, "x, 'second'"), /`x`.*`list` 3 items[^]*\[1, 2, 3\][^]*set at line 5/);
  assert.match(await hover(file, "x = [1"), /\[1, 2, 3\][^]*set in this block/);
});

e2e("hover shows the shape of an array", async (client) => {
  const file = await client.live("a.py", "import numpy as np\na = np.zeros((3, 4))\n");
  assert.match(await hover(file, "a = np"), /`numpy\.ndarray` \(3, 4\)/);
});

e2e("hover on a block's last line shows its result, state, provides and requires", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "y = x\nprint('hello')\n(y)"));
  const text = await hover(file, "(y)");
  assert.match(text, /^\*\*ok\*\* in .* — ran because it had not run/);
  for (const part of ["```text\nhello\n", "```python\n1\n", "provides `y`", "requires `x`"])
    assert.ok(text.includes(part), `${part} in ${text}`);
  assert.equal(await client.command("relight.explain", file.uri, file.result("y = x").block), text);
});

e2e("hover on prose, on attributes, on nothing: nothing", async (client) => {
  const file = await client.live("a.py", blocks("# prose x", "import sys\nsys.path\nlen('')", "1"));
  assert.equal(await hover(file, "prose"), "");
  assert.equal(await hover(file, "path"), "");
});

e2e("hover answers while a block runs, without the value", async (client) => {
  const file = client.open("a.py", blocks("x = 1", "while x: pass"));
  await file.command("goLive");
  await file.next("blockStart", ({ block }) => block === file.lastRun().blocks[1]);
  assert.match(await hover(file, "x = 1"), /`x`[^]*set in this block/);
  await file.command("interrupt");
  await file.quiet();
});

e2e("hover on a value whose repr hangs is answered in time", async (client) => {
  const file = await client.live("a.py", blocks("class Slow:\n    def __repr__(self):\n        while True: pass", "s = Slow()"));
  assert.match(await hover(file, "s = Slow"), /`s`/);
  await file.change("s = Slow()", "s = 1");
  assert.equal(file.shows("s = 1"), "ok");
});

// --- Outline and folds.

e2e("document symbols: blocks, and in them what they define", async (client) => {
  const file = client.open("a.py", blocks('# A licence\n"""# Title"""', "# ## Heading\n# more", "class A:\n    pass\n\ndef f(): pass", "x = y = 1"));
  const symbols = await file.ask("documentSymbol");
  const outline = symbols.map((s) => [s.name, s.detail, (s.children ?? []).map((c) => [c.name, c.kind])]);
  assert.deepEqual(outline, [
    ["Title", "prose", []],
    ["Heading", "prose", []],
    ["A", "block", [["A", 5]]],
    ["f", "block", [["f", 12]]],
    ["x = y = 1", "block", [["x", 13], ["y", 13]]],
  ]);
  for (const { range, selectionRange, children } of symbols)
    for (const child of [{ range: selectionRange }, ...(children ?? [])]) assert.ok(contains(range, child.range));
});

function contains(outer, inner) {
  const key = ({ line, character }) => line * 10_000 + character;
  return key(outer.start) <= key(inner.start) && key(inner.end) <= key(outer.end);
}

e2e("blocks of more than a line can be folded", async (client) => {
  const file = client.open("a.py", blocks("# one\n# two", "x = 1", "def f():\n    return 1"));
  const folds = (await file.ask("foldingRange")).map((f) => [f.startLine, f.endLine, f.kind]);
  assert.deepEqual(folds, [[0, 1, "comment"], [5, 6, "region"]]);
});

// --- Progress.

e2e("a run that lasts shows its progress, and ends it", async (client) => {
  const file = client.open("a.py", blocks("import time; time.sleep(1)", "x = 1"));
  await file.command("goLive");
  const { token } = await client.message("window/workDoneProgress/create");
  await file.quiet();
  const steps = client.all("$/progress").filter((p) => p.token === token).map((p) => p.value);
  assert.deepEqual([steps[0].kind, steps[0].title, steps[0].cancellable], ["begin", "Running a.py", true]);
  assert.equal(steps[1].kind, "report");
  assert.equal(steps[1].message, "0 of 2 blocks");
  assert.equal(steps.at(-1).kind, "end");
});

e2e("cancelling the progress interrupts the run", async (client) => {
  const file = client.open("a.py", blocks("while True: pass", "x = 1"));
  await file.command("goLive");
  const { token } = await client.message("window/workDoneProgress/create");
  client.notify("window/workDoneProgress/cancel", { token });
  const end = await file.untilRunEnd();
  assert.equal(end.cancelled, true);
  await client.message("$/progress", (p) => p.token === token && p.value.kind === "end");
});

e2e("a client without progress is not told of it", { capabilities: { window: {} } }, async (client) => {
  const file = await client.live("a.py", "import time; time.sleep(0.7)\n");
  assert.deepEqual(client.all("$/progress"), []);
  assert.deepEqual(client.all("window/workDoneProgress/create"), []);
  assert.equal(file.shows("import"), "ok");
});

// --- Commands.

e2e("commands with wrong arguments are errors that name what is wrong", async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  await assert.rejects(client.command("relight.noSuch", file.uri), /no command 'relight\.noSuch'/);
  await assert.rejects(client.command("relight.run"), /URI of an open document/);
  await assert.rejects(client.command("relight.run", client.uri("other.py")), /URI of an open document/);
  await assert.rejects(client.command("relight.run", 7), /URI of an open document/);
  await assert.rejects(file.command("runBlock", "b99"), /no block 'b99'/);
  await assert.rejects(file.command("runBlock", "nonsense"), /no block 'nonsense'/);
  await assert.rejects(file.command("runBlock"), /no block/);
  await assert.rejects(file.command("explain", "b99"), /no block 'b99'/);
});

e2e("every announced command is known", async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  for (const name of client.initialized.capabilities.executeCommandProvider.commands)
    await client.command(name, file.uri, file.result("x = 1").block)
      .catch((error) => assert.doesNotMatch(error.message, /there is no command/)); // it may refuse
  await file.quiet();
});

e2e("a cancelled request is answered all the same", async (client) => {
  const file = await client.live("a.py", "class Slow:\n    def __repr__(self):\n        while True: pass\n\ns = Slow()\n");
  const { CancellationTokenSource } = (await import("vscode-languageserver-protocol/node.js")).default;
  const cancel = new CancellationTokenSource();
  const params = { textDocument: { uri: file.uri }, position: file.range("s = Slow").start };
  const answer = client.request("textDocument/hover", params, cancel.token);
  cancel.cancel();
  await assert.rejects(answer, /cancelled/);
  await file.command("restart");
  await file.quiet();
});
