// SPDX-License-Identifier: Apache-2.0
// preview_state.test.mjs - the page's state as the messages make it, without a browser.
import assert from "node:assert/strict";
import test from "node:test";
import { previewModule } from "./lib/typescript.mjs";

const { applyMessage, countStatuses, emptyDocument, shownHashes } = await previewModule("state/document.ts");
const { parseOptions, isCodeShown, isShown } = await previewModule("state/options.ts");
const { fuzzyMatch } = await previewModule("state/fuzzy.ts");
const { formatPlace, parsePlace, relativePath } = await previewModule("state/paths.ts");
const { cutText, plainText, settleReturns } = await previewModule("render/text.ts");
const { layOutArcs } = await previewModule("view/map_layout.ts");

const FILE = "/w/a.py";
const range = (line, end = line) => ({ start: { line, character: 0 }, end: { line: end, character: 0 } });
const start = (run, blocks, dirty, reasons = {}) => ({ type: "run-start", run, file: FILE, blocks, dirty, reasons, trigger: run === 1 ? "live" : "type" });
const begin = (run, block) => ({ type: "block-start", run, file: FILE, block });
const print = (run, block, text) => ({ type: "block-output", run, file: FILE, block, output: { output_type: "stream", name: "stdout", text } });
const end = (run, more = {}) => ({ type: "run-end", run, file: FILE, error: false, cancelled: false, ran: 1, clean: 0, cached: 0, durationMs: 1, ...more });

function result(run, block, ordinal, more = {}) {
  const text = more.text ?? block;
  return {
    type: "block-result", run, file: FILE, block, ordinal, range: range(ordinal * 2), kind: "code", status: "ok", ok: true,
    elements: [{ type: "code", range: range(ordinal * 2), value: "x", show: true }],
    outputs: [{ output_type: "stream", name: "stdout", text }],
    durationMs: 1, origin: "ran", contentHash: text, ...more,
  };
}

const told = (messages, doc = emptyDocument(FILE)) => messages.reduce((d, m, i) => applyMessage(d, m, 1000 + i), doc);
const printed = (block) => block.outputs.map((o) => o.text).join("");
const loaded = () => told([start(1, ["b1", "b2"], ["b1", "b2"]), result(1, "b1", 0), result(1, "b2", 1), end(1)]);

test("a run from its start to its end", () => {
  let doc = told([start(1, ["b1", "b2"], ["b1", "b2"], { b1: [{ kind: "new" }] })]);
  assert.deepEqual(doc.order.map((id) => doc.blocks.get(id).status), ["queued", "queued"]);
  assert.deepEqual(doc.blocks.get("b1").reasons, [{ kind: "new" }]);
  doc = told([begin(1, "b1")], doc);
  assert.equal(doc.blocks.get("b1").status, "running");
  assert.equal(doc.blocks.get("b1").startedAt, 1000);
  doc = told([result(1, "b1", 0), result(1, "b2", 1), end(1)], doc);
  assert.deepEqual([doc.run.active, doc.run.planned, countStatuses(doc).waiting], [false, 2, 0]);
  assert.deepEqual(shownHashes(doc), { b1: "b1", b2: "b2" });
});

test("old output stays until the new one is there, and only what changed is another object", () => {
  const before = loaded();
  let doc = told([start(2, ["b1", "b2"], ["b2"]), begin(2, "b2")], before);
  assert.equal(printed(doc.blocks.get("b2")), "b2");
  assert.equal(doc.blocks.get("b1"), before.blocks.get("b1"));
  doc = told([print(2, "b2", "a"), print(2, "b2", "b")], doc);
  assert.deepEqual(doc.blocks.get("b2").streaming.map((o) => o.text), ["ab"]);
  doc = told([result(2, "b2", 1, { text: "new" })], doc);
  assert.equal(printed(doc.blocks.get("b2")), "new");
  assert.deepEqual(doc.blocks.get("b2").streaming, []);
  assert.deepEqual(doc.changed, { run: 2, block: "b2" });
  assert.equal(doc.blocks.get("b2").changes, 1);
});

test("a result that is the same is no change; the light form keeps what is shown and moves its lines", () => {
  let doc = told([start(2, ["b1", "b2"], ["b2"]), result(2, "b2", 1)], loaded());
  assert.deepEqual([doc.changed.block, doc.blocks.get("b2").changes], ["", 0]);
  const moved = { type: "block-result", run: 0, file: FILE, block: "b2", ordinal: 1, range: range(12), contentHash: "b2", unchanged: true };
  doc = told([moved], doc);
  const b2 = doc.blocks.get("b2");
  assert.deepEqual([printed(b2), b2.range.start.line, b2.elements[0].range.start.line, b2.status], ["b2", 12, 12, "ok"]);
});

