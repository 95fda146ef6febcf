// SPDX-License-Identifier: Apache-2.0
// live_protocol.test.mjs - docs/live-protocol.md against real traffic: every field and every word
// that goes over the wire is in its tables, and every field of its tables goes over the wire.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { e2e } from "./lib/e2e.mjs";
import { REPOSITORY } from "./lib/process.mjs";

const DOCUMENT = readFileSync(join(REPOSITORY, "docs/live-protocol.md"), "utf8");

// The words in the first column of the table that has this heading, after `from`.
function words(heading, from = "") {
  const rest = DOCUMENT.slice(DOCUMENT.indexOf(from));
  const [, table] = rest.slice(rest.indexOf(`| ${heading} |`)).split(/\|---\|---\|\n/);
  const rows = table.split("\n\n")[0].split("\n");
  return rows.flatMap((row) => [...row.split("|")[1].matchAll(/`([\w-]+)`/g)].map(([, word]) => word));
}

const MESSAGES = ["runStart", "blockStart", "blockOutput", "blockResult", "runEnd"];
const COMMON = ["run", "file"];

// A session in which everything happens that can happen today.
async function session(client) {
  const text = "x = 1\n\ny = x\nprint(y)\ny\n\nxs = []\n\nxs.append(x)\n\nxs\n\n# | skip\n1\n\n# | always-eval\n2\n\n1 / 0\n\ny = = 1\n";
  const file = await client.live("a.py", text);
  await file.change("x = 1", "x = 2");
  await file.change("xs\n\n#", "xs, 1\n\n#");
  await file.change("xs, 1", "xs");
  await file.change("x = 2", "x = int('no')");
  await file.change("x = int('no')", "x = 3");
  await file.change("xs.append(x)", "xs.append(x + 1)");
  await file.change("# | skip\n", "");
  await file.change("# | always-eval\n2", "# | always-eval\nopen('out', 'w')");
  client.write("data", "1");
  await file.change("# | always-eval\nopen('out', 'w')", "open('data').read()");
  client.write("data", "2");
  await file.next("runStart", ({ trigger }) => trigger === "file");
  await file.change("open('data').read()", "# | always-eval\nopen('out', 'w')");
  await file.command("run");
  await file.command("runBlock", file.result("xs").block);
  await file.quiet();
}

e2e("the fields and words of live messages are the documented ones", async (client) => {
  await session(client);
  for (const name of MESSAGES) {
    const seen = new Set(client.all(`relight/${name}`).flatMap(Object.keys));
    const expected = [...COMMON, ...words("field", `### \`relight/${name}\``)];
    assert.deepEqual([...seen].sort(), expected.sort(), name);
  }
});

e2e("statuses and reasons are the documented ones", async (client) => {
  await session(client);
  const whole = client.all("relight/blockResult").filter(({ unchanged }) => !unchanged);
  const statuses = new Set(whole.map(({ status }) => status));
  const reasons = new Set(client.all("relight/runStart").flatMap(({ reasons }) => Object.values(reasons).flat().map(({ kind }) => kind)));
  for (const status of statuses) assert.ok(words("status").includes(status), status);
  for (const reason of reasons) assert.ok(words("reason").includes(reason), reason);
  assert.deepEqual([...reasons].sort(), words("reason").sort());
  for (const status of ["ok", "error", "blocked", "held", "syntaxError"]) assert.ok(statuses.has(status), status);
});

e2e("run numbers rise, and every run that starts ends", async (client) => {
  await session(client);
  const runs = (kind) => client.all(`relight/${kind}`).map(({ run }) => run);
  assert.deepEqual(runs("runStart"), runs("runEnd"));
  assert.deepEqual(runs("runStart"), [...runs("runStart")].sort((a, b) => a - b));
});
