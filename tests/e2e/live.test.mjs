// SPDX-License-Identifier: Apache-2.0
// live.test.mjs - the promise: after an edit you see what a fresh run would show, and nothing ran
// that did not have to.
import assert from "node:assert/strict";
import { e2e } from "./lib/e2e.mjs";
import { firstLine } from "./lib/text_file.mjs";

const blocks = (...sources) => sources.join("\n\n") + "\n";

e2e("going live runs every block once, in document order", async (client) => {
  const file = client.open("a.py", blocks("x = 1", "# prose", "y = x + 1", "print(y)"));
  assert.deepEqual(await file.goLive(), ["x = 1", "y = x + 1", "print(y)"]);
  assert.equal(file.shows("print"), "ok: 2");
  const { trigger, dirty, reasons, version } = file.lastRun();
  assert.deepEqual({ trigger, version, dirty: dirty.length }, { trigger: "live", version: 1, dirty: 3 });
  assert.deepEqual(Object.values(reasons), [[{ kind: "new" }], [{ kind: "new" }], [{ kind: "new" }]]);
  const { ran, clean, cached, error, cancelled } = file.lastEnd();
  assert.deepEqual({ ran, clean, cached, error, cancelled }, { ran: 3, clean: 0, cached: 0, error: false, cancelled: false });
});

e2e("going live twice changes nothing", async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  assert.deepEqual(await file.goLive(), []);
});

e2e("each block is announced, streams, and ends, before the next one starts", async (client) => {
  const file = await client.live("a.py", blocks("print(1)", "print(2)"));
  const told = client.received.filter((m) => m.method.startsWith("relight/"));
  const story = told.map(({ method, params }) => `${method.slice(8)} ${params.block ?? ""}`.trim());
  const [a, b] = file.lastRun().blocks;
  const unique = story.filter((line, i) => line !== story[i - 1]); // output may come in pieces
  assert.deepEqual(unique, [
    "runStart",
    `blockStart ${a}`, `blockOutput ${a}`, `blockResult ${a}`,
    `blockStart ${b}`, `blockOutput ${b}`, `blockResult ${b}`,
    "runEnd",
  ]);
});

// --- What an edit runs.

function longDocument() {
  const sources = [];
  for (let i = 0; i < 200; i++) sources.push(i % 10 ? `v${i} = v${i - 1} + 1` : `v${i} = ${i}`);
  return blocks(...sources);
}

e2e("of 200 blocks, an edit in the middle runs that block and its dependents", async (client) => {
  const file = client.open("a.py", longDocument());
  assert.equal((await file.goLive()).length, 200);
  const ran = await file.change("v105 = v104 + 1", "v105 = v104 + 2");
  const dependents = [106, 107, 108, 109].map((i) => `v${i} = v${i - 1} + 1`);
  assert.deepEqual(ran, ["v105 = v104 + 2", ...dependents]);
  const { blocks: all, dirty, reasons } = file.lastRun();
  assert.deepEqual(dirty.map((id) => all.indexOf(id)), [105, 106, 107, 108, 109]);
  assert.deepEqual(reasons[all[105]], [{ kind: "code" }]);
  assert.deepEqual(reasons[all[106]], [{ kind: "requires", ref: all[105] }]);
  assert.deepEqual([file.lastEnd().ran, file.lastEnd().clean], [5, 195]);
});

e2e("results arrive in document order, with rising ordinals", async (client) => {
  const file = await client.live("a.py", longDocument());
  file.seen = 0;
  const ordinals = client.all("relight/blockResult").map((r) => r.ordinal);
  assert.deepEqual(ordinals, Array.from({ length: 200 }, (_, i) => i));
});

e2e("comments, blank lines and spacing run nothing", async (client) => {
  const file = await client.live("a.py", blocks("x = 1  # one", "print(x)", "# prose"));
  assert.deepEqual(await file.change("# one", "# the first"), []);
  assert.deepEqual(await file.change("x = 1", "x  =  1"), []);
  assert.deepEqual(await file.change("print(x)", "\n\n\nprint(x)"), []);
  assert.deepEqual(await file.change("# prose", "# other prose\n\n# and more"), []);
});

e2e("undoing an edit brings the old results back", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)"));
  await file.change("x = 1", "x = 2");
  assert.equal(file.shows("print"), "ok: 2");
  await file.change("x = 2", "x = 1");
  assert.equal(file.shows("print"), "ok: 1");
});

