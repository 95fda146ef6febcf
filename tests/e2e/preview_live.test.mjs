// SPDX-License-Identifier: Apache-2.0
// preview_live.test.mjs - the page beside a document that changes: a real browser, a real server.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { eventually, live } from "./lib/browser.mjs";

const FILES = { "a.py": "x = 1\n\nprint('x is', x)\n\nprint('alone')\n", "b.py": "print('this is b')\n", "lib/c.py": "3\n" };

live("an edit on disk repaints the blocks that changed, and no others", FILES, async ({ host, page, reader }) => {
  await reader.open("a.py");
  await reader.shows("x is", "x is 1");
  await reader.shows("alone", "alone");
  await page.evaluate(() => document.querySelectorAll(".block, .output").forEach((el) => (el.kept = true)));
  await page.evaluate(() => {
    window.touched = new Set();
    const see = (records) => records.forEach((r) => window.touched.add((r.target.closest ?? r.target.parentElement.closest).call(r.target.closest ? r.target : r.target.parentElement, ".block")?.id));
    new MutationObserver(see).observe(document.querySelector(".blocks"), { subtree: true, childList: true, characterData: true });
  });
  host.write("a.py", FILES["a.py"].replace("x = 1", "x = 2"));
  await reader.shows("x is", "x is 2");
  const { blocks, outputs, touched, alone } = await page.evaluate(() => ({
    blocks: [...document.querySelectorAll(".block")].map((el) => el.kept),
    outputs: [...document.querySelectorAll(".output")].map((el) => el.kept),
    touched: [...window.touched],
    alone: [...document.querySelectorAll(".block")].at(-1).id,
  }));
  assert.deepEqual([blocks, outputs], [[true, true, true], [true, true]]);
  assert.ok(!touched.includes(alone), `the block that stood was touched: ${touched}`);
});

const SLOW = `import time
n = 1

print("first", n)
while True:
    try:
        open(__file__ + ".go").close()
        break
    except OSError:
        time.sleep(0.02)
print("last", n)
`;

live("a running block: its time, its output as it comes; what was there stays until then", { "a.py": SLOW, "a.py.go": "" }, async ({ host, page, reader }) => {
  await reader.open("a.py");
  await reader.shows("while True", "first 1\nlast 1");
  const block = reader.block("while True");
  const before = (await block.locator(".outputs").boundingBox()).height;
  rmSync(host.path("a.py.go"));
  host.write("a.py", SLOW.replace("n = 1", "n = 2"));
  await page.locator(".st-running .elapsed", { hasText: /\d (ms|s)/ }).waitFor();
  await reader.shows("while True", "first 2");
  const { height } = await block.locator(".outputs").boundingBox();
  assert.ok(height >= before, `the room for two lines is kept: ${height} < ${before}`);
  assert.match(await page.locator(".summary").innerText(), /of 2/);
  host.write("a.py.go", "");
  await reader.shows("while True", "first 2\nlast 2");
  await page.locator(".chip.good").waitFor();
});

const tall = (n) => Array.from({ length: 60 }, (_, i) => `value_${i} = ${i}\nvalue_${i}`).join("\n\n") + `\n\nlast = ${n}\nlast\n`;

live("the page scrolls to what changed when it is off screen, but not while the reader scrolls", { "a.py": tall(1) }, async ({ host, page, reader }) => {
  await reader.open("a.py");
  await reader.shows("last = 1", "1");
  host.write("a.py", tall(2));
  await reader.shows("last = 2", "2");
  await page.waitForFunction(() => scrollY > 1000);
  await page.mouse.move(600, 400);
  await page.mouse.wheel(0, -100_000);
  await page.waitForFunction(() => scrollY === 0);
  host.write("a.py", tall(3));
  await reader.shows("last = 3", "3");
  assert.ok((await page.evaluate(() => scrollY)) < 200);
}, { context: { reducedMotion: "reduce" } });

