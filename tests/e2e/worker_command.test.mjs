// SPDX-License-Identifier: Apache-2.0
// worker_command.test.mjs - the code runs behind a launch prefix: in another environment, under
// another root directory, where nothing of this machine's files is to be seen.
import assert from "node:assert/strict";
import test from "node:test";
import { e2e } from "./lib/e2e.mjs";
import { enterRoot, makeRoot } from "./lib/other_root.mjs";
import { WORKER } from "./lib/process.mjs";
import { UNSET, embedded } from "./lib/pythons.mjs";

function configure(client, words) {
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { "worker.command": words } } });
}

e2e("another environment", async (client) => {
  configure(client, ["env", "GREETING=hello", "HOME=/elsewhere"]);
  const file = await client.live("a.py", "import os\nos.environ['GREETING'], os.path.expanduser('~')\n");
  assert.equal(file.shows("import os"), "ok: ('hello', '/elsewhere')");
});

e2e("another environment and another interpreter than the usual one", { env: UNSET }, async (client) => {
  const { path } = await embedded();
  const command = ["sh", "-c", `GREETING=hello exec ${WORKER} "$2"`, "there"];
  client.notify("workspace/didChangeConfiguration", { settings: { relight: { worker: { command }, python: path } } });
  const file = await client.live("a.py", "import os, sys\nos.environ['GREETING'], sys.executable\n");
  assert.equal(file.shows("import os"), `ok: ('hello', '${path}')`);
});

e2e("a prefix that leads nowhere", async (client) => {
  configure(client, ["/no/such/ssh", "host"]);
  const file = await client.live("a.py", "print(1)\n");
  const { message } = await client.message("window/showMessage", ({ type }) => type === 1);
  assert.match(message, /cannot start \/no\/such\/ssh: no such file or directory/);
  configure(client, []);
  await file.untilRunEnd();
  await file.quiet();
  assert.equal(file.shows("print(1)"), "ok: 1");
});

const enter = enterRoot();
const LOOK = `import os, sys

root = os.listdir("/")

print(os.getcwd(), os.path.expanduser("~"), os.path.exists(__file__), len(root))

xs = [1]

xs.append(2)

print(xs)
`;

if (!enter) test("another root directory", { skip: "neither root nor user namespaces: no chroot here" }, () => {});
else
  e2e("another root directory", { env: UNSET }, async (client) => {
    const root = client.path("root");
    makeRoot(root, (await embedded()).path);
    const environment = ["env", "-i", "HOME=/elsewhere", "PATH=/usr/bin:/usr/sbin:/bin:/sbin"];
    client.notify("workspace/didChangeConfiguration", {
      settings: { relight: { worker: { command: [...environment, ...enter, root] }, cwd: "/elsewhere" } },
    });
    const file = await client.live("a.py", LOOK);
    assert.match(file.shows("print(os"), /^ok: \/elsewhere \/elsewhere False \d$/);
    await file.change("[1]", "[7]");
    assert.equal(file.shows("print(xs)"), "ok: [7, 2]");
    await file.change("xs.append(2)", "os._exit(4)");
    assert.match(file.shows("os._exit(4)"), /exit code 4/);
    await file.change("os._exit(4)", "xs.append(3)");
    assert.equal(file.shows("print(xs)"), "ok: [7, 3]");
  });
