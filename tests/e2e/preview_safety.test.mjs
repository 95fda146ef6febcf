// SPDX-License-Identifier: Apache-2.0
// preview_safety.test.mjs - what a block shows is foreign: it reaches neither the page, nor its token,
// nor its socket.  And the page itself: who may use it, what it costs, how it comes back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { Reader, eventually, live } from "./lib/browser.mjs";

import { PATIENCE_MS } from "./lib/process.mjs";

const bundle = (types) => `class Shown:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return ${JSON.stringify(types)}
Shown()
`;

// Says in the frame all that it can find out and do.
const PROBE = `<p id="says">…</p><form action="/x"><input name="a"></form><a href="javascript:parent.bad=1">x</a><img src="x" onerror="try { parent.bad = 1 } catch {}">
<script>
(async () => {
  const tries = {
    parent: () => parent.document.title,
    top: () => top.location.href,
    storage: () => localStorage.getItem("relight"),
    cookie: () => document.cookie,
    tree: async () => (await fetch("/api/tree")).status,
    socket: () => new Promise((done, fail) => { const s = new WebSocket("ws://" + location.host + "/ws"); s.onopen = () => done("open"); s.onerror = () => fail(new Error("refused")); }),
  };
  const said = { address: location.href, base: document.baseURI, referrer: document.referrer, origin: self.origin };
  for (const [name, attempt] of Object.entries(tries)) said[name] = await Promise.resolve().then(attempt).catch((e) => "refused");
  document.getElementById("says").textContent = JSON.stringify(said);
})();
</script>`;

live("the script of a result reaches neither page nor token nor socket", { "a.py": bundle({ "text/html": PROBE }) }, async ({ host, page, reader }) => {
  await reader.open("a.py");
  const says = page.frameLocator(".frame-output").locator("#says");
  await eventually(async () => (await says.textContent()).startsWith("{"), true);
  const said = JSON.parse(await says.textContent());
  const token = new URL(host.url).pathname.split("/")[1];
  assert.ok(token.length >= 32 && !JSON.stringify(said).includes(token), JSON.stringify(said));
  assert.equal(said.origin, "null");
  for (const name of ["parent", "top", "storage", "cookie", "tree", "socket"]) assert.equal(said[name], "refused", name);
  assert.equal(await page.evaluate(() => window.bad), undefined);
});

const HOSTILE = '<img src=x onerror="window.bad=1"><script>window.bad=1</script><a href="javascript:window.bad=1">click</a><form action="/x"><button>b</button></form><style>body{display:none}</style><iframe src="javascript:parent.bad=1"></iframe><p style="position:fixed;inset:0">over</p>';

