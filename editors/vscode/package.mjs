// SPDX-License-Identifier: Apache-2.0
// package.mjs - the extension as one file to install: node package.mjs OUT.vsix [PLATFORM SERVER_FOLDER].
//
// With a platform (linux-x64, ...) the server of SERVER_FOLDER goes in: relight, relight-worker and
// its module.  They use the system's libraries; where those are missing, the extension looks on the
// path.  Needs Node 20, as vsce does.
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildExtension } from "./build.mjs";

const { createVSIX } = createRequire(import.meta.url)("@vscode/vsce");
const PROGRAMS = ["relight", "relight-worker"];
const MODULES = ["relight-worker.abi3.so"];

export async function packageExtension(out, platform, programs) {
  const folder = await buildExtension(`${out}.contents`);
  writeFileSync(join(folder, ".vscodeignore"), "# all that build.mjs put here belongs in\n");
  if (platform) {
    mkdirSync(join(folder, "server"));
    for (const name of [...PROGRAMS, ...MODULES]) {
      const to = join(folder, "server", name);
      if (!existsSync(join(programs, name))) throw new Error(`${join(programs, name)} is missing`);
      copyFileSync(join(programs, name), to);
      chmodSync(to, 0o755);
    }
  }
  await createVSIX({ cwd: folder, packagePath: out, dependencies: false, ...(platform && { target: platform }) });
  rmSync(folder, { recursive: true });
}

const [, script, out, platform, programs] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  if (!out || (platform && !programs)) {
    console.error("usage: node package.mjs OUT.vsix [PLATFORM SERVER_FOLDER]");
    process.exit(2);
  }
  mkdirSync(dirname(resolve(out)), { recursive: true });
  await packageExtension(resolve(out), platform, programs && resolve(programs));
}
