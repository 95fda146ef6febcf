// SPDX-License-Identifier: Apache-2.0
// preview_editor.test.mjs - the page beside an editor: each shows where the other is.
import assert from "node:assert/strict";
import { eventually, newPage } from "./lib/browser.mjs";
import { e2e } from "./lib/e2e.mjs";

const EDITOR = { capabilities: { window: { showDocument: { support: true } } }, answers: { "window/showDocument": () => ({ success: true }) } };
const TEXT = "x = 1\n\ndef f():\n    return 1 / 0\n\nf()\n";

async function beside(client, body) {
  const file = await client.live("a.py", TEXT);
  const page = await newPage();
  try {
    await page.goto(await file.command("openPreview"));
    await page.locator(".error").waitFor();
    await body(file, page);
    assert.deepEqual(page.problems, []);
  } finally {
    await page.context().close();
  }
}

const shownLine = (client, from) => client.message("window/showDocument", () => true, from).then((m) => m.selection.start.line);

e2e("a click on code, a line number or a frame shows that line in the editor", EDITOR, async (client) => {
  await beside(client, async (file, page) => {
    const code = page.locator(".code", { hasText: "def f" });
    const { height } = await code.boundingBox();
    for (const [act, line] of [
      [() => code.click({ position: { x: 60, y: height - 14 } }), 3],
      [() => page.locator(".frame").last().click(), 3],
      [() => page.locator(".frame").first().click(), 5],
      [() => page.keyboard.press("Enter"), 5],
    ]) {
      const from = client.received.length;
      await act();
      assert.equal(await shownLine(client, from), line);
    }
  });
});

e2e("the block with the editor's cursor is marked; an edit appears as it is typed", EDITOR, async (client) => {
  await beside(client, async (file, page) => {
    client.notify("relight/cursor", { textDocument: { uri: file.uri }, position: { line: 3, character: 2 } });
    await eventually(() => page.locator(".block.cursor").allInnerTexts().then((t) => t.map((s) => /def f/.test(s))), [true]);
    await file.change("1 / 0", "1 / 2");
    await eventually(() => page.locator(".output").allTextContents(), ["0.5"]);
    client.notify("relight/cursor", { textDocument: { uri: file.uri }, position: { line: 0, character: 0 } });
    await eventually(() => page.locator(".block.cursor .code").allInnerTexts(), ["x = 1"]);
  });
});

e2e("relight.pin keeps pages on the file, and lets them go again", EDITOR, async (client) => {
  await beside(client, async (file, page) => {
    const pressed = () => page.locator("button.pin").getAttribute("aria-pressed");
    await file.command("pin");
    await eventually(pressed, "true");
    await file.command("pin");
    await eventually(pressed, "false");
  });
});

e2e("relight.pin says when there is no page", EDITOR, async (client) => {
  const file = await client.live("a.py", "x = 1\n");
  await assert.rejects(file.command("pin"), /no preview is open/);
});
