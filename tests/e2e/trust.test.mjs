// SPDX-License-Identifier: Apache-2.0
// trust.test.mjs - opening a file never runs it, and an untrusted workspace never runs at all.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";

const UNTRUSTED = { initializationOptions: {} };
const LIVE_BUT_UNTRUSTED = { initializationOptions: { live: ["**/*.py"] } };
const LIVE = { initializationOptions: { trusted: true, live: ["**/*.py"] } };

// Code that leaves a trace when anybody runs it.
function open(client) {
  const mark = client.path("was-run");
  const file = client.open("a.py", `open(${JSON.stringify(mark)}, "w").close()\n\nx = 1\n`);
  return { file, wasRun: () => existsSync(mark) };
}

function assertIdle(client, wasRun) {
  assert.equal(wasRun(), false);
  assert.deepEqual(client.scratch.workers(), []);
  assert.deepEqual(client.received.filter((m) => m.method === "relight/runStart"), []);
}

async function touchEverything(file) {
  await file.change("x = 1", "x = 2");
  file.save();
  for (const feature of ["codeLens", "documentSymbol", "foldingRange"]) await file.ask(feature);
  await file.ask("inlayHint", { range: file.whole });
  await file.hover("x = 2");
  await file.quiet();
}

e2e("opening, editing, saving and hovering run nothing", async (client) => {
  const { file, wasRun } = open(client);
  await touchEverything(file);
  assertIdle(client, wasRun);
});

e2e("commands run nothing while the document is not live", async (client) => {
  const { file, wasRun } = open(client);
  const notLive = /not live/;
  await assert.rejects(file.command("run"), notLive);
  await assert.rejects(file.command("runAll"), notLive);
  await assert.rejects(file.command("restart"), notLive);
  await assert.rejects(file.command("runBlock", "b1"), notLive);
  assertIdle(client, wasRun);
});

e2e("an untrusted workspace refuses to go live, and says why", UNTRUSTED, async (client) => {
  const { file, wasRun } = open(client);
  await assert.rejects(file.command("goLive"), /not trusted/);
  await assert.rejects(file.command("run"), /not live/);
  await touchEverything(file);
  assertIdle(client, wasRun);
});

e2e("a live setting does not make up for trust", LIVE_BUT_UNTRUSTED, async (client) => {
  const { file, wasRun } = open(client);
  await touchEverything(file);
  assertIdle(client, wasRun);
});

e2e("trust cannot be given later by a setting", UNTRUSTED, async (client) => {
  const { file, wasRun } = open(client);
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { trusted: true } } });
  await assert.rejects(file.command("goLive"), /not trusted/);
  assertIdle(client, wasRun);
});

e2e("in a trusted workspace a listed file is live when it is opened", LIVE, async (client) => {
  const { file, wasRun } = open(client);
  await file.untilRunEnd();
  assert.equal(wasRun(), true);
  assert.equal(file.shows("x = 1"), "ok");
});
