// SPDX-License-Identifier: Apache-2.0
// preview_security.test.mjs - who may ask the preview host, and what they may see.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Page, get, served } from "./lib/page.mjs";
import { within } from "./lib/process.mjs";

const FILES = { "a.py": "x = 1\n\nprint(x)\n", "sub/b.py": "2\n" };
const portOf = (host) => new URL(host.url).port;

served("the page is served with a strict policy", FILES, async (host) => {
  const { status, headers, body } = await host.get("");
  assert.equal(status, 200);
  assert.match(headers["content-type"], /text\/html/);
  assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(headers["content-security-policy"], /script-src[^;]*unsafe/);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.ok(body.length > 0);
  assert.equal((await host.get("", { "if-none-match": headers.etag })).status, 304);
});

served("without the token there is nothing", FILES, async (host) => {
  const token = new URL(host.url).pathname.slice(1, -1);
  const wrong = token.replace(/.$/, (c) => (c === "0" ? "1" : "0"));
  for (const path of ["/", "/api/tree", `/${token}`, `/${wrong}/`, `/${wrong}/api/tree`, `/${token}0/`, `/${token.slice(1)}/`, "//", `/?token=${token}`])
    assert.equal((await host.get(path)).status, 403, path);
  for (const path of ["ws", `${wrong}/ws`, `${token.slice(1)}/ws`])
    await assert.rejects(Page.open(`http://127.0.0.1:${portOf(host)}/${path}`.replace(/ws$/, "")), /403/, path);
  assert.equal((await host.get("api/tree")).status, 200);
});

