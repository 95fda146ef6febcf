// SPDX-License-Identifier: Apache-2.0
// blocks_cli.test.mjs - `relight blocks`: golden files in tests/data/blocks.
// UPDATE_GOLDEN=1 node --test tests/e2e/blocks_cli.test.mjs writes them anew; read the diff.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { REPOSITORY, command } from "./lib/process.mjs";

const FOLDER = join(REPOSITORY, "tests/data/blocks");

// One line for each block's fields, so that a diff reads well.
function pretty({ style, blocks }) {
  const line = (block) => {
    const { start, end } = block.range;
    const range = `${start.line}:${start.character}-${end.line}:${end.character}`;
    return `    ${JSON.stringify({ ...block, range })}`;
  };
  return `{\n  "style": "${style}",\n  "blocks": [\n${blocks.map(line).join(",\n")}\n  ]\n}\n`;
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".py"))) {
  test(`the blocks of ${name}`, async () => {
    const source = join(FOLDER, name);
    const golden = source.replace(/\.py$/, ".json");
    const { code, stdout, stderr } = await command(["blocks", source, "--json"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const report = JSON.parse(stdout);
    assert.equal(report.file, source);
    const got = pretty(report);
    if (process.env.UPDATE_GOLDEN || !existsSync(golden)) writeFileSync(golden, got);
    assert.equal(got, readFileSync(golden, "utf8"));
  });
}

test("the blocks as a table", async () => {
  const { code, stdout } = await command(["blocks", join(REPOSITORY, "docs/examples/errors.py")]);
  assert.equal(code, 0);
  assert.match(stdout, /^b1 .* prose +When a block fails$/m);
  assert.match(stdout, /^b3 .* code +cost$\n +provides +cost\n +requires +order prices$/m);
});

test("a file that cannot be read, and a file too many: one line on stderr, exit code 2", async () => {
  const missing = await command(["blocks", "/no/such/file.py"]);
  assert.deepEqual([missing.code, missing.stdout], [2, ""]);
  assert.equal(missing.stderr, "relight: cannot open '/no/such/file.py': No such file or directory\n");
  assert.equal((await command(["blocks", "a.py", "b.py"])).code, 2);
  assert.equal((await command(["blocks"])).stderr, "relight: which file?\n");
  assert.equal((await command(["blocks", "--colour", "a.py"])).code, 2);
  assert.equal((await command(["nonsense"])).code, 2);
  assert.equal((await command([])).code, 2);
});
