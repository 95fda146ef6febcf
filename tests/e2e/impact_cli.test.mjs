// SPDX-License-Identifier: Apache-2.0
// impact_cli.test.mjs - `relight index`, `relight impact`, `relight explain` on a small project.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { RELIGHT } from "./lib/process.mjs";

const command = (args, options) =>
  new Promise((resolve) => {
    execFile(RELIGHT, args, options, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
  });

// A project with its own cache; `run` is relight inside it.
function project(t, files) {
  const folder = mkdtempSync(join(tmpdir(), "relight-impact-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "project");
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { cwd: root, stdio: "pipe" });
  return { root, env, write, git, remove: (path) => rmSync(join(root, path)), run: (...args) => command(args, { cwd: root, env }) };
}

const FILES = {
  "pyproject.toml": "",
  "module_b.py": "x = 1\nother = 2\n",
  "doc.py": "from module_b import x\n\nx + 1\n\ny = 42\n",
  "user.py": "import module_b as b\n\ndef f():\n    return b.other\n",
  "last.py": "from user import f\n\nf()\n",
};

const paths = (report) => report.files.map((file) => file.path);

test("an edit, its impact and its explanation", async (t) => {
  const { run, write } = project(t, FILES);
  assert.match((await run("index")).stdout, /: 4 files, \d+ exports/);
  assert.equal((await run("impact")).stdout, "nothing changed\n");
  write("module_b.py", "x = 1\nother = 3  # three\n");
  const { stdout, stderr, code } = await run("impact", "--json");
  assert.deepEqual([code, stderr], [0, ""]);
  const report = JSON.parse(stdout);
  assert.deepEqual(report.exports, [{ name: "module_b.other", kind: "changed" }]);
  assert.deepEqual(paths(report), ["last.py", "module_b.py", "user.py"]);
  assert.deepEqual(report.files[2].reasons, [{ kind: "caller_qname", ref: "module_b.other", block: 2 }]);
  const explained = (await run("explain", "last.py:3")).stdout;
  assert.match(explained, /^caller_qname +user\.f\n +because caller_qname +module_b\.other +in user\.py\n +because changed_file +module_b\.py/);
  assert.equal((await run("explain", "doc.py")).stdout, "not touched by the last change\n");
});

test("a comment changes nothing but its own file", async (t) => {
  const { run, write } = project(t, FILES);
  await run("index");
  write("module_b.py", "x = 1\n# a comment\n\nother = 2\n");
  assert.equal((await run("impact")).stdout, "module_b.py\n    changed_file       module_b.py\n");
});

test("--changed takes a file as changed whole; strategies differ", async (t) => {
  const { run } = project(t, FILES);
  await run("index");
  const impact = async (...args) => paths(JSON.parse((await run("impact", "--json", ...args)).stdout));
  assert.deepEqual(await impact("--changed", "user.py"), ["last.py", "user.py"]);
  assert.deepEqual(await impact("--changed", "user.py", "doc.py"), ["doc.py", "last.py", "user.py"]);
  assert.deepEqual(await impact("--strategy", "import_closure", "--changed", "module_b.py"),
    ["doc.py", "last.py", "module_b.py", "user.py"]);
});

test("--since compares with a revision, whatever the index knows", async (t) => {
  const { run, write, remove, git } = project(t, FILES);
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "one");
  write("module_b.py", "x = 7\nother = 2\n");
  await run("index");
  const since = async () => JSON.parse((await run("impact", "--json", "--since", "HEAD")).stdout);
  assert.deepEqual(paths(await since()), ["doc.py", "module_b.py"]);
  assert.deepEqual(paths(await since()), ["doc.py", "module_b.py"], "asking changes nothing");
  git("checkout", "-q", ".");
  remove("user.py");
  write("new.py", "import module_b\n");
  const report = await since();
  assert.deepEqual(paths(report), ["last.py", "new.py", "user.py"]);
  assert.deepEqual(report.files[2].reasons, [{ kind: "deleted_file", ref: "user.py" }]);
});

test("--bundle writes the tables", async (t) => {
  const { root, run, write } = project(t, FILES);
  await run("index");
  write("module_b.py", "x = 2\nother = 2\n");
  await run("impact", "--bundle", "out");
  const read = (name) => readFileSync(join(root, "out", name), "utf8");
  const rows = read("inc_impacted_files_v2.jsonl").trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual([...new Set(rows.map((row) => row.path))], ["doc.py", "module_b.py"]);
  assert.match(read("inc_changed_exports_v1.csv"), /^file_id,qname_id,symbol,delta_kind,qname\r\n-?\d+,qname[0-9a-f]{16},,changed,module_b.x\r\n$/);
  assert.match(read("inc_impacted_importers_v1.csv"), /doc\.py,import_name,module_b\.x/);
});

test("a damaged state is set aside and built anew", async (t) => {
  const { run, env } = project(t, FILES);
  await run("index");
  const folder = execFileSync("find", [env.XDG_CACHE_HOME, "-name", "state.db"], { encoding: "utf8" }).trim();
  for (const ending of ["-wal", "-shm"]) rmSync(folder + ending, { force: true });
  writeFileSync(folder, "not a database at all ".repeat(1000));
  const { stdout, stderr, code } = await run("index");
  assert.equal(code, 0);
  assert.match(stderr, /^relight: the state in '.*state\.db' was damaged: it is now '.*damaged-1', and is built anew\n$/);
  assert.match(stdout, /: 4 files/);
});

test("misuse is one line and exit code 2", async (t) => {
  const { run } = project(t, FILES);
  const cases = [
    [["impact", "--strategy", "best"], "unknown strategy 'best': hybrid, symbol_closure or import_closure"],
    [["impact", "--since", "nothing"], /^git knows no revision 'nothing' in /],
    [["impact", "--changed", "/etc/passwd"], /^'\/etc\/passwd' is not in the workspace /],
    [["explain"], "which file?"],
    [["explain", "doc.py:999"], "no block at line 999 of 'doc.py'"],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await run(...args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, /^relight: .*\n$/);
    const said = stderr.slice("relight: ".length, -1);
    if (message instanceof RegExp) assert.match(said, message);
    else assert.equal(said, message);
  }
});