e2e("undoing an edit at once, while it is not whole, runs nothing", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)"));
  file.type(5, " + (");
  assert.deepEqual(await file.quiet(), []);
  file.erase(9, 4);
  assert.deepEqual(await file.quiet(), []);
  assert.equal(file.shows("print"), "ok: 1");
});

e2e("a new block runs alone", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)"));
  assert.deepEqual(await file.change("print(x)", "print('new')\n\nprint(x)"), ["print('new')"]);
});

e2e("splitting and joining blocks runs what changed", async (client) => {
  const file = await client.live("a.py", blocks("x = 1\ny = 2", "print(x)", "print(y)"));
  await file.change("x = 1\n", "x = 1\n\n");
  assert.deepEqual([file.shows("print(x)"), file.shows("print(y)")], ["ok: 1", "ok: 2"]);
  await file.change("x = 1\n\n", "x = 5\n");
  assert.deepEqual([file.shows("print(x)"), file.shows("print(y)")], ["ok: 5", "ok: 2"]);
});

e2e("ids stay with their blocks, whatever happens around them", async (client) => {
  const file = await client.live("a.py", blocks("a = 1", "b = 2", "c = 3"));
  const [a, b, c] = file.lastRun().blocks;
  await file.change("b = 2", "b = 22");
  await file.change("a = 1", "new = 0\n\na = 1");
  const now = file.lastRun().blocks;
  assert.deepEqual([now[1], now[2], now[3]], [a, b, c]);
  await file.change("b = 22\n\n", "");
  await file.change("c = 3", "c = 4");
  assert.ok(!file.lastRun().blocks.includes(b));
});

// --- Order, names.

e2e("a moved block sees what is above its new place", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print('x is', x)", "x = 2"));
  assert.equal(file.shows("print"), "ok: x is 1");
  file.rewrite(blocks("x = 1", "x = 2", "print('x is', x)"));
  assert.deepEqual(await file.quiet(), ["print('x is', x)"]);
  assert.equal(file.shows("print"), "ok: x is 2");
});

e2e("a redefinition sees the value above it, each time it runs", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "x = x + 10", "print(x)"));
  assert.equal(file.shows("print"), "ok: 11");
  await file.change("x + 10", "x + 20");
  assert.equal(file.shows("print"), "ok: 21");
  await file.change("x + 20", "x + 30");
  assert.equal(file.shows("print"), "ok: 31");
});

e2e("a use between two definitions sees the first", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print('between', x)", "x = 2", "print('below', x)"));
  await file.change("x = 2", "x = 3");
  assert.deepEqual([file.shows("print('between"), file.shows("print('below")], ["ok: between 1", "ok: below 3"]);
  await file.change("print('between', x)", "print('between', x, x)");
  assert.equal(file.shows("print('between"), "ok: between 1 1");
});

e2e("without its provider a block fails as a fresh run would", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)"));
  assert.deepEqual(await file.change("x = 1\n\n", ""), ["print(x)"]);
  assert.equal(file.shows("print"), "error: NameError: name 'x' is not defined");
});

e2e("a name that is defined only below is absent, and the diagnostic says where it is", async (client) => {
  const file = await client.live("a.py", blocks("print(x)", "x = 1"));
  assert.match(file.shows("print"), /^error: NameError/);
  const [{ message }] = await file.untilDiagnostics((found) => found.length === 1);
  assert.equal(message, "NameError: name 'x' is not defined; it is defined below, at line 3");
  await file.change("print(x)", "print(x, x)");
  assert.match(file.shows("print"), /^error: NameError/);
});

e2e("a function's dependents follow what the function uses", async (client) => {
  const file = await client.live("a.py", blocks("n = 2", "def f():\n    return n", "print(f())", "print('other')"));
  assert.deepEqual(await file.change("n = 2", "n = 3"), ["n = 3", "print(f())"]);
  assert.equal(file.shows("print(f"), "ok: 3");
});

// --- Mutation.

e2e("a mutation happens once, however often its block runs", async (client) => {
  const file = await client.live("a.py", blocks("xs = []", "xs.append(1)", "xs"));
  assert.equal(file.shows("xs"), "ok: [1]");
});

