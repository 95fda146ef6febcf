// SPDX-License-Identifier: Apache-2.0
// typescript.mjs - modules of the preview, for tests that need no browser.
import { join } from "node:path";
import { build } from "esbuild";
import { REPOSITORY } from "./process.mjs";

export async function previewModule(path) {
  const entry = join(REPOSITORY, "editors/preview/src", path);
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
