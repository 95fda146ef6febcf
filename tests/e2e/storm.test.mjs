// SPDX-License-Identifier: Apache-2.0
// storm.test.mjs - many clients at once, clients that vanish, and clients that do not read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { served } from "./lib/page.mjs";
import { MEMORY_COUNTS } from "./lib/process.mjs";

const FILES = 20;
const CLIENTS = 50;
const EDITS = 200;
const name = (i) => `f${String(i).padStart(2, "0")}.py`;
const text = (i, value) => `x = ${value}\n\nprint("file ${i}:", x)\n`;
const files = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), text(i, 0)]));

// Numbers that look random and are the same each time.
function dice(seed) {
  return (sides) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * sides);
  };
}

const residentKb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

served("50 clients on 20 files in a storm of edits: each ends with the final state of its files, and hears of no others", files(FILES), async (host) => {
  const roll = dice(7);
  const clients = [];
  for (let i = 0; i < CLIENTS; i++) {
    const watched = new Set(Array.from({ length: 1 + roll(4) }, () => roll(FILES)));
    const page = await host.page({ clientId: `c${i}` });
    for (const f of watched) page.say("watch-file", { path: name(f) });
    clients.push({ page, watched });
  }
  const value = Array(FILES).fill(0);
  const settle = async () => {
    for (const { page, watched } of clients)
      for (const f of watched) {
        page.say("request-load", { path: name(f) }); // whoever came late has missed the first run
        await page.until(`${name(f)} = ${value[f]}`, () => Object.values(page.shows(name(f))).includes(`ok: file ${f}: ${value[f]}`));
      }
  };
  await settle();
  const before = residentKb(host.process.pid);
  for (let i = 1; i <= EDITS; i++) {
    const f = roll(FILES);
    host.write(name(f), text(f, (value[f] = i)));
    if (roll(3) === 0) await new Promise((done) => setImmediate(done));
    if (i % 50 === 0) await settle();
  }
  await settle();
  for (const { page, watched } of clients) {
    const heard = new Set(page.received.filter((m) => m.file).map((m) => Number(/f(\d+)\.py$/.exec(m.file)[1])));
    assert.deepEqual([...heard].sort(), [...watched].sort());
    for (const f of watched) assert.equal(page.shows(name(f))[`print("file ${f}:", x)`], `ok: file ${f}: ${value[f]}`);
  }
  const after = residentKb(host.process.pid);
  assert.ok(!MEMORY_COUNTS || after < before * 1.5 + 8192, `memory went from ${before} KiB to ${after} KiB`);
}, { timeout: 240_000 });

served("clients that vanish and come back during runs end with the final state, and leave nothing", files(4), async (host) => {
  const roll = dice(11);
  const clients = [];
  for (let i = 0; i < 8; i++) {
    const page = await host.page({ clientId: `c${i}` });
    for (let f = 0; f < 4; f++) page.say("watch-file", { path: name(f) });
    clients.push({ page, finals: new Map() });
  }
  for (let i = 1; i <= 40; i++) {
    for (let f = 0; f < 4; f++) if (roll(2)) host.write(name(f), text(f, i));
    const c = clients[roll(8)];
    const id = c.page.welcome.clientId;
    if (roll(4) === 0) await c.page.message("block-start", () => true, c.page.received.length);
    roll(2) ? c.page.socket.close() : c.page.socket.terminate();
    c.page = await host.page({ clientId: id });
    assert.deepEqual([c.page.welcome.resumed, c.page.welcome.watching.length], [true, 4]);
    for (let f = 0; f < 4; f++) c.page.say("request-load", { path: name(f) });
  }
  for (let f = 0; f < 4; f++) host.write(name(f), text(f, 1000));
  for (const { page } of clients)
    for (let f = 0; f < 4; f++) {
      const line = `print("file ${f}:", x)`;
      await page.untilShows(name(f), line, `ok: file ${f}: 1000`);
      const finals = page.all("block-result").filter((m) => m.file.endsWith(name(f)) && m.outputs?.[0]?.text === `file ${f}: 1000\n` && m.origin === "ran" && m.status === "ok" && m.run === page.results(name(f))[1].run);
      assert.equal(finals.length, 1, `${line} came ${finals.length} times`);
    }
}, { timeout: 240_000 });

// --- Clients that do not read.

// Prints much, over and over; the last block says which version it is.
const loud = (version) => `for i in range(3000): print("x" * 200)\n\nfor i in range(3000): print("y" * 200, ${version})\n\n"version ${version}"\n`;

served("a page that does not read costs a bounded queue, and sees the newest state when it does", { "a.py": loud(0) }, async (host) => {
  const [slow, quick] = [await host.page(), await host.page()];
  await quick.watch("a.py");
  await slow.watch("a.py");
  slow.socket._socket.pause();
  const sizes = [];
  for (let i = 1; i <= 30; i++) {
    host.write("a.py", loud(i));
    await quick.untilShows("a.py", `"version ${i}"`, `ok: 'version ${i}'`); // is not delayed
    sizes.push(residentKb(host.process.pid));
  }
  const growth = sizes.at(-1) - sizes[4];
  assert.ok(!MEMORY_COUNTS || growth < 6 * 1024, `memory grew by ${growth} KiB: ${sizes}`);
  slow.socket._socket.resume();
  await slow.untilShows("a.py", `"version 30"`, "ok: 'version 30'");
  const versions = new Set(slow.all("run-start").map((m) => m.version));
  assert.ok(versions.size < 30, "what was in between was left out");
}, { timeout: 240_000 });
