// SPDX-License-Identifier: Apache-2.0
// preview_static.test.mjs - `relight run FILE --html OUT`: the page in a real browser, from disk.
import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browserTest, eventually } from "./lib/browser.mjs";
import { command } from "./lib/process.mjs";

const show = (bundle) => `
class Shown:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return ${bundle}
Shown()
`;

// Run the text and open the page; nothing but the file may be loaded.
async function openPage({ scratch, page }, text, { code = 0 } = {}) {
  const file = join(scratch.folder, "a.py");
  const out = join(scratch.folder, "a.html");
  writeFileSync(file, text);
  const run = await command(["run", file, "--html", out]);
  assert.equal(run.code, code, run.stderr);
  page.on("request", (r) => {
    if (!/^(file|data|blob|about):/.test(r.url())) page.problems.push(`it asked for ${r.url()}`);
  });
  await page.goto(`file://${out}`);
  await page.locator("main[data-loaded=true]").waitFor();
  return out;
}

browserTest("prose, code and results, in one file that asks for nothing", async (t) => {
  const text = `# # Title
#
# Text with \`code\`, $e^x$ and a note[^1].
#
# | a | b |
# |---|--:|
# | 1 | 2 |
#
# - [x] done
#
# \`\`\`json
# {"a": 1}
# \`\`\`
#
# [^1]: Below.

x = 6 * 7
print("\\x1b[31mred\\x1b[0m <b>")
x
`;
  await openPage(t, text);
  const { page } = t;
  assert.equal(await page.title(), "a.py");
  assert.equal(await page.locator("h1").textContent(), "Title");
  assert.equal(await page.locator(".katex").count() > 0, true);
  assert.equal(await page.locator("td[style*=right], td[align=right]").textContent(), "2");
  assert.equal(await page.locator("input[type=checkbox][disabled]").count(), 1);
  assert.equal(await page.locator(".footnotes li").count(), 1);
  assert.equal(await page.locator("pre .hljs-attr").first().textContent(), '"a"');
  assert.equal(await page.locator(".code .hljs-built_in").textContent(), "print");
  assert.equal(await page.locator(".ansi-red-fg").textContent(), "red");
  assert.match(await page.locator(".output.out-stream").textContent(), /red <b>/);
  assert.equal(await page.locator(".output.out-execute_result").innerText(), "42");
});

browserTest("parts that a document does not need are not in its page", async (t) => {
  const small = await openPage(t, "1 + 1\n");
  assert.ok(statSync(small).size < 500_000, `${statSync(small).size} bytes`);
});

browserTest("text that would end the script element is text", async (t) => {
  await openPage(t, 'print("</script><script>window.bad = 1</script><!--")\n');
  assert.equal(await t.page.evaluate(() => window.bad), undefined);
  assert.match(await t.page.locator(".output").textContent(), /<\/script><script>/);
});

browserTest("errors: frames, blocked blocks, text that does not compile", async (t) => {
  await openPage(t, "def f():\n    return 1 / 0\n\ny = f()\n\ny + 1\n\nz = = 1\n", { code: 1 });
  const { page } = t;
  assert.match(await page.locator(".error-head").first().textContent(), /ZeroDivisionError.*division by zero/);
  assert.deepEqual(await page.locator(".st-error .frame-where").allTextContents(), ["a.py:4", "a.py:2"]);
  assert.match(await page.locator(".st-blocked .note").innerText(), /line 4/);
  assert.equal(await page.locator(".st-syntaxError .error-head strong").textContent(), "SyntaxError");
  assert.equal(await page.locator(".chip.bad").innerText(), "2 errors, 1 blocked");
  assert.match(await page.title(), /^✗ /);
});

browserTest("JSON, LaTeX, Markdown and SVG", async (t) => {
  const svg = `'<svg xmlns=\\"http://www.w3.org/2000/svg\\" width=\\"9\\" height=\\"9\\"><rect width=\\"9\\" height=\\"9\\"/><script>parent.bad=1</script></svg>'`;
  const bundles = [`{"application/json": {"a": [1, {"b": None}]}}`, `{"text/latex": "$x^2$"}`, `{"text/markdown": "**m**"}`, `{"image/svg+xml": ${svg}}`];
  await openPage(t, bundles.map(show).join("\n"));
  const { page } = t;
  await page.locator(".json summary").nth(1).click();
  await eventually(() => page.locator(".json").innerText().then((text) => /a:[\s\S]*0\s+1/.test(text)), true);
  assert.equal(await page.locator(".latex .katex").count(), 1);
  assert.equal(await page.locator(".output .prose strong").textContent(), "m");
  assert.deepEqual(await page.locator(".svg").evaluate((el) => [el.shadowRoot.querySelectorAll("rect").length, el.shadowRoot.querySelectorAll("script").length]), [1, 0]);
});

