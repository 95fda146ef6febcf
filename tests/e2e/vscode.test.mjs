// SPDX-License-Identifier: Apache-2.0
// vscode.test.mjs - the extension in a real Visual Studio Code: its suite in the extension host.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { buildExtension } from "../../editors/vscode/build.mjs";
import { eventually } from "./lib/browser.mjs";
import { Code, NODE, missingCode } from "./lib/code_server.mjs";
import { RELIGHT, REPOSITORY, Scratch } from "./lib/process.mjs";

const SUITE = join(REPOSITORY, "editors/vscode/tests/suite.cjs");
const CASES = [...readFileSync(SUITE, "utf8").matchAll(/^cases\["(.*)"\]/gm)].map((m) => m[1]);

let report;

// Once for all cases: a start takes seconds.
async function runSuite() {
  const scratch = new Scratch();
  const file = join(scratch.folder, "report.json");
  const outside = join(scratch.folder, "outside");
  mkdirSync(outside);
  const extension = await buildExtension(join(scratch.folder, "extension"));
  const code = await Code.start({ arguments: ["--disable-workspace-trust"], env: { RELIGHT_SUITE_REPORT: file, RELIGHT_SUITE_OUTSIDE: outside } });
  try {
    const { log } = await code.runSuite(extension, SUITE);
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch {
      throw new Error(`the suite left no report: ${log.join("\n")} ${code.said}`);
    }
  } finally {
    await code.stop();
    await scratch.finish();
  }
}

for (const name of CASES)
  test(`vscode: ${name}`, { timeout: 300_000, skip: missingCode }, async () => {
    report ??= runSuite();
    const { activation, [name]: outcome } = await report;
    assert.equal(outcome ?? activation, "ok");
  });

// --- In the window, by keys and mouse, judged by what is painted.

const HARVEST = `# %% Harvest
price = {"wheat": 3.20, "rye": 2.90}
tons = {"wheat": 120, "rye": 40}

# %%
revenue = {k: price[k] * tons[k] * 1000 for k in price}
revenue

# %%
for name, value in revenue.items():
    print(f"{name:>6} {value:>9,.0f}")

# %%
price["barley"]

# %% Total
total = sum(revenue.values())
f"{total:,.0f}"
`;

const WINDOW = { "editor.fontSize": 15, "workbench.activityBar.location": "hidden", "editor.hover.delay": 50 };

async function inWindow(options, body) {
  const code = await Code.start(options);
  try {
    if (options.file) await code.installFile(options.file);
    else await code.install();
    const page = await code.open();
    await page.goto(code.address);
    await body({ page, code, screenshot: (name) => keep(page, name) });
  } catch (error) {
    await keep(code.page, "failed");
    throw error;
  } finally {
    await code.stop();
  }
}

// RELIGHT_CAPTURE=FOLDER keeps what was painted.
async function keep(page, name) {
  if (process.env.RELIGHT_CAPTURE) await page?.screenshot({ path: join(process.env.RELIGHT_CAPTURE, `vscode-${name}.png`) });
}

async function openFile(page, name) {
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).dblclick();
  await page.locator(".monaco-editor .view-line").first().waitFor();
}

// What stands after the text of lines, top to bottom.
const painted = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".monaco-editor .view-line span")]
      .map((span) => getComputedStyle(span, "::after").content)
      .filter((content) => content !== "none" && content !== "normal")
      .map((content) => JSON.parse(content).trim()),
  );