live("hostile prose, Markdown, tables and SVG become part of the page only when they are harmless", {
  "a.py": `# ${HOSTILE}\n\n${bundle({ "text/markdown": HOSTILE })}\n${bundle({ "text/html": `<table class="dataframe" onmouseover="window.bad=1"><tr><td>${HOSTILE.replace(/<script.*?<\/script>/, "")}</td></tr></table>` })}\n${bundle({ "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg" onload="window.bad=1"><a href="javascript:window.bad=1"><text y="20">t</text></a><foreignObject><iframe src="javascript:parent.bad=1"/></foreignObject><use href="http://example.invalid/x.svg#a"/></svg>` })}\n`,
}, async ({ page, reader }) => {
  await reader.open("a.py");
  await eventually(() => page.locator(".output").count(), 3);
  for (const link of await page.locator(".blocks a", { hasText: "click" }).all()) await link.click();
  await page.locator(".dataframe-box td").hover();
  const left = await page.evaluate(() => {
    const roots = [document.querySelector(".blocks"), document.querySelector(".svg").shadowRoot];
    const bad = "script, form, button:not([class]), iframe:not(.frame-output), .prose style, foreignObject, [onerror], [onload], [onmouseover], [href^=javascript], use[href^=http], [style*=fixed]";
    return roots.flatMap((root) => [...root.querySelectorAll(bad)].map((el) => el.outerHTML));
  });
  assert.deepEqual(left, []);
  assert.equal(await page.evaluate(() => window.bad), undefined);
  assert.ok(await page.locator(".topbar").isVisible());
});

// A way to the server that can be cut.
async function proxyTo(url) {
  const sockets = new Set();
  let cut = false;
  const server = createServer((client) => {
    if (cut) return client.destroy();
    const upstream = connect(Number(new URL(url).port), "127.0.0.1");
    for (const s of [client, upstream]) sockets.add(s.on("error", () => {}).on("close", () => (client.destroy(), upstream.destroy())));
    client.pipe(upstream).pipe(client);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const own = new URL(url);
  own.port = server.address().port;
  const drop = () => sockets.forEach((s) => s.destroy());
  return { url: own.href, cut: () => ((cut = true), drop()), mend: () => (cut = false), close: () => (drop(), server.close()) };
}

live("a connection that breaks is made again, and what changed meanwhile is shown", { "a.py": "x = 1\n\nprint('x is', x)\n" }, async ({ host, page }) => {
  const proxy = await proxyTo(host.url);
  const reader = new Reader({ ...host, url: proxy.url }, page);
  await reader.open("a.py");
  await reader.shows("x is", "x is 1");
  proxy.cut();
  await page.locator(".banner.warn", { hasText: "The server is gone" }).waitFor();
  host.write("a.py", "x = 2\n\nprint('x is', x)\n");
  proxy.mend();
  await page.getByRole("button", { name: "Try now" }).click({ timeout: 2000 }).catch(() => {}); // or it was quicker
  await reader.shows("x is", "x is 2");
  await eventually(() => page.locator(".banner").count(), 0);
  proxy.close();
});

const many = Array.from({ length: 2000 }, (_, i) => `v${i} = ${i}\nv${i}`).join("\n\n");

live("2,000 blocks: an edit is shown, and only what is near the screen is painted", { "a.py": `${many}\n` }, async ({ host, page, reader }) => {
  await reader.open("a.py");
  await page.locator(".chip.good").waitFor({ timeout: 3 * PATIENCE_MS });
  assert.equal(await page.locator(".block").count(), 2000);
  host.write("a.py", many.replace("v3 = 3\n", "v3 = 'three'\n"));
  await reader.shows("v3 = 'three'", "'three'");
  // Only what is near the screen is laid out and painted, wherever the reader is.
  for (const y of [0, 40_000]) {
    await page.evaluate((to) => scrollTo(0, to), y);
    const painted = () => page.evaluate(() => [...document.querySelectorAll(".body")].filter((el) => el.checkVisibility({ contentVisibilityAuto: true })).length);
    await eventually(async () => {
      const count = await painted();
      return count > 0 && count < 200;
    }, true);
  }
});

live("8 MiB of output come in pieces, on demand", { "a.py": "print('\\n'.join(str(i) + ' ' + 'x' * 90 for i in range(9900)) + 'y' * 7_000_000)\n" }, async ({ page, reader }) => {
  await reader.open("a.py");
  await page.getByRole("button", { name: /Show more \(\d\.\d MB left\)/ }).waitFor();
  const inPage = () => page.evaluate(() => document.body.textContent.length);
  assert.ok((await inPage()) < 200_000);
  await page.locator(".more").click();
  await eventually(async () => (await inPage()) > 400_000, true);
  assert.ok((await inPage()) < 1_200_000);
});

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { rules: { "page-has-heading-one": { enabled: false } } }));
  return found.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")}`);
}

for (const colorScheme of ["light", "dark"])
  live(`accessible as far as axe can tell, ${colorScheme}`, { "a.py": "# # Title\n#\n# A table:\n#\n# | a |\n# |---|\n# | 1 |\n\nx = 1 / 0\n\nprint('out')\n\nx\n\ny = = 1\n" }, async ({ page, reader }) => {
    await reader.open("a.py");
    await eventually(() => page.locator(".error").count(), 2);
    assert.deepEqual(await violations(page), []);
    for (const key of ["w", "t", "j", "j"]) await page.keyboard.press(key);
    await page.locator(".why").waitFor();
    await page.locator("[role=treeitem]").first().waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("o");
    await page.locator(".menu").waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.locator("[role=option]").first().waitFor();
    assert.deepEqual(await violations(page), []);
  }, { context: { colorScheme, reducedMotion: "reduce" } });