e2e("re-running a mutation shows what a fresh run would", async (client) => {
  const file = await client.live("a.py", blocks("xs = []", "xs.append(1)", "print(xs)"));
  await file.command("runBlock", file.result("xs.append").block);
  await file.quiet();
  assert.equal(file.shows("print"), "ok: [1]");
  await file.change("append(1)", "append(2)");
  assert.equal(file.shows("print"), "ok: [2]");
  await file.change("print(xs)", "print(xs, len(xs))");
  assert.equal(file.shows("print"), "ok: [2] 1");
});

e2e("a block above a mutation sees the object before it", async (client) => {
  const file = await client.live("a.py", blocks("xs = []", "print('before', xs)", "xs.append(1)", "print('after', xs)"));
  await file.change("print('before', xs)", "print('before:', xs)");
  assert.deepEqual([file.shows("print('before"), file.shows("print('after")], ["ok: before: []", "ok: after [1]"]);
});

e2e("a module that is changed is not imported again for it", async (client) => {
  const file = await client.live("a.py", blocks("import sys", "n = 1", "sys.path.insert(0, n)", "print(len(sys.argv))"));
  assert.deepEqual(await file.change("n = 1", "n = 2"), ["n = 2", "sys.path.insert(0, n)", "print(len(sys.argv))"]);
});

// --- Typing.

const TYPED = {
  "an expression with quotes and brackets": "z = max([1, (3 + 4), len('abc')], key=lambda v: -v)",
  "a string with an escaped quote": "z = len('ab\\'c')",
  "a function with blank lines in quotes": 'def f(a, b="""q\n\n"""):\n    """Doc.\n\n    More."""\n    return {a: [b]}\n\nf(1)',
  "a class that has a name of the module": "class A:\n    def f(self):\n        return [1,\n\n            2]\n\n    x = {\n        1: 2,\n\n        3: 4}",
  "a decorator, an f-string, a long quote": "import functools\n\n@functools.cache\ndef f():\n    if x:\n        return f\"{x!r:>{10}} {'a'}\"\n    return '''z\n\n'''",
  "lines that go on": "y = 1 + \\\n  2\nif (y and\n\n  x): pass\nfor i in range(3): y += i",
};

// Nothing typed here is used by the blocks around it: they must never run again, nor be anything
// else than what they were.
for (const [what, keys] of Object.entries(TYPED)) {
  e2e(`typing ${what} never loses the others' results`, async (client) => {
    const file = await client.live("a.py", blocks("x = 1", "print('above', x)", "", "print('below', x)", "x"));
    const others = [...file.results().values()];
    file.type(file.text.indexOf("\n\n\n") + 2, keys);
    await file.quiet();
    for (const { block, run } of others) {
      const all = client.all("relight/blockResult").filter((result) => result.block === block && !result.unchanged);
      assert.deepEqual(all.map((result) => result.run), [run], firstLine(all[0]));
    }
    await file.untilDiagnostics((found) => found.length === 0);
  });
}

e2e("what an open quote swallows comes back with its values", async (client) => {
  const file = await client.live("a.py", blocks("s = 'ab'", "x = 1", "print(x)"));
  assert.deepEqual(await file.change("'ab'", "'ab\\"), []);
  assert.deepEqual(await file.change("'ab\\", "'ab'"), []);
  assert.equal(file.shows("print(x)"), "ok: 1");
  await file.change("print(x)", "print(x + 1)");
  assert.equal(file.shows("print(x + 1)"), "ok: 2");
});

e2e("a broken block is a syntax error, its readers keep their results", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)"));
  assert.deepEqual(await file.change("x = 1", "x = = 1"), []);
  const [found] = await file.untilDiagnostics((list) => list.length === 1);
  assert.equal(found.code, "syntaxError");
  assert.match(found.message, /^SyntaxError: /);
  assert.equal(found.range.start.line, 0);
  assert.equal(file.shows("print"), "ok: 1");
  assert.deepEqual(await file.change("x = = 1", "x = 1"), []);
  await file.untilDiagnostics((list) => list.length === 0);
});

// --- Errors.

