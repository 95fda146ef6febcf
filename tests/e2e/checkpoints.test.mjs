// SPDX-License-Identifier: Apache-2.0
// checkpoints.test.mjs - what took long is not repeated to undo what was done to it below.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";

const MAKER = "import time; time.sleep(0.8); xs = list(range(3))";
const BLOCKS = [MAKER, "n = 1", "xs.append(3)", "print(xs)", "xs.append(n)", "print(xs)", "import math", "math.tau = n", "print(math.tau)"];
const text = (blocks) => blocks.join("\n\n") + "\n";
const ranSlowly = (ran) => ran.some((source) => source.includes("time.sleep"));
const log = (client) => client.all("window/logMessage").map((m) => m.message).join("\n");
const shown = (file, source) => file.result(source).outputs.map((o) => o.text ?? o.ename).join("");

e2e("an edit of what changes a value in place goes back to a checkpoint", async (client) => {
  const file = await client.live("a.py", text(BLOCKS));
  for (const [from, to] of [["append(3)", "append(30)"], ["append(30)", "append(31)"], ["append(n)", "append(n + 1)"]]) {
    const ran = await file.change(from, to);
    assert.equal(ranSlowly(ran), false, ran.join(" | "));
  }
  assert.equal(shown(file, "print(xs)"), "[0, 1, 2, 31, 2]\n");
  assert.deepEqual(file.result("xs.append(n").status, "ok");
  assert.match(log(client), /back to checkpoint \d+: in place, \d+ ms of runs would be repeated/);
});

e2e("a checkpoint that was killed is done without", { skip: process.platform !== "linux" }, async (client) => {
  const file = await client.live("a.py", text(BLOCKS));
  const parent = (pid) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
  const workers = client.scratch.workers();
  const wardens = workers.filter((pid) => !workers.includes(parent(pid)));
  for (const pid of workers) if (!wardens.includes(pid)) process.kill(pid, "SIGKILL");
  await file.change("append(3)", "append(30)");
  assert.equal(shown(file, "print(xs)"), "[0, 1, 2, 30, 1]\n");
});

e2e("what a copy could not have makes no checkpoint, and the way back is in place", async (client) => {
  const file = await client.live("a.py", text(["import socket; pair = socket.socketpair()", ...BLOCKS]));
  assert.equal(ranSlowly(await file.change("append(3)", "append(30)")), true);
  assert.equal(shown(file, "print(xs)"), "[0, 1, 2, 30, 1]\n");
  assert.match(log(client), /no checkpoint: a socket is open/);
});

e2e("checkpoints end with the document", { skip: process.platform !== "linux" }, async (client) => {
  const file = await client.live("a.py", text(BLOCKS));
  assert.ok(client.scratch.workers().length > 2);
  file.close();
  assert.deepEqual(await client.scratch.untilNoWorkers(), []);
});
