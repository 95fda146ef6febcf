// SPDX-License-Identifier: Apache-2.0
// exact.test.mjs - what an edit runs, and nothing else; and that nothing grows by it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";
import { MEMORY_COUNTS } from "./lib/process.mjs";

const blocks = (sources) => sources.join("\n\n") + "\n";
const numbers = (count) => Array.from({ length: count }, (_, i) => i);

e2e("an edit of an independent block among a thousand runs that block", async (client) => {
  const file = await client.live("a.py", blocks(numbers(1000).map((i) => `x${i} = ${i}`)));
  assert.deepEqual(await file.change("x500 = 500", "x500 = 501"), ["x500 = 501"]);
  assert.equal(file.lastEnd().ran, 1);
  assert.deepEqual(file.lastRun().dirty.length, 1);
});

e2e("a value that comes out as it was runs nothing below", async (client) => {
  const file = await client.live("a.py", blocks(["x = 4", "y = x + 1", "print(y)"]));
  assert.deepEqual(await file.change("x = 4", "x = 2 + 2"), ["x = 2 + 2"]);
  assert.deepEqual(await file.change("y = x + 1", "y = 1 + x"), ["y = 1 + x"]);
  assert.deepEqual(await file.change("2 + 2", "3"), ["x = 3", "y = 1 + x", "print(y)"]);
});

e2e("a value that is typed away and back again runs nothing at all", async (client) => {
  const file = await client.live("a.py", blocks(["x = 4", "y = x + 1", "print(y)"]));
  const before = file.results();
  file.replace("x = 4", "x = ");
  file.replace("x = ", "x = 4");
  assert.deepEqual(await file.quiet(), []);
  assert.equal(file.results().size, before.size);
});

e2e("a blocked block names the one that blocks it, and did not run", async (client) => {
  const file = await client.live("a.py", blocks(["x = missing", "y = x + 1", "y", "z = ("]));
  const [x, y] = [file.result("x ="), file.result("y =")];
  assert.deepEqual([y.status, y.blockedBy, y.origin], ["blocked", x.block, "clean"]);
  assert.deepEqual([file.result("y").blockedBy, x.blockedBy], [y.block, undefined]);
  assert.deepEqual([file.result("z").status, file.result("z").origin], ["syntaxError", "clean"]);
});

const residentMb = (pid) => parseInt(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1], 10) / 1024;

e2e("ten thousand runs leave no more behind than two thousand", { skip: process.platform !== "linux" }, async (client) => {
  const chain = numbers(100).map((i) => `x${i + 1} = [x${i}[0] + 1, "text" * 100]`);
  const file = await client.live("a.py", blocks(["x0 = [0]", ...chain]));
  // Of the processes that are there all the time: checkpoints come and go.
  const memory = () => new Map([client.process.pid, ...client.scratch.workers()].map((pid) => [pid, residentMb(pid)]));
  const edit = (n) => file.change(/x0 = \[\d+\]/.exec(file.text)[0], `x0 = [${n}]`);
  for (let n = 1; n <= 20; n++) assert.equal((await edit(n)).length, 101);
  const before = memory();
  for (let n = 21; n <= 100; n++) await edit(n);
  const grown = [...memory()].filter(([pid]) => before.has(pid)).map(([pid, mb]) => mb - before.get(pid));
  assert.ok(!MEMORY_COUNTS || grown.every((mb) => mb < 4), `grown by ${grown.map((mb) => mb.toFixed(1))} MB`);
});