browserTest("Vega-Lite and Plotly are drawn", async (t) => {
  const vega = `{"application/vnd.vegalite.v6+json": {"data": {"values": [{"a": 1, "b": 2}]}, "mark": "point", "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "quantitative"}}}}`;
  const plotly = `{"application/vnd.plotly.v1+json": {"data": [{"type": "bar", "x": [1, 2], "y": [3, 4]}], "layout": {}}}`;
  await openPage(t, [vega, plotly].map(show).join("\n"));
  await t.page.locator(".chart.vega-lite svg").waitFor();
  await t.page.locator(".chart.plotly .main-svg").first().waitFor();
});

browserTest("a table scrolls under its head", async (t) => {
  const table = `{"text/html": "<table class='dataframe' onclick='window.bad=1'>".replace("'", '"') + "<thead><tr><th>n</th></tr></thead><tbody>" + "".join(f"<tr><td>{i}</td></tr>" for i in range(200)) + "</tbody></table>"}`;
  await openPage(t, show(table));
  const box = t.page.locator(".dataframe-box");
  assert.equal(await box.locator("table[onclick]").count(), 0);
  const { top, head } = await box.evaluate(async (el) => {
    el.scrollTop = 1000;
    await new Promise(requestAnimationFrame);
    return { top: el.getBoundingClientRect().top, head: el.querySelector("thead th").getBoundingClientRect().top };
  });
  assert.ok(Math.abs(head - top) < 3, `${head} is not at ${top}`);
});

browserTest("HTML lives in a frame as high as what it shows, and reaches nothing", async (t) => {
  const html = `{"text/html": "<form action='x'><div style='height:333px'>tall</div></form><script>try { parent.bad = parent.document.title } catch (e) { document.body.append('refused') } </script><a href='javascript:parent.bad=1'>x</a>"}`;
  await openPage(t, show(html));
  const { page } = t;
  const frame = page.frameLocator(".frame-output");
  await frame.getByText("refused").waitFor();
  await page.waitForFunction(() => document.querySelector(".frame-output").offsetHeight > 333);
  assert.equal(await page.evaluate(() => window.bad), undefined);
  assert.equal(await page.locator(".frame-output").getAttribute("sandbox"), "allow-scripts allow-popups");
});

browserTest("pragmas hide, and the reader's choice overrides them both ways", async (t) => {
  await openPage(t, "# | hide-all-code\n\nprint('one')\n\n# | show-code\nprint('two')\n\n# | hide-visuals\nprint('three')\n");
  const { page } = t;
  const codes = () => page.locator(".code").count();
  assert.equal(await codes(), 1);
  assert.equal(await page.locator(".output").count(), 2);
  await page.keyboard.press("o");
  await page.locator(".menu").getByText("Show", { exact: true }).first().click();
  await eventually(codes, 3);
  await page.locator(".menu").getByText("Hide", { exact: true }).first().click();
  await eventually(codes, 0);
  await page.locator(".menu").getByText("Show", { exact: true }).nth(2).click();
  await eventually(() => page.locator(".output").count(), 3);
});

browserTest("a large output is cut, more comes on demand, and the page stays quick", async (t) => {
  await openPage(t, "print('\\n'.join('line %06d ' % i + 'x' * 800 for i in range(9000)))\n");
  const { page } = t;
  assert.ok((await page.locator(".text").textContent()).length < 100_000);
  const more = page.getByRole("button", { name: /Show more \(\d\.\d MB left\)/ });
  await more.click();
  assert.ok((await page.locator(".text").textContent()).length > 300_000);
});

browserTest("an empty file says so; why and the map work without a server", async (t) => {
  await openPage(t, "");
  assert.equal(await t.page.locator(".empty h1").textContent(), "This file is empty");
  await openPage(t, "x = 1\n\ny = x + 1\n\ny\n");
  const { page } = t;
  await page.keyboard.press("w");
  await page.locator(".map-row").nth(1).click();
  assert.equal(await page.locator(".map-row.upstream .map-name").textContent(), "x");
  assert.equal(await page.locator(".arc.downstream").count(), 1);
  assert.match(await page.locator(".why").innerText(), /Provides\s+y/);
});