test("vscode: what is painted", { timeout: 300_000, skip: missingCode }, () =>
  inWindow({ arguments: ["--disable-workspace-trust"], settings: WINDOW, files: { "harvest.py": HARVEST } }, async ({ page, screenshot }) => {
    await openFile(page, "harvest.py");
    await page.locator(".codelens-decoration a", { hasText: "Go live" }).click();
    const results = ["→ {'wheat': 384000.0, 'rye': 116000.0}", "→  wheat   384,000 … +1 line", "✗ KeyError: 'barley'", "→ '500,000'"];
    await eventually(() => painted(page), results);
    await page.locator(".squiggly-error").first().waitFor();
    await page.locator(".codelens-decoration a", { hasText: "✓" }).first().waitFor();
    await page.locator(".statusbar-item", { hasText: /4.*1/ }).filter({ has: page.locator(".codicon-flame") }).waitFor();
    await screenshot("results");
    await page.locator(".view-line", { hasText: "3.20" }).click();
    await page.keyboard.press("Home");
    for (let i = 0; i < 18; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Delete");
    await page.keyboard.type("4");
    await eventually(() => painted(page),
      ["→ {'wheat': 504000.0, 'rye': 116000.0}", "→  wheat   504,000 … +1 line", "✗ KeyError: 'barley'", "→ '620,000'"]);
    await page.locator(".view-line", { hasText: "print(f" }).hover();
    await page.locator(".monaco-hover", { hasText: "116,000" }).waitFor();
    await screenshot("hover");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+b");
    await page.keyboard.press("Control+k");
    await page.keyboard.press("v");
    const preview = page.frameLocator("iframe.webview").frameLocator("iframe").frameLocator("iframe[title='Relight preview']");
    await preview.locator(".block", { hasText: "620,000" }).first().waitFor();
    await screenshot("preview");
    await preview.locator(".block", { hasText: "barley" }).locator(".code").first().click();
    await page.locator(".statusbar-item", { hasText: /Ln 1[34]/ }).waitFor();
  }));

function pack(...args) {
  return spawnSync(NODE, [join(REPOSITORY, "editors/vscode/package.mjs"), ...args], { encoding: "utf8" });
}

test("vscode: the packages are made without a warning, and the one for a platform brings its server", { timeout: 300_000, skip: missingCode }, async () => {
  const scratch = new Scratch();
  const file = join(scratch.folder, "relight.vsix");
  try {
    for (const args of [[file], [file, "linux-x64", dirname(RELIGHT)]]) {
      const { status, stdout, stderr } = pack(...args);
      assert.equal(status, 0, stdout + stderr);
      assert.doesNotMatch(stdout + stderr, /WARN|ERROR/);
    }
    await inWindow({ arguments: ["--disable-workspace-trust"], file, settings: { ...WINDOW, "relight.path": "" },
      files: { "a.py": "6 * 7\n" } }, async ({ page, code }) => {
      await openFile(page, "a.py");
      await page.locator(".codelens-decoration a", { hasText: "Go live" }).click();
      await eventually(() => painted(page), ["→ 42"]);
      const programs = code.scratch.processes().map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      assert.ok(programs.some((program) => program.startsWith(code.extensions) && program.includes("server/relight\0--stdio")));
    });
  } finally {
    await scratch.finish();
  }
});

test("vscode: nothing runs in a workspace that is not trusted", { timeout: 300_000, skip: missingCode }, () =>
  inWindow({ settings: { ...WINDOW, "security.workspace.trust.startupPrompt": "never" },
    files: { "a.py": "open('ran', 'w')\n", ".vscode/settings.json": '{"relight.live": ["**/*.py"]}' } },
  async ({ page, code, screenshot }) => {
    await openFile(page, "a.py");
    await page.locator(".codelens-decoration a", { hasText: "Go live" }).click();
    await page.locator(".notification-toast", { hasText: "trusted workspaces only" }).waitFor();
    await screenshot("untrusted");
    assert.equal(existsSync(join(code.workspace, "ran")), false);
    await page.locator(".notification-toast a", { hasText: "Manage Workspace Trust" }).click();
    await page.locator(".workspace-trust-editor .monaco-button", { hasText: "Trust" }).first().click();
    await openFile(page, "a.py");
    await eventually(() => existsSync(join(code.workspace, "ran")), true);
  }));
