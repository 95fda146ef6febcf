// SPDX-License-Identifier: Apache-2.0
// screenshots.mjs - makes docs/preview-*.png anew: node docs/screenshots.mjs (after ./dev build).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { newPage } from "../tests/e2e/lib/browser.mjs";
import { REPOSITORY, Scratch } from "../tests/e2e/lib/process.mjs";

const example = (name) => readFileSync(join(REPOSITORY, "docs/examples", name), "utf8");
const SLOW = `"""# Training"""

import time
epochs = 40

for epoch in range(epochs):
    print(f"epoch {epoch + 1:2}  loss {1 / (epoch + 1):.3f}", flush=True)
    time.sleep(0.15)

f"best after {epochs} epochs"
`;
const files = { "errors.py": example("errors.py"), "gallery.py": example("gallery.py"), "walkthrough.py": example("walkthrough.py"), "notes/training.py": SLOW };

// name, file, what to wait for, keys, colours
const SHOTS = [
  ["light", "gallery.py", ".picture", [], "light"],
  ["dark", "gallery.py", ".picture", [], "dark"],
  ["errors", "errors.py", ".error", [], "light"],
  ["running", "notes/training.py", ".st-running .text pre", ["t"], "light"],
  ["commands", "walkthrough.py", ".chip.good", ["Control+k"], "dark"],
  ["map", "walkthrough.py", ".chip.good", ["w", ..."jjjjjj"], "light"],
];

const scratch = new Scratch();
mkdirSync(join(scratch.folder, "examples/notes"), { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch.folder, "examples", name), text);
const server = scratch.spawn(["serve", "examples"]);
let url;
while (!url) url = /http\S+/.exec((await once(server.stdout, "data"))[0])?.[0];

for (const [name, file, ready, keys, colorScheme] of SHOTS) {
  const page = await newPage({ viewport: { width: 1080, height: 680 }, colorScheme, reducedMotion: "reduce" });
  await page.goto(`${url}#/${file}`);
  await page.locator(ready).first().waitFor();
  for (const key of keys) await page.keyboard.press(key);
  if (name === "light" || name === "dark") await page.locator(".picture").evaluate((el) => el.scrollIntoView({ block: "end" }));
  await page.waitForTimeout(name === "running" ? 1500 : 600);
  await page.screenshot({ path: join(REPOSITORY, `docs/preview-${name}.png`) });
  await page.context().close();
}
server.kill();
await scratch.finish();
process.exit(0);
