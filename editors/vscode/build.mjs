// SPDX-License-Identifier: Apache-2.0
// build.mjs - the extension as a folder that an editor can load: node build.mjs OUT_DIR.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");

export async function buildExtension(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const name of ["package.json", "README.md", "media"]) cpSync(join(here, name), join(out, name), { recursive: true });
  for (const [name, as] of [["LICENSE", "LICENSE"], ["CHANGELOG.md", "CHANGELOG.md"]]) cpSync(join(root, name), join(out, as));
  await build({
    absWorkingDir: here,
    entryPoints: ["src/extension.ts"],
    outfile: join(out, "dist/extension.js"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node18", // of VS Code 1.82
    external: ["vscode"],
    legalComments: "linked",
    logLevel: "warning",
  });
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildExtension(resolve(process.argv[2] ?? join(root, "build/vscode-extension")));
