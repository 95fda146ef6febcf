// SPDX-License-Identifier: Apache-2.0
// lifecycle.test.mjs - initialize to exit, by the book.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { e2e, raw } from "./lib/e2e.mjs";
import { INITIALIZE } from "./lib/raw.mjs";
import { ended } from "./lib/process.mjs";

const NOT_INITIALIZED = -32002;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;

async function initialized(peer) {
  await peer.send(INITIALIZE);
  return (await peer.answer(1)).result;
}

async function errorOf(peer, message) {
  await peer.send(message);
  return (await peer.answer(message.id)).error;
}

e2e("initialize announces what the server does", async ({ initialized }) => {
  const { capabilities, serverInfo } = initialized;
  assert.equal(serverInfo.name, "relight");
  assert.equal(capabilities.positionEncoding, "utf-16");
  assert.deepEqual(capabilities.textDocumentSync, {
    openClose: true,
    change: 2,
    save: { includeText: false },
  });
  for (const feature of ["hover", "documentSymbol", "foldingRange", "codeLens", "inlayHint"])
    assert.ok(capabilities[`${feature}Provider`], feature);
  assert.ok(capabilities.executeCommandProvider.commands.includes("relight.goLive"));
});

raw("shutdown, then exit: code 0", async (peer) => {
  await initialized(peer);
  await peer.send({ id: 2, method: "shutdown" });
  assert.equal((await peer.answer(2)).result, null);
  await peer.send({ method: "exit" });
  assert.equal(await peer.exitCode(), 0);
});

raw("exit without shutdown: code 1", async (peer) => {
  await initialized(peer);
  await peer.send({ method: "exit" });
  assert.equal(await peer.exitCode(), 1);
});

raw("exit before initialize: code 1", async (peer) => {
  await peer.send({ method: "exit" });
  assert.equal(await peer.exitCode(), 1);
});

raw("the end of the input without exit: code 1", async (peer) => {
  await initialized(peer);
  peer.process.stdin.end();
  assert.equal(await peer.exitCode(), 1);
});

raw("the end of the input after shutdown: code 0", async (peer) => {
  await initialized(peer);
  await peer.send({ id: 2, method: "shutdown" });
  await peer.answer(2);
  peer.process.stdin.end();
  assert.equal(await peer.exitCode(), 0);
});

raw("requests before initialize are refused, and it comes to life all the same", async (peer) => {
  const hover = { id: 7, method: "textDocument/hover", params: {} };
  assert.equal((await errorOf(peer, hover)).code, NOT_INITIALIZED);
  const unknown = { id: 8, method: "no/such", params: {} };
  assert.equal((await errorOf(peer, unknown)).code, NOT_INITIALIZED);
  await peer.send({ method: "textDocument/didOpen", params: { nonsense: true } }); // dropped
  assert.ok((await initialized(peer)).capabilities);
});

raw("initialize is taken once", async (peer) => {
  await initialized(peer);
  const again = await errorOf(peer, { ...INITIALIZE, id: 2 });
  assert.equal(again.code, INVALID_REQUEST);
  assert.match(again.message, /already/);
});

raw("an initialize that is refused may be tried again", async (peer) => {
  const refused = await errorOf(peer, { id: 1, method: "initialize", params: {} });
  assert.match(refused.message, /capabilities/);
  await peer.send({ ...INITIALIZE, id: 2 });
  assert.ok((await peer.answer(2)).result.capabilities);
});

raw("after shutdown there is only exit", async (peer) => {
  await initialized(peer);
  await peer.send({ id: 2, method: "shutdown" });
  await peer.answer(2);
  const late = await errorOf(peer, { id: 3, method: "textDocument/codeLens", params: {} });
  assert.equal(late.code, INVALID_REQUEST);
  assert.equal((await errorOf(peer, { id: 4, method: "shutdown" })).code, INVALID_REQUEST);
});

raw("an unknown request is answered, an unknown notification and $/ ones are not", async (peer) => {
  await initialized(peer);
  await peer.send({ method: "no/such/notification", params: {} });
  await peer.send({ method: "$/no/such/notification", params: {} });
  await peer.send({ method: "$/cancelRequest", params: { id: 99 } });
  assert.equal((await errorOf(peer, { id: "two", method: "no/such" })).code, METHOD_NOT_FOUND);
  assert.equal((await errorOf(peer, { id: 3, method: "$/no/such" })).code, METHOD_NOT_FOUND);
  const asRequest = { id: 4, method: "textDocument/didOpen", params: {} };
  assert.equal((await errorOf(peer, asRequest)).code, METHOD_NOT_FOUND);
  assert.deepEqual(peer.messages.filter((m) => !m.method).map((m) => m.id), [1, "two", 3, 4]);
});

raw("the server ends when the editor's process is gone", async (peer) => {
  const editor = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
  const params = { ...INITIALIZE.params, processId: editor.pid };
  await peer.send({ ...INITIALIZE, params });
  await peer.answer(1);
  editor.kill("SIGKILL");
  await ended(editor);
  assert.equal(await peer.exitCode(), 1);
});

e2e("an editor that dies leaves neither server nor worker", async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  assert.equal(file.shows("x = 1"), "ok");
  assert.ok(client.scratch.workers().length > 0);
  client.process.stdin.end();
  assert.equal((await client.ended).code, 1);
});

e2e("a killed server leaves no worker, even in the middle of a block", async (client) => {
  const file = client.open("a.py", "while True: pass\n");
  file.command("goLive").catch(() => {}); // it will never be answered
  await file.next("blockStart");
  await client.kill();
});

const watches = { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } };
e2e("an editor that watches files for its servers is asked to", { capabilities: watches }, async (client) => {
  const { registrations } = await client.message("client/registerCapability");
  assert.deepEqual(registrations.map((r) => [r.method, r.registerOptions]),
    [["workspace/didChangeWatchedFiles", { watchers: [{ globPattern: "**/*" }] }]]);
});