served("a host name that is not this machine's is refused", FILES, async (host) => {
  const port = portOf(host);
  for (const name of ["evil.example", `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, `localhost.evil.example`, "127.0.0.1:", "127.0.0.1:80x"]) {
    assert.equal((await host.get("api/tree", { host: name })).status, 403, name);
    await assert.rejects(host.page({ headers: { host: name } }), /403/, name);
  }
  for (const name of [`127.0.0.1:${port}`, `localhost:${port}`, "localhost:9999"])
    assert.equal((await host.get("api/tree", { host: name })).status, 200, name);
});

served("another site's page is refused", FILES, async (host) => {
  const port = portOf(host);
  for (const origin of ["http://evil.example", "null", `http://127.0.0.1:${+port + 1}`, `https://127.0.0.1:${port}`, `http://localhost:${port}`]) {
    assert.equal((await host.get("api/tree", { origin })).status, 403, origin);
    await assert.rejects(host.page({ headers: { origin } }), /403/, origin);
  }
  const page = await host.page({ headers: { origin: `http://127.0.0.1:${port}` } });
  assert.equal(page.welcome.protocol, 1);
});

served("only GET", FILES, async (host) => {
  for (const method of ["POST", "PUT", "DELETE"]) assert.notEqual((await get(host.url, "api/tree", {}, method)).status, 200, method);
});

served("nothing outside the folder is to be had", FILES, async (host) => {
  const outside = mkdtempSync(join(tmpdir(), "relight-outside-"));
  writeFileSync(join(outside, "secret.py"), "print('secret')\n");
  symlinkSync(join(outside, "secret.py"), host.path("link.py"));
  symlinkSync(outside, host.path("linked"));
  symlinkSync(host.path("a.py"), host.path("inside.py"));
  try {
    const page = await host.page();
    const up = `../${outside.split("/").at(-1)}/secret.py`;
    for (const path of [up, `sub/../${up}`, join(outside, "secret.py"), "link.py", "linked/secret.py", "/etc/passwd", "x".repeat(5000)]) {
      const from = page.received.length;
      page.say("watch-file", { path });
      assert.equal((await page.message("error", () => true, from)).code, "not-found", path);
      const encoded = encodeURIComponent(path);
      for (const asked of [`api/document/${encoded}`, `api/document/${path}`, `api/document/${encoded}%00`, encoded])
        assert.notEqual(await host.get(asked).then((answer) => answer.status, () => "hung up"), 200, asked);
    }
    for (const path of ["..", "/", outside, "linked", "sub/../.."]) {
      const from = page.received.length;
      page.say("list-directory", { path });
      assert.equal((await page.message("error", () => true, from)).code, "not-found", path);
    }
    const { files } = JSON.parse((await host.get("api/tree")).body);
    assert.deepEqual(files, ["a.py", "sub/b.py"]);
    page.say("watch-file", { path: "inside.py" }); // a link that stays inside: the file itself
    await page.untilShows("a.py", "print(x)", "ok: 1");
    assert.ok(!page.received.some((m) => JSON.stringify(m).includes("secret'")));
  } finally {
    rmSync(outside, { recursive: true });
  }
});

served("a document that is open can be fetched, others cannot", FILES, async (host) => {
  assert.equal((await host.get("api/document/a.py")).status, 404);
  const page = await host.page();
  await page.watch("a.py");
  await page.untilShows("a.py", "print(x)", "ok: 1");
  const state = JSON.parse((await host.get("api/document/a.py")).body);
  assert.deepEqual([state.live, state.blocks.length], [true, 2]);
});

// --- What is shown large, or is not to be trusted, has an address.

const PICTURES = `class Html:
    def _repr_html_(self): return "<b>bold</b>"

Html()

class Big:
    def _repr_png_(self): return b"\\x89PNG" + bytes(range(256)) * 1000

Big()
`;

served("HTML and large data are linked, kept apart and kept for ever", { "a.py": PICTURES }, async (host) => {
  const page = await host.page();
  await page.watch("a.py");
  await page.until("results", () => page.shows("a.py")["Big()"]?.startsWith("ok"));
  const [, html, , big] = page.results("a.py").map((r) => r.outputs[0]);
  assert.equal(html.data["text/html"], "<b>bold</b>");
  const frame = await host.get(`api/output/${html.links["text/html"]}`);
  assert.deepEqual([frame.status, frame.body.toString()], [200, "<b>bold</b>"]);
  assert.match(frame.headers["content-security-policy"], /^sandbox allow-scripts/);
  assert.doesNotMatch(frame.headers["content-security-policy"], /allow-same-origin/);
  assert.match(frame.headers["cache-control"], /immutable/);
  assert.equal(big.data["image/png"], undefined);
  const picture = await host.get(`api/output/${big.links["image/png"]}`);
  assert.deepEqual([picture.status, picture.headers["content-type"], picture.body.length], [200, "image/png", 256004]);
  assert.equal((await host.get(`api/output/${"0".repeat(32)}`)).status, 404);
});

// --- Frames that no WebSocket library would send.

// A connection whose handshake is done, at the level of bytes.
function rawSocket(host) {
  return new Promise((done, fail) => {
    const url = new URL(host.url);
    const socket = connect(url.port, url.hostname);
    socket.write(`GET ${url.pathname}ws HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`);
    socket.once("data", (data) => (/101/.test(data) ? done(socket) : fail(new Error(data))));
    socket.on("error", fail);
  });
}

// The server answers with a close frame, or hangs up.
async function refuses(host, frame) {
  const socket = await rawSocket(host);
  const refused = new Promise((done) => {
    socket.on("close", done).on("error", done);
    socket.on("data", (data) => data[0] === 0x88 && done());
  });
  socket.write(Buffer.from(frame));
  await within(refused, () => `${frame} is accepted`);
  socket.destroy();
}

served("malformed frames end their connection, and no other", FILES, async (host) => {
  const page = await host.page();
  const mask = [1, 2, 3, 4];
  await refuses(host, [0xf3, 0x80, ...mask]); // reserved bits and an unknown opcode
  await refuses(host, [0xc1, 0x81, ...mask, 5]); // a bit of an extension that was not agreed on
  await refuses(host, [0x83, 0x81, ...mask, 5]); // an unknown opcode
  await refuses(host, [0x80, 0x81, ...mask, 5]); // the continuation of nothing
  await refuses(host, [0x89, 0xfe, 0xff, 0xff, ...mask]); // a ping of 64 KiB
  await page.watch("a.py");
  await page.untilShows("a.py", "print(x)", "ok: 1");
});

served("an oversized message ends its connection, and no other", FILES, async (host) => {
  const [page, other] = [await host.page(), await host.page()];
  other.say("watch-file", { path: "x".repeat(2 << 20) });
  assert.equal(await other.closed, 1009);
  await page.watch("a.py");
  await page.untilShows("a.py", "print(x)", "ok: 1");
});