live("unpinned, the page goes to the file that changes; pinned, it stays and says so", FILES, async ({ host, page, reader }) => {
  await reader.open("a.py");
  host.write("b.py", "print('b changed')\n");
  await reader.shows("b changed", "b changed");
  assert.match(page.url(), /#\/b\.py$/);
  await page.getByRole("button", { name: "Pin this file" }).click();
  const pin = page.locator(".pin");
  await eventually(() => pin.getAttribute("aria-pressed"), "true");
  assert.equal(await pin.evaluate((el) => getComputedStyle(el).backgroundColor), "rgb(36, 99, 209)");
  assert.match(await pin.getAttribute("title"), /Pinned/);
  host.write("a.py", "print('a changed')\n");
  await page.locator(".banner", { hasText: "a.py changed" }).waitFor();
  assert.match(await page.locator(".here strong").innerText(), /b\.py/);
  host.write("b.py", "print('b again')\n");
  await reader.shows("b again", "b again");
  await page.getByRole("button", { name: "Show it" }).click();
  await reader.shows("a changed", "a changed");
  await page.keyboard.press("p");
  await eventually(() => pin.getAttribute("aria-pressed"), "false");
});

live("the command bar finds files by a few letters, and commands; back and forward", FILES, async ({ page, reader }) => {
  await reader.open("a.py");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("lc");
  await page.locator("[role=option]", { hasText: "lib/c.py" }).waitFor();
  await page.keyboard.press("Enter");
  await reader.shows("3", "3");
  assert.match(page.url(), /#\/lib\/c\.py$/);
  assert.deepEqual(await page.locator(".breadcrumb li").allInnerTexts().then((t) => t.slice(1)), ["lib", "c.py"]);
  await page.goBack();
  await reader.shows("alone", "alone");
  await page.goForward();
  await reader.shows("3", "3");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(">pin");
  await page.keyboard.press("Enter");
  await eventually(() => page.locator(".pin").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Control+k");
  const first = page.locator("[role=option]").first();
  await first.waitFor();
  assert.match(await first.innerText(), /lib\/c\.py\s+Recent|a\.py\s+Recent/);
  await page.keyboard.press("Escape");
  await eventually(() => page.locator("dialog").count(), 0);
});

live("the tree follows files that come and go, and works by keys", FILES, async ({ host, page, reader }) => {
  await reader.open("a.py");
  await page.keyboard.press("t");
  const items = () => page.locator("[role=treeitem]").allInnerTexts();
  await eventually(items, ["a.py", "b.py", "lib"]);
  await page.keyboard.press("p"); // stay here
  host.write("new.py", "1\n");
  await eventually(items, ["a.py", "b.py", "lib", "new.py"]);
  rmSync(host.path("b.py"));
  await eventually(items, ["a.py", "lib", "new.py"]);
  await page.getByRole("treeitem", { name: "a.py" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await eventually(items, ["a.py", "lib", "c.py", "new.py"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await reader.shows("3", "3");
});

live("an address leads to a block", { "a.py": tall(1) }, async ({ page, reader }) => {
  await reader.open("a.py:100");
  await page.waitForFunction(() => scrollY > 1000);
  const selected = page.locator(".block.selected .code");
  assert.match(await selected.innerText(), /value_33 = 33/);
  await eventually(async () => {
    const { y } = await selected.boundingBox();
    return y > 40 && y < 200;
  }, true);
});

live("why a block ran, what it reads from, and the map", FILES, async ({ host, page, reader }) => {
  await reader.open("a.py");
  await reader.shows("x is", "x is 1");
  await reader.block("x is").locator(".sign").click();
  const why = page.locator(".why");
  await eventually(async () => /Reads from\s+1 x\s/.test(await why.innerText()), true);
  assert.equal(await page.locator(".block.upstream .code").innerText(), "x = 1");
  assert.equal(await page.locator(".arc.upstream").count(), 1);
  assert.deepEqual(await page.locator(".map-name").allInnerTexts(), ["x", "print('x is', x)", "print('alone')"]);
  host.write("a.py", FILES["a.py"].replace("x = 1", "x = 7"));
  await reader.shows("x is", "x is 7");
  await eventually(async () => /It ran because what it reads from line 1 changed/.test(await why.innerText()), true);
  await page.locator(".map-row").first().click();
  await eventually(async () => /It ran because its code changed/.test(await why.innerText()), true);
});

live("what the reader prefers is remembered", FILES, async ({ page, reader }) => {
  await reader.open("a.py");
  await page.keyboard.press("1"); // code: hidden
  await eventually(() => page.locator(".code").count(), 0);
  await page.keyboard.press("d");
  await page.keyboard.press("d");
  await eventually(() => page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.reload();
  await page.locator(".output").first().waitFor();
  assert.equal(await page.locator(".code").count(), 0);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".topbar").isVisible(), false);
});

live("a file that is missing, empty, or does not compile: each says so, and recovers", FILES, async ({ host, page, reader }) => {
  await page.goto(`${host.url}#/gone.py`);
  await page.locator(".empty h1", { hasText: "gone.py cannot be shown" }).waitFor();
  host.write("gone.py", "print('here')\n");
  await reader.shows("here", "here");
  host.write("gone.py", "");
  await page.locator(".empty h1", { hasText: "This file is empty" }).waitFor();
  host.write("gone.py", "y = = 1\n");
  await page.locator(".st-syntaxError .error-head", { hasText: "SyntaxError" }).waitFor();
  host.write("gone.py", "y = 1\ny\n");
  await reader.shows("y = 1", "1");
  assert.equal(await page.locator(".error").count(), 0);
});

live("the server goes: the page says so and keeps what it shows", FILES, async ({ host, page, reader }) => {
  await reader.open("a.py");
  await reader.shows("x is", "x is 1");
  host.process.kill("SIGTERM");
  await page.locator(".banner.warn", { hasText: "The server is gone" }).waitFor();
  await page.getByText(/Next attempt in \d+ s|Trying now/).waitFor();
  await reader.shows("x is", "x is 1");
});

const CHARTS = `class Shown:
    def __init__(self, **data):
        self.data = data
    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.data
Shown(**{"application/vnd.vegalite.v6+json": {"data": {"values": [{"a": 1, "b": 2}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}}}})

Shown(**{"application/vnd.plotly.v1+json": {"data": [{"type": "bar", "x": [1, 2], "y": [3, 4]}], "layout": {}}})

# Mathematics: $x^2$
`;

live("parts come from the server when they are needed, and keep to its policy", { "a.py": "1\n", "charts.py": CHARTS }, async ({ host, page, reader }) => {
  const asked = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname.split("/").pop()));
  page.on("console", (m) => /Content.Security/.test(m.text()) && page.problems.push(m.text()));
  await reader.open("a.py");
  await reader.shows("1", "1");
  const parts = () => asked.filter((name) => /^(math|vega|plotly)\.js$/.test(name)).sort();
  assert.deepEqual(parts(), []);
  await page.goto(`${host.url}#/charts.py`);
  await page.locator(".chart.vega-lite svg").waitFor();
  await page.locator(".chart.plotly .main-svg").first().waitFor();
  await page.locator(".katex").first().waitFor();
  assert.deepEqual(parts(), ["math.js", "plotly.js", "vega.js"]);
});
