// SPDX-License-Identifier: Apache-2.0
// kept_results.test.mjs - a document that is opened again shows its last results at once.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Client } from "./lib/client.mjs";
import { Host } from "./lib/page.mjs";
import { firstLine } from "./lib/text_file.mjs";

const TEXT = "x = 1\n\nprint(x)\n\n1 / 0\n\nx\n\nx\n";

// Two servers, one after the other, on one workspace.
function twice(name, first, second) {
  test(name, { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "relight-kept-"));
    try {
      for (const body of [first, second]) {
        const client = await Client.start({ folder });
        try {
          await body(client);
        } finally {
          await client.finish();
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

const cached = (client) => client.all("relight/blockResult").filter((r) => r.origin === "cache");
const shown = (results) => Object.fromEntries(results.map((r) => [`${r.ordinal} ${firstLine(r)}`, r.outputs.map((o) => o.text ?? o.data?.["text/plain"] ?? o.evalue).join("")]));

twice("what was shown is shown again before anything runs, and then replaced",
  async (client) => {
    const file = await client.live("a.py", TEXT);
    assert.equal(file.shows("print"), "ok: 1");
    assert.deepEqual(cached(client), []);
  },
  async (client) => {
    const file = client.open("a.py", TEXT);
    await client.until("five kept results", () => cached(client).length === 5);
    assert.deepEqual(shown(cached(client)), { "0 x = 1": "", "1 print(x)": "1\n", "2 1 / 0": "division by zero", "3 x": "1", "4 x": "1" });
    assert.deepEqual(cached(client).map((r) => r.status), ["ok", "ok", "error", "ok", "ok"]);
    assert.equal(client.scratch.workers().length, 0);
    assert.deepEqual(client.all("relight/blockStart"), []);
    assert.equal((await file.goLive()).length, 5);
    assert.equal(file.result("print").origin, "ran");
  });

twice("a block that is another since then shows nothing of the old one",
  async (client) => void (await client.live("a.py", TEXT)),
  async (client) => {
    client.open("a.py", TEXT.replace("print(x)", "print(x + 1)").replace("\nx\n\nx\n", "\n# now with a comment\nx\n"));
    await client.until("kept results", () => cached(client).length === 3);
    assert.deepEqual(Object.keys(shown(cached(client))), ["0 x = 1", "2 1 / 0", "3 # now with a comment"]);
  });

twice("results of a server that was killed are there, too",
  async (client) => {
    const file = await client.live("a.py", TEXT);
    file.close();
    await client.message("textDocument/publishDiagnostics", (d) => d.diagnostics.length === 0, client.received.length);
    await client.kill();
  },
  async (client) => {
    client.open("a.py", TEXT);
    await client.until("five kept results", () => cached(client).length === 5);
  });

twice("a damaged database is made anew",
  async (client) => {
    const file = await client.live("a.py", TEXT);
    file.close();
    assert.equal(await client.shutdown(), 0);
    const { cache } = client.scratch;
    for (const name of readdirSync(join(cache, "relight"))) writeFileSync(join(cache, "relight", name, "results.db"), "rubbish".repeat(1000));
  },
  async (client) => {
    const file = await client.live("a.py", TEXT);
    assert.equal(file.shows("print"), "ok: 1");
    assert.deepEqual(cached(client), []);
  });

twice("the cache can be cleared",
  async (client) => {
    const file = await client.live("a.py", TEXT);
    file.close();
    const other = client.open("b.py", "");
    await other.command("clearCache");
  },
  async (client) => {
    const file = await client.live("a.py", TEXT);
    assert.equal(file.shows("print"), "ok: 1");
    assert.deepEqual(cached(client), []);
  });

test("a page sees kept results first, then those of the run", { timeout: 120_000 }, async () => {
  const options = { folder: mkdtempSync(join(tmpdir(), "relight-kept-")) };
  try {
    const first = await Host.start({ "a.py": TEXT }, options);
    const page = await first.page();
    await page.watch("a.py");
    await page.untilShows("a.py", "print(x)", "ok: 1");
    await first.stop();
    const second = await Host.start({}, options);
    const again = await second.page();
    again.say("watch-file", { path: "a.py" });
    await again.message("run-end");
    const story = again.received.filter((m) => /block-result|run-start/.test(m.type)).map((m) => m.origin ?? m.type);
    assert.deepEqual(story, [...Array(5).fill("cache"), "run-start", ...Array(5).fill("ran")]);
    await second.stop();
  } finally {
    rmSync(options.folder, { recursive: true, force: true });
  }
});
