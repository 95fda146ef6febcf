// SPDX-License-Identifier: Apache-2.0
// project.test.mjs - what the server knows of a document's place in its project: links from imports
// to files, imports that reach nothing, and the files that each block rests on.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";
import { PATIENCE_MS, command } from "./lib/process.mjs";

function project(client, files) {
  for (const [path, text] of Object.entries(files)) {
    if (path.includes("/")) mkdirSync(client.path(path.slice(0, path.lastIndexOf("/"))), { recursive: true });
    client.write(path, text);
  }
}

const links = async (client, file) => {
  const found = await client.request("textDocument/documentLink", { textDocument: { uri: file.uri } });
  return found.map(({ range, target }) => [range.start.line, range.start.character, range.end.character, target]);
};

const missing = (found) => found.filter(({ code }) => code === "unresolvedImport");

// A link is there once the folders have been looked through.
const untilLinks = async (client, file, count) => {
  const end = Date.now() + PATIENCE_MS;
  let found = await links(client, file);
  while (found.length !== count && Date.now() < end) found = await links(client, file);
  return found;
};

e2e("imports are links to the files that they reach", async (client) => {
  project(client, { "pkg/__init__.py": "", "pkg/mod.py": "x = 1\n", "helper.py": "" });
  const file = client.open("doc.py", "import helper, os\nfrom pkg import mod, name\nimport pkg.mod as m\n");
  assert.deepEqual(await untilLinks(client, file, 4), [
    [0, 7, 13, client.uri("helper.py")],
    [1, 16, 19, client.uri("pkg/mod.py")],
    [1, 21, 25, client.uri("pkg/__init__.py")],
    [2, 7, 14, client.uri("pkg/mod.py")],
  ]);
});

e2e("an import that reaches no file of the project is said, and taken back when the file comes", async (client) => {
  project(client, { "pkg/__init__.py": "" });
  const file = client.open("doc.py", "import os\nimport nothing_known\nfrom pkg.other import y\n\ntry:\n    import pkg.fast\nexcept ImportError:\n    pass\n");
  const found = missing(await file.untilDiagnostics((all) => missing(all).length === 1));
  assert.equal(found[0].message, "no module 'pkg.other' in this workspace");
  assert.equal(found[0].severity, 2);
  assert.deepEqual(found[0].range, { start: { line: 2, character: 22 }, end: { line: 2, character: 23 } });
  client.write("pkg/other.py", "y = 1\n");
  client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: client.uri("pkg/other.py"), type: 1 }] });
  await file.untilDiagnostics((all) => missing(all).length === 0);
});

e2e("each block says which files it rests on", async (client) => {
  project(client, {
    "module_b.py": "x = 1\n",
    "module_c.py": "",
    "doc.py": "from module_b import x\n\nx + 1\n\ny = 42\n\ndef f():\n    import module_c\n    return x\n\nf()\n",
  });
  const { stdout } = await command(["blocks", client.path("doc.py"), "--json"]);
  const b = client.path("module_b.py"), c = client.path("module_c.py");
  assert.deepEqual(JSON.parse(stdout).blocks.map((block) => block.fileDependencies), [[b], [b], [], [b, c], [b, c]]);
});