test("what a cancelled run did not reach is out of date", () => {
  const doc = told([start(2, ["b1", "b2"], ["b1", "b2"]), begin(2, "b1"), end(2, { cancelled: true })], loaded());
  assert.deepEqual(doc.order.map((id) => doc.blocks.get(id).status), ["stale", "stale"]);
  assert.equal(printed(doc.blocks.get("b1")), "b1");
});

test("messages of older runs and of other files change nothing", () => {
  const doc = told([start(5, ["b1"], [])], loaded());
  for (const m of [begin(4, "b1"), print(4, "b1", "x"), result(4, "b1", 0, { text: "old" }), { ...result(5, "b1", 0), file: "/w/b.py" }])
    assert.equal(told([m], doc), doc);
});

test("blocks that go and come", () => {
  let doc = told([start(2, ["b2"], [])], loaded());
  assert.deepEqual([doc.order, doc.blocks.has("b1")], [["b2"], false]);
  doc = told([{ ...result(0, "b9", 0), kind: "prose" }], doc);
  assert.deepEqual(doc.order, ["b9", "b2"]);
});

test("counting", () => {
  const doc = told([result(1, "b1", 0, { status: "error" }), result(1, "b2", 1, { status: "blocked" })], loaded());
  const { errors, blocked, code } = countStatuses(doc);
  assert.deepEqual([errors, blocked, code], [1, 1, 2]);
});

test("options: what was stored is not trusted, and overrides pragmas both ways", () => {
  for (const text of [null, "", "{", "[]", "7", '{"theme":"pink","showing":{"code":1},"recent":[1,"a.py"]}']) {
    const options = parseOptions(text);
    assert.equal(options.theme, "system");
    assert.equal(options.showing.code, "file");
  }
  const showing = (code, statements = "file") => ({ ...parseOptions(null), showing: { ...parseOptions(null).showing, code, statements } });
  assert.equal(isShown("code", ["code"], showing("file")), false);
  assert.equal(isShown("code", ["code"], showing("show")), true);
  assert.equal(isCodeShown([], showing("file", "hide")), false);
  assert.equal(isCodeShown(["statements"], showing("show")), false);
});

test("fuzzy search: the likeliest first", () => {
  const names = ["docs/notes.txt.py", "notes/prices.py", "src/nested/other.py"];
  const best = (query) => names.map((n) => [fuzzyMatch(n, query)?.score ?? -99, n]).sort((a, b) => b[0] - a[0])[0][1];
  assert.equal(best("prices"), "notes/prices.py");
  assert.equal(best("npr"), "notes/prices.py");
  assert.equal(best("no/pri"), "notes/prices.py");
  assert.equal(fuzzyMatch("a.py", "zz"), null);
  assert.deepEqual(fuzzyMatch("abc", "AC").places, [0, 2]);
});

test("addresses name a file and a line", () => {
  for (const place of [{ path: "a.py", line: 0 }, { path: "dir/ä b#:1.py", line: 12 }])
    assert.deepEqual(parsePlace(formatPlace(place)), place);
  for (const hash of ["", "#", "#/", "#//x", "#/%zz"]) assert.equal(parsePlace(hash), null);
  assert.deepEqual(parsePlace("#dir/a.py"), { path: "dir/a.py", line: 0 });
  assert.equal(relativePath("/w", "/w/a/b.py"), "a/b.py");
  assert.equal(relativePath("/w", "/other/b.py"), "/other/b.py");
});

test("printed text: lines written over, cut after a line, codes taken out", () => {
  assert.equal(settleReturns("10%\r20%\r100%\ndone\r\n"), "100%\ndone\n");
  assert.deepEqual(cutText("ab\ncd\nefgh", 4), ["ab\n", "cd\n", "efgh"]);
  assert.equal(cutText("x".repeat(10), 3).join(""), "x".repeat(10));
  assert.equal(plainText("\u001b[1;31mred\u001b[0m"), "red");
});

test("the map: arcs that meet have lanes of their own", () => {
  const up = { b: ["a"], c: ["a"], d: ["b"] };
  const { arcs, lanes } = layOutArcs(["a", "b", "c", "d"], (id) => up[id] ?? []);
  const lane = (from, to) => arcs.find((a) => a.fromId === from && a.toId === to).lane;
  assert.notEqual(lane("a", "c"), lane("b", "d"));
  assert.equal(lanes, 2);
  assert.deepEqual(layOutArcs(["a"], () => ["gone"]).arcs, []);
});
