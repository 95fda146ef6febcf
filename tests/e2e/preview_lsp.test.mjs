// SPDX-License-Identifier: Apache-2.0
// preview_lsp.test.mjs - pages beside an editor: one server, one run, one state for both.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";
import { Page } from "./lib/page.mjs";

// A page that watches the file, as the server says where.
async function preview(client, file, options) {
  const address = new URL(await client.command("relight.openPreview", file.uri));
  assert.equal(decodeURIComponent(address.hash.slice(1)), file.path.slice(client.scratch.folder.length + 1));
  const page = await Page.open(address.href.split("#")[0], options);
  page.say("watch-file", { path: file.path });
  return page;
}

e2e("a page sees the editor's unsaved text, and what it runs", async (client) => {
  client.write("a b.py", "x = 'saved'\n\nx\n");
  const file = await client.live("a b.py", "x = 'unsaved'\n\nx\n");
  const page = await preview(client, file);
  await page.load(file.path);
  assert.deepEqual(page.shows(file.path), { "x = 'unsaved'": "ok", x: "ok: 'unsaved'" });
  const from = page.received.length;
  await file.change("'unsaved'", "'typed'");
  await page.untilShows(file.path, "x", "ok: 'typed'");
  const types = page.received.slice(from).map((m) => m.type);
  const editors = client.received.filter((m) => m.method.startsWith("relight/")).slice(-types.length);
  assert.equal(types.filter((t) => t === "block-start").length, 2); // once for both
  assert.equal(page.all("run-start").at(-1).run, editors.filter((m) => m.method === "relight/runStart").at(-1).params.run);
  await page.close();
});

e2e("the address is the same when asked for again", async (client) => {
  const file = client.open("a.py", "1\n");
  const urls = [await client.command("relight.openPreview", file.uri), await client.command("relight.openPreview", file.uri)];
  assert.equal(urls[0], urls[1]);
});

e2e("a page tells of blocks that come and go without a run", async (client) => {
  const file = await client.live("a.py", "1\n\n2\n\n3\n");
  const page = await preview(client, file);
  await page.load(file.path);
  await file.change("2\n\n", "");
  const { blocks } = await page.message("blocks");
  assert.equal(blocks.length, 2);
  assert.deepEqual(Object.keys(page.shows(file.path)), ["1", "3"]);
  await page.close();
});

e2e("a file that no editor has open is shown, and runs only when asked to", async (client) => {
  const file = client.open("a.py", "1\n");
  client.write("other.py", "open('ran', 'w').close()\n\n'other'\n");
  const page = await preview(client, file);
  await page.watch("other.py");
  assert.deepEqual(Object.values(page.shows("other.py")), ["stale", "stale"]);
  page.say("run", { path: "other.py" });
  await page.untilShows("other.py", "'other'", "ok: 'other'");
  assert.ok(readFileSync(client.path("ran")));
  assert.deepEqual(client.received.filter((m) => m.params?.file?.endsWith("other.py")), []);
  await page.close();
});

e2e("in a workspace that is not trusted a page cannot run anything", { initializationOptions: { trusted: false } }, async (client) => {
  const file = client.open("a.py", "1\n");
  const page = await preview(client, file);
  assert.equal(page.welcome.capabilities.run, false);
  for (const type of ["run", "restart"]) {
    const from = page.received.length;
    page.say(type, { path: "a.py" });
    assert.equal((await page.message("error", () => true, from)).code, "not-supported");
  }
  assert.equal(client.scratch.workers().length, 0);
  await page.close();
});

e2e("when the editor closes a file, pages go on with what is on disk", async (client) => {
  client.write("a.py", "['on disk']\n");
  const file = await client.live("a.py", "['typed']\n");
  const page = await preview(client, file);
  await page.load(file.path);
  file.close();
  await page.untilShows("a.py", "['on disk']", "ok: ['on disk']");
  client.write("a.py", "['later']\n");
  await page.untilShows("a.py", "['later']", "ok: ['later']");
  const again = client.open("a.py", "['typed again']\n");
  await page.untilShows("a.py", "['typed again']", "ok: ['typed again']");
  again.close();
  await page.close();
});

e2e("a page that shows something shows it in the editor", { capabilities: { window: { showDocument: { support: true } } } }, async (client) => {
  const file = await client.live("a.py", "1\n\n2\n");
  const page = await preview(client, file);
  await page.load(file.path);
  page.say("reveal", { path: "a.py", block: page.results("a.py")[1].block });
  const { uri, selection } = await client.message("window/showDocument");
  assert.deepEqual([uri, selection.start], [file.uri, { line: 2, character: 0 }]);
  await page.close();
});

e2e("an editor that does not read delays no page, and costs a bounded queue", async (client) => {
  const loud = (version) => `for i in range(20000): print("x" * 200)\n\n"version ${version}"\n`;
  const file = await client.live("a.py", loud(0));
  const page = await preview(client, file);
  await page.load(file.path);
  client.process.stdout.pause();
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${client.process.pid}/status`, "utf8"))[1]);
  const sizes = [];
  for (let i = 1; i <= 12; i++) {
    file.replace(`range(${20000 + i - 1})`, `range(${20000 + i})`);
    file.replace(`version ${i - 1}`, `version ${i}`);
    await page.untilShows("a.py", `"version ${i}"`, `ok: 'version ${i}'`);
    sizes.push(resident());
  }
  assert.ok(sizes.at(-1) - sizes[5] < 8 * 1024, `memory: ${sizes}`);
  client.process.stdout.resume();
  await client.message("relight/blockResult", (r) => r.outputs?.[0]?.data?.["text/plain"] === "'version 12'");
  await page.close();
});

e2e("the preview's port can be set, and the editor be asked to open it",
  { capabilities: { window: { showDocument: { support: true } } }, initializationOptions: { trusted: true, "preview.open": true } },
  async (client) => {
    const file = client.open("a.py", "1\n");
    const url = await client.command("relight.openPreview", file.uri);
    const shown = await client.message("window/showDocument");
    assert.deepEqual([shown.uri, shown.external], [url, true]);
  });
