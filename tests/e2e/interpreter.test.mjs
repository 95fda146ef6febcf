// SPDX-License-Identifier: Apache-2.0
// interpreter.test.mjs - which Python runs a document, and what is said of one that cannot.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { e2e } from "./lib/e2e.mjs";
import { Scratch, ended } from "./lib/process.mjs";
import { HAS_MODULE, UNSET, embedded, fakePython, makeEnvironment, others } from "./lib/pythons.mjs";

const own = await embedded();
const others_ = others();
const foreign = others_.filter(({ old }) => !old && HAS_MODULE);

// What a program sees of its interpreter that `python file.py` has as well.
const LOOK = `import sys, inspect, only_here

print(sys.prefix, only_here.place, len(inspect.stack()), sys.argv, sys.path[0])
`;
const seen = (file, folder) => `ok: ${folder} ${folder} 1 ['${file.path}'] ${dirname(file.path)}`;

// Settings are changed on the way: the folder of the test is known when the server has started.
function configure(client, relight) {
  client.notify("workspace/didChangeConfiguration", { settings: { relight } });
}

const errors = (client) => client.all("window/showMessage").filter(({ type }) => type === 1);
const unset = { env: UNSET };

for (const python of [own, ...foreign]) {
  e2e(`a virtual environment of ${python.path} (${python.version})`, unset, async (client) => {
    makeEnvironment(python.path, client.path("venv"));
    configure(client, { python: client.path("venv/bin/python") });
    const file = await client.live("a.py", LOOK);
    assert.equal(file.shows("print(sys"), seen(file, client.path("venv")));
    await file.change("len(", "1 + len(");
    assert.match(file.shows("print(sys"), / 2 \[/);
  });
}
if (foreign.length === 0)
  test("an interpreter other than the embedded one", { skip: "this build or this machine has none" }, () => {});

e2e("the folder of an environment, relative to the workspace", unset, async (client) => {
  makeEnvironment(own.path, client.path("env"));
  configure(client, { python: "./env" });
  const file = await client.live("a.py", LOOK);
  assert.equal(file.shows("print(sys"), seen(file, client.path("env")));
});

e2e("the project's .venv is found from a folder below", unset, async (client) => {
  makeEnvironment(own.path, client.path(".venv"));
  mkdirSync(client.path("deep/er"), { recursive: true });
  const file = await client.live("deep/er/a.py", LOOK);
  assert.equal(file.shows("print(sys"), seen(file, client.path(".venv")));
});

async function activated(variable) {
  const scratch = new Scratch();
  const folder = join(scratch.folder, "active");
  makeEnvironment(own.path, folder);
  return { scratch, folder, options: { env: { ...UNSET, [variable]: folder } } };
}

for (const variable of ["VIRTUAL_ENV", "CONDA_PREFIX"]) {
  const active = await activated(variable);
  e2e(`${variable} comes before the project's .venv`, active.options, async (client) => {
    makeEnvironment(own.path, client.path(".venv"));
    const file = await client.live("a.py", LOOK);
    assert.equal(file.shows("print(sys"), seen(file, active.folder));
    await active.scratch.finish();
  });
}

e2e("an interpreter that cannot be used is passed over, unless it was named", unset, async (client) => {
  fakePython(client.path(".venv/bin/python"), "exit 3");
  const file = await client.live("a.py", "print(1)\n");
  assert.equal(file.shows("print(1)"), "ok: 1");
  const lines = client.all("window/logMessage").map(({ message }) => message);
  assert.ok(lines.some((line) => line.includes(".venv/bin/python (the project's .venv): the worker process ended with exit code 3")));
});

// Resolves with what the user is told.
async function refused(client, python) {
  configure(client, { python });
  const file = await client.live("a.py", "x = 1\n\nprint(x)\n");
  const { message } = await client.until("an error message", () => errors(client)[0]);
  const [diagnostic] = await file.untilDiagnostics((list) => list.some(({ code }) => code === "worker"));
  assert.ok(diagnostic.message.includes(python), diagnostic.message);
  assert.deepEqual(await file.change("x = 1", "x = 2"), []);
  assert.equal(errors(client).length, 1, "typing does not ask again");
  return { file, message };
}

e2e("a named interpreter that is missing", unset, async (client) => {
  const { file, message } = await refused(client, "/no/such/python");
  assert.equal(message,
    "Relight cannot run this file: cannot use /no/such/python (the setting relight.python): it cannot be started: No such file or directory");
  configure(client, { python: own.path });
  await file.untilRunEnd();
  await file.quiet();
  assert.equal(file.shows("print(x)"), "ok: 2");
  await file.untilDiagnostics((list) => list.length === 0);
});

e2e("a named interpreter that is no Python", unset, async (client) => {
  const python = fakePython(client.path("snake"), "echo hiss; exit 7");
  assert.match((await refused(client, python)).message, /exit code 7/);
});

e2e("a named interpreter that never starts", unset, async (client) => {
  const python = fakePython(client.path("snake"), "exec sleep 600");
  assert.match((await refused(client, python)).message, /did not start in time/);
});

const old = others_.find((python) => python.old && HAS_MODULE);
const noOld = !old && "this build or this machine has no such Python";
if (noOld) test("a named interpreter that is too old", { skip: noOld }, () => {});
else
  e2e(`a named interpreter that is too old (${old.version})`, unset, async (client) => {
    const { message } = await refused(client, old.path);
    assert.match(message, new RegExp(`it is Python ${old.version}\\.\\d+, and Relight needs 3.11 or newer`));
  });

e2e("a module beside the document does not stand in for the standard library", unset, async (client) => {
  const other = foreign[0] ?? own;
  for (const name of ["struct", "os", "importlib", "sitecustomize", "traceback"])
    writeFileSync(client.path(`${name}.py`), "raise SystemExit('the wrong one')\n");
  configure(client, { python: other.path });
  const file = await client.live("a.py", "print(1)\n");
  assert.equal(file.shows("print(1)"), "ok: 1");
});

e2e("another interpreter takes over, with all that had run", unset, async (client) => {
  makeEnvironment(own.path, client.path("one"));
  makeEnvironment((foreign[0] ?? own).path, client.path("two"));
  configure(client, { python: "./one" });
  const file = await client.live("a.py", LOOK);
  configure(client, { python: "./two" });
  await file.next("runStart");
  assert.deepEqual(await file.quiet(), ["import sys, inspect, only_here", "print(sys.prefix, only_here.place, len(inspect.stack()), sys.argv, sys.path[0])"]);
  assert.equal(file.shows("print(sys"), seen(file, client.path("two")));
});

test("relight doctor says what was chosen, and what was not", async () => {
  const scratch = new Scratch();
  const python = fakePython(join(scratch.folder, ".venv/bin/python"), "exit 3");
  const child = scratch.spawn(["doctor"], { env: { ...UNSET, PATH: dirname(own.path) } });
  let out = "";
  child.stdout.on("data", (text) => (out += text));
  const { code } = await ended(child);
  await scratch.finish();
  assert.equal(code, 0);
  assert.match(out, /python {8}cannot use .*\.venv\/bin\/python \(the project's \.venv\): the worker process ended with exit code 3/);
  assert.match(out, /chosen {6}.* \((python3 on the PATH|the one that Relight was built with)\)/);
  assert.ok(out.includes(python));
  assert.match(out, /^limits /m);
});

test("relight doctor says what is missing where the project names a bad interpreter", async () => {
  const scratch = new Scratch();
  writeFileSync(join(scratch.folder, "pyproject.toml"), '[tool.relight]\npython = "/no/such/python"\n');
  const child = scratch.spawn(["doctor"], { env: UNSET });
  let out = "";
  child.stdout.on("data", (text) => (out += text));
  const { code } = await ended(child);
  await scratch.finish();
  assert.equal(code, 1);
  assert.match(out, /cannot use \/no\/such\/python \(the setting relight.python\): it cannot be started/);
  assert.match(out, /^missing {7}a Python that can be used: install CPython 3.11 or newer/m);
});

test("relight run uses what the project names", async () => {
  const scratch = new Scratch();
  const inside = makeEnvironment(own.path, join(scratch.folder, "env"));
  writeFileSync(join(scratch.folder, "pyproject.toml"), `[tool.relight]\npython = "${inside}"\n`);
  writeFileSync(join(scratch.folder, "a.py"), "import only_here\n\nprint(only_here.place)\n");
  const child = scratch.spawn(["run", "a.py"], { env: UNSET });
  let out = "";
  child.stdout.on("data", (text) => (out += text));
  await ended(child);
  await scratch.finish();
  assert.ok(out.includes(join(scratch.folder, "env")), out);
});
