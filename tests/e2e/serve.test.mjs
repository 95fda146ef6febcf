// SPDX-License-Identifier: Apache-2.0
// serve.test.mjs - `relight serve`: files on disk, live in pages, without an editor.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { served } from "./lib/page.mjs";

const FILES = { "a.py": "x = 1\n\nprint(x)\n", "b.py": "print('b')\n", "lib/c.py": "3\n", "notes.txt": "" };

served("a watched file runs, and shows its results", FILES, async (host) => {
  const page = await host.page();
  assert.deepEqual([page.welcome.resumed, page.welcome.watching], [false, []]);
  await page.watch("a.py");
  await page.untilShows("a.py", "print(x)", "ok: 1");
  const order = page.received.map((m) => m.type).filter((type) => !type.startsWith("block"));
  assert.deepEqual(order, ["welcome", "run-start", "run-start", "run-end"]);
});

served("a file that is saved re-runs what the edit made stale", FILES, async (host) => {
  const page = await host.page();
  await page.watch("a.py");
  await page.untilShows("a.py", "print(x)", "ok: 1");
  host.write("a.py", "x = 2\n\nprint(x)\n\n'new'\n");
  await page.untilShows("a.py", "'new'", "ok: 'new'");
  assert.deepEqual(page.shows("a.py"), { "x = 2": "ok", "print(x)": "ok: 2", "'new'": "ok: 'new'" });
  const { version, dirty, trigger } = page.all("run-start").at(-1);
  assert.deepEqual([version, dirty.length, trigger], [2, 3, "save"]);
  assert.deepEqual(page.all("file-changed"), [{ type: "file-changed", path: host.path("a.py"), watched: true }]);
});

served("a client hears of the files that it watches only", FILES, async (host) => {
  const [a, b] = [await host.page(), await host.page()];
  await a.watch("a.py");
  await b.watch("b.py");
  host.write("a.py", "x = 5\n\nprint(x)\n");
  await a.untilShows("a.py", "print(x)", "ok: 5");
  await b.message("file-changed");
  assert.deepEqual(b.received.filter((m) => m.file?.endsWith("a.py")), []);
  b.say("unwatch-file", { path: "b.py" });
  b.say("request-load", { path: "b.py" });
  assert.equal((await b.message("error")).code, "not-watched");
});

served("what nobody watches does not run", FILES, async (host) => {
  const page = await host.page();
  await page.watch("a.py");
  host.write("b.py", "open('ran', 'w')\n");
  await page.message("file-changed", (m) => m.path.endsWith("b.py") && !m.watched);
  page.say("list-directory");
  const { entries } = await page.message("directory");
  assert.deepEqual(entries, [{ name: "a.py", kind: "file" }, { name: "b.py", kind: "file" }, { name: "lib", kind: "directory" }]);
});

served("several files are one client's", FILES, async (host) => {
  const page = await host.page();
  for (const path of ["a.py", "b.py", "lib/c.py"]) await page.watch(path);
  await page.untilShows("a.py", "print(x)", "ok: 1");
  await page.untilShows("b.py", "print('b')", "ok: b");
  await page.untilShows("c.py", "3", "ok: 3");
});

served("files that come and go are announced", FILES, async (host) => {
  const page = await host.page();
  host.write("d.py", "4\n");
  await page.message("directory-changed", (m) => m.added.includes(host.path("d.py")));
  rmSync(host.path("b.py"));
  await page.message("directory-changed", (m) => m.removed.includes(host.path("b.py")));
});

served("the state is for the client that asks, light where it knows the results, and runs nothing", FILES, async (host) => {
  const [page, other] = [await host.page(), await host.page()];
  await page.watch("a.py");
  await page.untilShows("a.py", "print(x)", "ok: 1");
  await other.watch("a.py");
  const told = other.received.length;
  const [x, print] = page.results("a.py");
  const answer = await page.load("a.py", { [print.block]: print.contentHash, [x.block]: "0".repeat(32) });
  assert.deepEqual(answer.map((m) => m.type), ["run-start", "block-result", "block-result", "run-end"]);
  assert.deepEqual(answer[0].dirty, []);
  assert.deepEqual([answer[1].outputs, answer[1].unchanged], [[], undefined]);
  assert.deepEqual([answer[2].outputs, answer[2].unchanged, answer[2].contentHash], [undefined, true, print.contentHash]);
  assert.equal(other.received.length, told);
  assert.equal(page.all("block-start").length, 2);
});

served("run, restart and interrupt", { "a.py": "import time\nx = time.time()\nx\n\n# | always-eval\ntime.time()\n" }, async (host) => {
  const page = await host.page();
  await page.watch("a.py");
  const ran = async (type, fields) => {
    const from = page.received.length;
    page.say(type, { path: "a.py", ...fields });
    await page.message("run-end", () => true, from);
    return page.all("block-start", from).map((m) => page.results("a.py").findIndex((r) => r.block === m.block));
  };
  assert.deepEqual(await ran("run"), [1]);
  assert.deepEqual(await ran("restart"), [0, 1]);
  assert.deepEqual(await ran("run", { block: page.results("a.py")[0].block }), [0, 1]);
  host.write("a.py", "import time\nwhile True: time.sleep(0.01)\n");
  await page.message("block-start", (m) => m.run === page.all("run-start").at(-1).run && page.all("run-start").at(-1).version === 2);
  page.say("interrupt", { path: "a.py" });
  await page.until("an interrupted block", () => page.results("a.py")[0].status === "error");
});

served("what a client gets wrong is answered, and its connection stays", FILES, async (host) => {
  const page = await host.page({ hello: false });
  const refused = async (say, code) => {
    const from = page.received.length;
    say();
    assert.equal((await page.message("error", () => true, from)).code, code);
  };
  await refused(() => page.say("watch-file", { path: "a.py" }), "bad-params");
  await refused(() => page.say("hello", { protocol: 99 }), "not-supported");
  await refused(() => page.say("hello", { protocol: 1, token: "guessed" }), "bad-params");
  await refused(() => page.say("hello", { protocol: 1, clientId: "x".repeat(65) }), "bad-params");
  page.say("hello", { protocol: 1 });
  await page.message("welcome");
  await refused(() => page.sayRaw("{"), "bad-message");
  await refused(() => page.sayRaw("[]"), "bad-message");
  await refused(() => page.sayRaw(Buffer.from([0, 1, 2]), { binary: true }), "bad-message");
  await refused(() => page.say("no-such-thing"), "bad-message");
  await refused(() => page.say("watch-file"), "bad-params");
  await refused(() => page.say("watch-file", { path: 3 }), "bad-params");
  await refused(() => page.say("watch-file", { path: "none.py" }), "not-found");
  await refused(() => page.say("watch-file", { path: "notes.txt" }), "not-supported");
  await refused(() => page.say("watch-file", { path: "lib" }), "not-supported");
  await refused(() => page.say("run", { path: "b.py" }), "not-watched");
  await refused(() => page.say("reveal", { path: "b.py" }), "not-watched");
  await page.watch("a.py");
  await refused(() => page.say("run", { path: "a.py", block: "b99" }), "not-found");
  await page.untilShows("a.py", "print(x)", "ok: 1");
});
