// SPDX-License-Identifier: Apache-2.0
// run_cli.test.mjs - `relight run` on the example documents, and the rest of the command line.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { REPOSITORY, command } from "./lib/process.mjs";
import { shownText } from "./lib/text_file.mjs";

const example = (name) => join(REPOSITORY, "docs/examples", name);

async function runJson(file, ...options) {
  const { code, stdout, stderr } = await command(["run", file, "--json", ...options]);
  return { code, stderr, ...JSON.parse(stdout) };
}

const shown = ({ blocks }) => blocks.filter((b) => b.kind === "code").map((b) => [b.status, shownText(b)]);

// Run a file with that text.
async function runText(text, ...options) {
  const folder = mkdtempSync(join(tmpdir(), "relight-run-"));
  try {
    writeFileSync(join(folder, "a.py"), text);
    return await runJson(join(folder, "a.py"), ...options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a document in the paragraph style", async () => {
  const report = await runJson(example("walkthrough.py"));
  assert.deepEqual([report.code, report.ok, report.stderr], [0, true, ""]);
  assert.equal(report.file, example("walkthrough.py"));
  const results = shown(report).map(([, text]) => text);
  assert.ok(results.includes("'1142.40 in a week'"));
  assert.ok(results.includes("['less bread on Sundays']"));
  assert.match(results.join("\n"), /^Sat {2}88 █{30}$/m);
});

test("a document in the manner of sphinx-gallery: the figure arrives as a PNG", async () => {
  const report = await runJson(example("gallery.py"));
  assert.deepEqual([report.code, report.ok], [0, true]);
  const figures = report.blocks.flatMap((b) => b.outputs).filter((o) => o.data?.["image/png"]);
  assert.equal(figures.length, 1);
  assert.equal(figures[0].output_type, "display_data");
  const png = Buffer.from(figures[0].data["image/png"], "base64");
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  assert.equal(png.toString("latin1", 12, 16), "IHDR");
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.ok(width > 400 && height > 150, `${width} x ${height}`);
  assert.equal(png.toString("latin1", png.length - 8, png.length - 4), "IEND");
  assert.equal(shown(report).at(-1)[1], "'2.31 s'");
});

test("a document with errors: what is independent runs, exit code 1", async () => {
  const report = await runJson(example("errors.py"));
  assert.deepEqual([report.code, report.ok], [1, false]);
  assert.deepEqual(shown(report), [
    ["ok", ""],
    ["ok", ""],
    ["error", "KeyError: 'wheat'"],
    ["blocked", ""],
    ["ok", "we sell rye, spelt\n2"],
  ]);
  const [error] = report.blocks.find((b) => b.status === "error").outputs;
  const frames = error.frames.map((f) => [f.line, f.function]);
  assert.deepEqual(frames, [[13, "<module>"], [13, "<genexpr>"], [9, "cost"]]);
});

test("a full run does what `python file.py` does", async () => {
  for (const name of ["walkthrough.py", "errors.py"]) {
    const report = await runJson(example(name));
    for (const { durationMs, range, id } of report.blocks) {
      assert.ok(durationMs >= 0);
      assert.ok(range.start.line < range.end.line);
      assert.match(id, /^b\d+$/);
    }
  }
  const report = await runText("import sys\nprint(__name__, sys.argv, sys.path[0] == __file__[:-5])\n");
  assert.match(shown(report)[0][1], /^__main__ \['.*a\.py'\] True$/);
});

test("one block", async () => {
  const report = await runJson(example("errors.py"), "--block", "b9");
  assert.deepEqual([report.code, report.ok, report.blocks.length], [0, true, 1]);
  assert.equal(shownText(report.blocks[0]), "we sell rye, spelt\n2");
  const { code, stderr } = await command(["run", example("errors.py"), "--block", "b99"]);
  assert.equal(code, 2);
  assert.match(stderr, /^relight: there is no block 'b99'/);
});

test("as text", async () => {
  const { code, stdout, stderr } = await command(["run", example("errors.py")]);
  assert.deepEqual([code, stderr], [1, ""]);
  assert.match(stdout, /^── b3 · line 9 · ok .* · cost$/m);
  assert.match(stdout, /^Traceback .*\n {2}File ".*errors\.py", line 14, in <module>$/m);
  assert.match(stdout, /^── b7 · line 18 · blocked/m);
  assert.ok(!stdout.includes("\u001b"), "colour although this is no terminal");
});

test("text that does not compile", async () => {
  const report = await runText("x = 1\n\ny = = 2\n\nx\n");
  assert.deepEqual([report.code, report.ok], [1, false]);
  const [, broken, independent] = shown(report);
  assert.match(broken.join(), /^syntaxError,SyntaxError: invalid syntax/);
  assert.deepEqual(independent, ["ok", "1"]);
});

test("code that kills its interpreter", async () => {
  const report = await runText("x = 1\n\nimport os; os._exit(3)\n\nx\n");
  assert.equal(report.code, 1);
  assert.match(shown(report)[1].join(), /^error,WorkerDied: /);
  assert.deepEqual(shown(report)[2], ["ok", "1"]);
});

test("source in another encoding", async () => {
  const latin1 = Buffer.from("# -*- coding: latin-1 -*-\nprint('größe')\n", "latin1");
  assert.equal(shown(await runText(latin1))[0][1], "größe");
  const bom = Buffer.from("\ufeffprint('größe')\n");
  assert.equal(shown(await runText(bom))[0][1], "größe");
});

test("an empty file", async () => {
  const report = await runText("");
  assert.deepEqual([report.code, report.ok, report.blocks], [0, true, []]);
});

test("a file that cannot be read: one line on stderr, exit code 2", async () => {
  const missing = await command(["run", "/no/such/file.py", "--json"]);
  assert.deepEqual([missing.code, missing.stdout], [2, ""]);
  assert.equal(missing.stderr, "relight: cannot open '/no/such/file.py': No such file or directory\n");
  const folder = await command(["run", tmpdir()]);
  assert.equal(folder.code, 2);
  assert.match(folder.stderr, /^relight: .*\n$/);
});

test("help, version, doctor", async () => {
  for (const option of ["help", "--help", "-h"])
    assert.match((await command([option])).stdout, /relight run +FILE \[--json\]/);
  assert.match((await command(["--version"])).stdout, /^relight \d+\.\d+\.\d+\n$/);
  const doctor = await command(["doctor"]);
  assert.equal(doctor.code, 0, doctor.stdout);
  assert.match(doctor.stdout, /^python +3\.\d+\.\d+/m);
});

test("a missing worker is said in plain words", async () => {
  const env = { RELIGHT_WORKER: "/no/such/worker" };
  const { code, stderr } = await command(["run", example("errors.py")], { env });
  assert.equal(code, 1);
  assert.match(stderr, /^relight: .*worker/);
  assert.equal((await command(["doctor"], { env })).code, 1);
});