e2e("a block that raises does not stop independent ones, and blocks its dependents", async (client) => {
  const file = await client.live("a.py", blocks("x = 1 / 0", "y = x + 1", "print('independent')", "print(y)"));
  assert.equal(file.shows("x = "), "error: ZeroDivisionError: division by zero");
  assert.equal(file.shows("y = "), "blocked");
  assert.equal(file.shows("print(y)"), "blocked");
  assert.equal(file.shows("print('ind"), "ok: independent");
  assert.equal(file.lastEnd().error, true);
  const blocked = (await file.untilDiagnostics((list) => list.length === 3))[1];
  assert.equal(blocked.message, "not run: line 1 failed, and this needs what it makes");
  await file.change("1 / 0", "1");
  assert.deepEqual([file.shows("y = "), file.shows("print(y)")], ["ok", "ok: 2"]);
  assert.equal(file.lastEnd().error, false);
});

e2e("what a failing block did up to the error stands", async (client) => {
  const file = await client.live("a.py", blocks("x = 1\ny = 1 / 0", "print(x)", "print(y)"));
  assert.deepEqual([file.shows("print(x)"), file.shows("print(y)")], ["ok: 1", "blocked"]);
});

e2e("an error shows the user's frames, with the file's own lines", async (client) => {
  const file = await client.live("a.py", blocks("def half(n):\n    return n / 0", "# prose", "half(4)"));
  const [error] = file.result("half(4)").outputs;
  assert.equal(error.output_type, "error");
  const frames = error.frames.map((f) => [f.file, f.line, f.function, f.source.trim()]);
  assert.deepEqual(frames, [[file.path, 5, "<module>", "half(4)"], [file.path, 1, "half", "return n / 0"]]);
  assert.match(error.traceback.join("\n"), /line 6, in <module>[^]*line 2, in half/);
});

// --- Output.

e2e("output arrives while the block runs", async (client) => {
  const file = client.open("a.py", "import time\nprint('first', flush=True)\ntime.sleep(60)\n");
  file.command("goLive").catch(() => {});
  const piece = await file.next("blockOutput");
  assert.deepEqual(piece.output, { output_type: "stream", name: "stdout", text: "first\n" });
  assert.equal(file.running(), true);
  await file.command("interrupt");
  await file.untilRunEnd();
});

e2e("stdout, stderr and displays keep their order, and colours their codes", async (client) => {
  const source = [
    "import sys",
    "print('1 out')",
    "print('2 err', file=sys.stderr)",
    "print('\\033[31m3 red\\033[0m')",
    "display('4')",
    "sys.stderr.write('5 err\\n')",
    "print('6 out')",
    "'7'",
  ];
  const file = await client.live("a.py", source.join("\n"));
  const told = file.result("import").outputs.map((o) => [o.name ?? o.output_type, o.text ?? o.data["text/plain"]]);
  assert.deepEqual(told, [
    ["stdout", "1 out\n"],
    ["stderr", "2 err\n"],
    ["stdout", "\u001b[31m3 red\u001b[0m\n"],
    ["display_data", "'4'"],
    ["stderr", "5 err\n"],
    ["stdout", "6 out\n"],
    ["execute_result", "'7'"],
  ]);
});

// What goes to the descriptors past Python keeps its order within a stream.
e2e("what C code and child processes print belongs to the block", async (client) => {
  const source = "import os\nos.write(1, b'raw out\\n')\nos.write(2, b'raw err\\n')\nos.system('echo child out; echo child err >&2')\nprint('end')";
  const file = await client.live("a.py", source);
  const { outputs } = file.result("import os");
  const all = (name) => outputs.filter((o) => o.name === name).map((o) => o.text).join("");
  assert.equal(all("stdout"), "raw out\nchild out\nend\n");
  assert.equal(all("stderr"), "raw err\nchild err\n");
});

e2e("a raising block keeps what it had printed", async (client) => {
  const file = await client.live("a.py", "print('so far')\n1 / 0\n");
  assert.equal(file.shows("print"), "error: so far\nZeroDivisionError: division by zero");
});

e2e("None and a trailing semicolon show nothing", async (client) => {
  const file = await client.live("a.py", blocks("None", "1 + 1;", "1 + 1"));
  assert.deepEqual([file.shows("None"), file.shows("1 + 1;"), file.result("1 + 1").outputs.length], ["ok", "ok", 1]);
});

// --- Commands.

