// SPDX-License-Identifier: Apache-2.0
// framing.test.mjs - bytes: cut anywhere, damaged, oversized, or no JSON at all.
import assert from "node:assert/strict";
import { raw } from "./lib/e2e.mjs";
import { INITIALIZE, frame } from "./lib/raw.mjs";

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;

const json = (message) => JSON.stringify({ jsonrpc: "2.0", ...message });

async function initialized(peer) {
  await peer.send(INITIALIZE);
  await peer.answer(1);
}

// Whether it still answers as it should.
async function alive(peer, id = 1000) {
  await peer.send({ id, method: "no/such" });
  assert.equal((await peer.answer(id)).error.message, "no such method");
}

function conversation() {
  const text = "x = '🐍' # ä\n";
  const textDocument = { uri: "file:///tmp/a.py", languageId: "python", version: 1, text };
  return Buffer.concat([
    frame(json(INITIALIZE)),
    frame(json({ method: "textDocument/didOpen", params: { textDocument } })),
    frame(json({ id: 2, method: "textDocument/documentSymbol", params: { textDocument } })),
    frame(json({ id: 3, method: "shutdown" })),
  ]);
}

for (const size of [1, 2, 3, 7, 64, 1 << 20]) {
  raw(`a stream in pieces of ${size} bytes`, async (peer) => {
    const bytes = conversation();
    for (let at = 0; at < bytes.length; at += size) await peer.write(bytes.subarray(at, at + size));
    assert.equal((await peer.answer(2)).result[0].name, "x = '🐍' # ä");
    assert.equal((await peer.answer(3)).result, null);
  });
}

raw("header fields in any order and case", async (peer) => {
  const body = json(INITIALIZE);
  const type = "content-type: application/vscode-jsonrpc; charset=utf-8";
  await peer.write(`${type}\r\ncontent-LENGTH:${body.length}\r\n\r\n${body}`);
  assert.ok((await peer.answer(1)).result);
});

const damaged = {
  "no colon": "Content-Length 2\r\n\r\n{}",
  "no length": "Content-Type: x\r\n\r\n{}",
  "an empty length": "Content-Length: \r\n\r\n{}",
  "a negative length": "Content-Length: -2\r\n\r\n{}",
  "a length that is no number": "Content-Length: 2x\r\n\r\n{}",
  "a length beyond all bounds": "Content-Length: 99999999999999999999\r\n\r\n{}",
  "more than the server takes": "Content-Length: 999999999999\r\n\r\n{}",
  "a header without end": "x".repeat(100_000),
};

for (const [what, bytes] of Object.entries(damaged)) {
  raw(`a damaged header, ${what}: exit code 1, and a word on stderr`, async (peer) => {
    await initialized(peer);
    await peer.write(bytes);
    assert.equal(await peer.exitCode(), 1);
    assert.match(peer.stderr, /header of a message is damaged|bytes exceeds/);
  });
}

raw("a body that ends too early: exit code 1 at the end of the input", async (peer) => {
  await initialized(peer);
  await peer.write("Content-Length: 100\r\n\r\n{");
  peer.process.stdin.end();
  assert.equal(await peer.exitCode(), 1);
});

const noJson = {
  "no JSON": "{nonsense",
  "an empty body": "",
  "two values": "{}{}",
  "invalid UTF-8": Buffer.from([0x22, 0xc3, 0x28, 0x22]),
  "a lone surrogate": '{"jsonrpc": "2.0", "method": "\\ud800"}',
  "deep nesting": "[".repeat(100_000),
};

for (const [what, body] of Object.entries(noJson)) {
  raw(`a body with ${what}: a parse error, and it lives on`, async (peer) => {
    await initialized(peer);
    await peer.write(frame(body));
    assert.equal((await peer.refusal()).code, PARSE_ERROR);
    await alive(peer);
  });
}

const noMessages = {
  "a batch": "[]",
  "a number": "[1]",
  "another version": '{"jsonrpc": "1.0", "method": "x"}',
  "no version": '{"method": "x"}',
  "a method that is no string": '{"jsonrpc": "2.0", "method": 1}',
  "neither method nor result": '{"jsonrpc": "2.0"}',
  "params that are a string": '{"jsonrpc": "2.0", "method": "x", "params": "y"}',
  "an id that is an object": '{"jsonrpc": "2.0", "method": "x", "id": {}}',
};

for (const [what, body] of Object.entries(noMessages)) {
  raw(`${what} is no message: an invalid request, and it lives on`, async (peer) => {
    await initialized(peer);
    await peer.write(frame(body));
    assert.equal((await peer.refusal()).code, INVALID_REQUEST);
    await alive(peer);
  });
}

const wrong = [
  ["textDocument/hover", {}, /^textDocument\.uri: expected a string, got nothing$/],
  ["textDocument/hover", { textDocument: { uri: 7 } }, /^textDocument\.uri: .* got an integer$/],
  ["textDocument/hover", { textDocument: [] }, /^textDocument\.uri/],
  ["textDocument/hover", [], /^textDocument\.uri/],
  [
    "textDocument/hover",
    { textDocument: { uri: "file:///a.py" }, position: { line: "one", character: 0 } },
    /^position\.line: expected an integer, got a string$/,
  ],
  [
    "textDocument/hover",
    { textDocument: { uri: "file:///a.py" }, position: { line: 0, character: -1 } },
    /^position\.character: out of range$/,
  ],
  ["textDocument/codeLens", { textDocument: { uri: null } }, /^textDocument\.uri: .* got null$/],
  ["workspace/executeCommand", { command: true }, /^command: expected a string, got true$/],
];

for (const [method, params, message] of wrong) {
  raw(`${method} with ${JSON.stringify(params)}: an error that names the field`, async (peer) => {
    await initialized(peer);
    await peer.send({ id: 2, method, params });
    const { error } = await peer.answer(2);
    assert.equal(error.code, INVALID_PARAMS);
    assert.match(error.message, message);
    await alive(peer);
  });
}

raw("notifications with wrong parameters are told to the log, and dropped", async (peer) => {
  await initialized(peer);
  for (const method of ["didOpen", "didChange", "didSave", "didClose"])
    for (const params of [{}, [], { textDocument: 1 }, { contentChanges: {} }])
      await peer.send({ method: `textDocument/${method}`, params });
  await alive(peer);
  const told = peer.messages.filter((m) => m.method === "window/logMessage");
  assert.equal(told.length, 16);
  assert.match(told[0].params.message, /textDocument\/didOpen: textDocument\.uri: expected/);
});

raw("answers to requests that nobody made are dropped", async (peer) => {
  await initialized(peer);
  await peer.send({ id: 12345, result: {} });
  await peer.send({ id: 12346, error: { code: 1, message: "no" } });
  await alive(peer);
});
