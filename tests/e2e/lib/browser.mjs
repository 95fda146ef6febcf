// SPDX-License-Identifier: Apache-2.0
// browser.mjs - pages in a real Chromium; a page that has an error of its own fails its test.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test from "node:test";
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";
import { Host } from "./page.mjs";
import { PATIENCE_MS, Scratch } from "./process.mjs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
const ARGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

let browser;

export async function newPage(options = {}) {
  browser ??= await chromium.launch({ executablePath, args: ARGS });
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(error.message));
  return page;
}

// Wait until what is read is what is expected; the page repaints once a frame.
export async function eventually(read, expected) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (isDeepStrictEqual(found, expected)) return;
    if (Date.now() > end) assert.deepEqual(found, expected);
    await new Promise((done) => setTimeout(done, 10));
  }
}

test.after(() => browser?.close());

// browserTest("what holds", async ({ scratch, page, open }) => ...)
export function browserTest(name, ...rest) {
  const body = rest.pop();
  test(name, { timeout: 120_000 }, async () => {
    const scratch = new Scratch();
    const page = await newPage(rest[0]);
    let failed = true;
    try {
      await body({ scratch, page });
      if (page.problems.length) throw new Error(`errors in the page: ${page.problems.join("; ")}`);
      failed = false;
    } finally {
      await page.context().close();
      await scratch.finish().catch((error) => {
        if (!failed) throw error;
      });
    }
  });
}

// What a block shows, found by a line of its code.
export class Reader {
  constructor(host, page) {
    this.host = host;
    this.page = page;
  }

  async open(path, base = this.host.url) {
    await this.page.goto(`${base}#/${path}`);
    await this.page.locator("main[data-loaded=true] .block, main[data-loaded=true] .empty").first().waitFor();
  }

  block(code) {
    return this.page.locator(".block", { has: this.page.locator(".code", { hasText: code }) });
  }

  // Wait until the block's results read so.
  shows(code, text) {
    return eventually(async () => (await this.block(code).locator(".output").allTextContents()).join("|").trim(), text);
  }
}

// live("what holds", { "a.py": text }, async ({ host, page, reader }) => ...): `relight serve` and a page.
export function live(name, files, body, options = {}) {
  test(name, { timeout: 120_000 }, async () => {
    const host = await Host.start(files, options);
    const page = await newPage(options.context);
    let failed = true;
    try {
      await body({ host, page, reader: new Reader(host, page) });
      if (page.problems.length) throw new Error(`errors in the page: ${page.problems.join("; ")}`);
      failed = false;
    } finally {
      await page.context().close();
      await host.stop().catch((error) => {
        if (!failed) throw error;
      });
    }
  });
}