e2e("run block, run, run all", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print(x)", "print('other')"));
  await file.command("runBlock", file.result("print(x)").block);
  assert.deepEqual(await file.quiet(), ["print(x)"]);
  await file.command("run");
  assert.deepEqual(await file.quiet(), []);
  await file.command("runAll");
  assert.deepEqual(await file.quiet(), ["x = 1", "print(x)", "print('other')"]);
  assert.equal(file.lastRun().trigger, "command");
});

e2e("always-eval runs when the user asks, skip never does", async (client) => {
  const file = await client.live("a.py", blocks("# | always-eval\nprint('always')", "# | skip\nprint('never')"));
  assert.deepEqual(await file.quiet(), []);
  await file.command("run");
  assert.deepEqual((await file.quiet()).map((line) => line), [firstLine(file.result("print('always"))]);
  await file.change("# | skip\n", "");
  assert.equal(file.shows("print('never"), "ok: never");
});

e2e("top-level await", async (client) => {
  const file = await client.live("a.py", blocks("import asyncio", "await asyncio.sleep(0, 'slept')"));
  assert.equal(file.shows("await"), "ok: 'slept'");
});

e2e("the file's folder is where it runs and where it imports from", async (client) => {
  client.write("helper.py", "value = 42\n");
  client.write("data.txt", "some data");
  const file = await client.live("a.py", blocks("import helper", "print(helper.value, open('data.txt').read(), __name__, __file__)"));
  assert.equal(file.shows("print"), `ok: 42 some data __main__ ${file.path}`);
});

e2e("two documents run side by side, each in an interpreter of its own", async (client) => {
  const a = await client.live("a.py", blocks("x = 'a'", "print(x)"));
  const b = await client.live("b.py", blocks("x = 'b'", "print(x)"));
  await a.change("x = 'a'", "x = 'A'");
  assert.deepEqual([a.shows("print"), b.shows("print")], ["ok: A", "ok: b"]);
  assert.ok(b.lastRun().run < a.lastRun().run);
});

// --- Results that need no run.

e2e("an edit that is undone shows the result that was, without a run, where nobody needs more of the block", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print('x is', x)", "y = x * 2"));
  assert.deepEqual(await file.change("x is", "x was"), ["print('x was', x)"]);
  assert.deepEqual(await file.change("x was", "x is"), []);
  assert.equal(file.shows("print"), "ok: x is 1");
  assert.deepEqual([file.result("print").origin, file.lastEnd().cached, file.lastEnd().ran], ["cache", 1, 0]);
  assert.deepEqual(await file.change("x = 1", "x = 5"), ["x = 5", "print('x is', x)", "y = x * 2"]);
  assert.deepEqual(await file.change("x = 5", "x = 1"), ["x = 1", "y = x * 2"]); // its input is back
  assert.equal(file.shows("print"), "ok: x is 1");
  await file.change("x is", "x was"); // of this input, too
  assert.equal(file.shows("print"), "ok: x was 1");
  assert.deepEqual([file.result("print").origin, file.lastEnd().cached], ["cache", 1]);
  await file.command("runBlock", file.result("print").block); // who asks gets a run
  assert.equal((await file.quiet(), file.result("print").origin), "ran");
});

e2e("what depends on more than values runs again when its edit is undone", async (client) => {
  const file = await client.live("a.py", blocks("import random, os", "xs = []", "xs.append(1)", "xs", "print(random.random() < 2)", "print(os.environ.get('HOME') is None)", "zs = [1]", "print(zs.append(2))"));
  for (const [line, other] of [["random() < 2", "random() < 3"], ["xs.append(1)", "xs.append(2)"], ["zs.append(2)", "zs.append(3)"]]) {
    await file.change(line, other);
    assert.notDeepEqual(await file.change(other, line), [], line);
    assert.equal(file.lastEnd().cached, line.startsWith("xs") ? 1 : 0, line); // `xs` itself is back
  }
  assert.equal(file.shows("xs"), "ok: [1]");
});

e2e("a name that comes back above while its reader runs is seen", async (client) => {
  const file = await client.live("a.py", "x = 0\n\nx + 40\n");
  for (let n = 1; n <= 40; n++) {
    file.replace(`x = ${n - 1}`, "");
    file.replace("\n\nx + 40", `x = ${n}\n\nx + 40`);
    await file.quiet();
    assert.equal(file.shows("x + 40"), `ok: ${n + 40}`);
  }
});
