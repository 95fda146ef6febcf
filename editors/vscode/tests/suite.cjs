// SPDX-License-Identifier: Apache-2.0
// suite.cjs - what the extension does, seen through the editor's own interface.  Runs in the
// extension host; the report goes to the file that RELIGHT_SUITE_REPORT names.
"use strict";
const assert = require("node:assert/strict");
const { existsSync, readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const vscode = require("vscode");

const PATIENCE_MS = 20_000;
const cases = {};
let api;

// Look again whenever something may have changed.
async function until(what, probe) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never: ${typeof what === "function" ? what() : what}`);
    await new Promise((done) => setTimeout(done, 15));
  }
}

let files = 0;

// By the command, as a user does: openTextDocument() would hold files open long after their tabs.
async function open(text, folder = vscode.workspace.workspaceFolders[0].uri.fsPath) {
  const path = join(folder, `t${++files}.py`);
  writeFileSync(path, text);
  await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(path), { preview: false });
  const editor = await until("the editor", () => {
    const { activeTextEditor } = vscode.window;
    return activeTextEditor?.document.uri.fsPath === path && activeTextEditor;
  });
  return { document: editor.document, editor, uri: editor.document.uri };
}

const command = (name, ...args) => vscode.commands.executeCommand(`relight.${name}`, ...args);
const textAt = (uri, line) => api.results(uri).find((result) => result.line === line)?.text;
const shows = (uri, line, text) =>
  until(() => `line ${line} shows '${text}'; ${JSON.stringify(api.results(uri))}`, () => textAt(uri, line) === text);
// Refused when the editor is behind the document by then.
const edit = (editor, a, b, c, d, text) =>
  until("the edit", () => editor.edit((builder) => builder.replace(new vscode.Range(a, b, c, d), text)));
const diagnostics = (uri) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "relight");

async function live(text, folder) {
  const opened = await open(text, folder);
  await command("goLive");
  await until("live", () => api.isLive(opened.uri));
  return opened;
}

cases["nothing runs before going live"] = async () => {
  const { uri } = await open("open('ran', 'w')\n\n1 + 1");
  const lenses = await until("the lens", async () => {
    const found = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", uri);
    return found.length > 0 && found;
  });
  assert.equal(lenses[0].command.command, "relight.goLive");
  assert.equal(api.isLive(uri), false);
  assert.equal(existsSync(join(vscode.workspace.workspaceFolders[0].uri.fsPath, "ran")), false);
};

cases["results stand after their blocks"] = async () => {
  const { uri } = await live("x = 2\n\nx + 40\n\nprint('hello')\n");
  await shows(uri, 2, "→ 42");
  await shows(uri, 4, "→ hello");
};

cases["an edit changes what rests on it, and nothing else"] = async () => {
  const { uri, editor } = await live("x = 2\n\nx + 40\n\nimport time; time.time_ns()\n");
  await shows(uri, 2, "→ 42");
  const before = await until("a time", () => textAt(uri, 4));
  await edit(editor, 0, 4, 0, 5, "3");
  await shows(uri, 2, "→ 43");
  assert.equal(textAt(uri, 4), before);
};

cases["results move with the text before the server has heard of it"] = async () => {
  const { uri, editor } = await live("x = 2\n\nx + 40\n");
  await shows(uri, 2, "→ 42");
  await edit(editor, 0, 0, 0, 0, "# a remark\n\n");
  assert.equal(textAt(uri, 4), "→ 42");
  await edit(editor, 4, 6, 4, 6, "\n");
  assert.equal(textAt(uri, 4), "→ 42");
  await edit(editor, 4, 0, 5, 0, "(x\n  + 41)");
  await shows(uri, 5, "→ 43");
};

cases["several lines are told by the first"] = async () => {
  const { uri } = await live("for i in range(5): print('line', i)\n");
  await shows(uri, 0, "→ line 0 … +4 lines");
};

cases["an error is shown, diagnosed, and goes away"] = async () => {
  const { uri, editor } = await live("x = 0\n\ny = 1 / x\n\ny\n");
  await shows(uri, 2, "✗ ZeroDivisionError: division by zero");
  await shows(uri, 4, "⊘ blocked by line 3");
  const [first] = await until("diagnostics", () => diagnostics(uri).length >= 2 && diagnostics(uri));
  assert.match(first.message, /division by zero/);
  await edit(editor, 0, 4, 0, 5, "4");
  await shows(uri, 4, "→ 0.25");
  await until("no diagnostics", () => diagnostics(uri).length === 0);
};

cases["a half written line keeps the other results"] = async () => {
  const { uri, editor } = await live("x = 2\n\nx + 40\n\n'other'\n");
  await shows(uri, 2, "→ 42");
  await shows(uri, 4, "→ 'other'");
  await edit(editor, 2, 6, 2, 6, " + (");
  await until("a diagnostic", () => diagnostics(uri).length === 1);
  assert.equal(textAt(uri, 4), "→ 'other'");
  await edit(editor, 2, 9, 2, 10, "1");
  assert.equal(editor.document.lineAt(2).text, "x + 40 + 1");
  await shows(uri, 2, "→ 43");
};

cases["the hover has the whole result, and values of names"] = async () => {
  const { uri } = await live("text = 'a b'\n\nfor i in range(3): print('line', i)\n\nfrom IPython.display import display\n".replace(/\nfrom.*\n/, ""));
  await shows(uri, 2, "→ line 0 … +2 lines");
  const hover = async (line, character) =>
    (await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, new vscode.Position(line, character)))
      .flatMap(({ contents }) => contents.map((content) => content.value)).join("\n");
  const whole = await hover(2, 35);
  assert.match(whole, /line 0\nline 1\nline 2/);
  assert.match(whole, /command:relight\.runBlock/);
  assert.match(await hover(0, 2), /'a b'/);
};

cases["what the code made cannot run commands"] = async () => {
  const { uri } = await live("class M:\n    def _repr_markdown_(self): return '[x](command:workbench.action.quit)'\nM()\n");
  await until("a result", () => textAt(uri, 2));
  const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, new vscode.Position(2, 3));
  const contents = hovers.flatMap((hover) => hover.contents);
  const theirs = contents.find(({ value }) => value.includes("workbench.action.quit"));
  assert.ok(theirs, JSON.stringify(contents));
  assert.ok(!theirs.isTrusted);
};

cases["lenses tell states, and are not doubled by inlay hints"] = async () => {
  const { uri } = await live("x = 2\n\nx + 40\n");
  await shows(uri, 2, "→ 42");
  const lenses = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", uri);
  assert.deepEqual(lenses.map(({ command }) => command.command), ["relight.runBlock", "relight.runBlock"]);
  const range = new vscode.Range(0, 0, 3, 0);
  assert.deepEqual(await vscode.commands.executeCommand("vscode.executeInlayHintProvider", uri, range), []);
  const settings = vscode.workspace.getConfiguration("relight");
  await settings.update("inlineResults.enabled", false, vscode.ConfigurationTarget.Global);
  try {
    const hints = await vscode.commands.executeCommand("vscode.executeInlayHintProvider", uri, range);
    assert.equal(hints.length, 1);
  } finally {
    await settings.update("inlineResults.enabled", undefined, vscode.ConfigurationTarget.Global);
  }
  await settings.update("codeLens", "off", vscode.ConfigurationTarget.Global);
  try {
    assert.deepEqual(await vscode.commands.executeCommand("vscode.executeCodeLensProvider", uri), []);
  } finally {
    await settings.update("codeLens", undefined, vscode.ConfigurationTarget.Global);
  }
};

cases["commands: run a block, run all, explain"] = async () => {
  const { uri, editor } = await live("import time; time.time_ns()\n\nimport time; time.time_ns()\n");
  const time = async (line) => await until("a time", () => textAt(uri, line));
  const [first, second] = [await time(0), await time(2)];
  editor.selection = new vscode.Selection(0, 1, 0, 1);
  await command("runBlock");
  await until("another time", () => textAt(uri, 0) !== first);
  assert.equal(textAt(uri, 2), second);
  await command("runAll");
  await until("all other times", () => textAt(uri, 2) !== second);
  await command("explain");
  await until("the explanation", () => vscode.workspace.textDocuments.some((d) => d.languageId === "markdown"));
};

cases["output comes while the block runs, and interrupt ends it"] = async () => {
  const { uri } = await live("import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.01)\n");
  await shows(uri, 2, "→ begun");
  assert.equal(api.results(uri)[0].status, "running");
  await command("interrupt");
  await shows(uri, 2, "✗ KeyboardInterrupt");
};

cases["a held block waits for the save"] = async () => {
  const { uri, document, editor } = await live("text = 'a'\n");
  await edit(editor, 0, 10, 0, 10, "\n\nopen('out.txt', 'w').write(text)");
  await until("held", () => textAt(uri, 2)?.startsWith("⏸ held: writes"));
  await document.save();
  await shows(uri, 2, "→ 1");
};

cases["settings reach the server, and only those that are set"] = async () => {
  const settings = vscode.workspace.getConfiguration("relight");
  await settings.update("trigger", "manual", vscode.ConfigurationTarget.Workspace);
  try {
    const { uri, editor } = await live("1 + 1\n");
    await shows(uri, 0, "→ 2");
    await edit(editor, 0, 4, 0, 5, "2");
    await until("old", () => api.results(uri)[0].status === "stale");
    assert.equal(textAt(uri, 0), "→ 2");
    await command("run");
    await shows(uri, 0, "→ 3");
  } finally {
    await settings.update("trigger", undefined, vscode.ConfigurationTarget.Workspace);
  }
};

cases["a file from outside of the workspace has a server of its own"] = async () => {
  const { uri } = await live("6 * 7\n", process.env.RELIGHT_SUITE_OUTSIDE);
  await shows(uri, 0, "→ 42");
};

// The server's processes, by the tag that the test gave to all it starts.
function servers() {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
      return words[1] === "--stdio" && readFileSync(`/proc/${pid}/environ`, "latin1").includes(process.env.RELIGHT_TEST);
    } catch {
      return false;
    }
  });
}

cases["a server that is killed is started again, with what was live"] = async () => {
  const { uri, editor } = await live("x = 1\n\nx + 1\n");
  await shows(uri, 2, "→ 2");
  for (const pid of servers()) process.kill(Number(pid), "SIGKILL");
  await until("forgotten", () => !api.isLive(uri));
  await until("live again", () => api.isLive(uri));
  await shows(uri, 2, "→ 2");
  await edit(editor, 0, 4, 0, 5, "5");
  await shows(uri, 2, "→ 6");
};

cases["restarting the server by hand keeps what is live"] = async () => {
  const { uri } = await live("3 * 3\n");
  await shows(uri, 0, "→ 9");
  await command("restartServer");
  await until("live", () => api.isLive(uri));
  await shows(uri, 0, "→ 9");
};

exports.run = async function run() {
  const report = {};
  const extension = vscode.extensions.getExtension("relight.relight");
  try {
    await open("# first\n");
    await until("activation", () => extension.isActive);
    api = extension.exports;
    for (const [name, body] of Object.entries(cases)) {
      if (!name.includes(process.env.RELIGHT_TEST_CASE ?? "")) continue;
      try {
        await body();
        report[name] = "ok";
      } catch (error) {
        report[name] = error.stack ?? String(error);
      }
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    }
  } catch (error) {
    report["activation"] = error.stack;
  }
  writeFileSync(process.env.RELIGHT_SUITE_REPORT, JSON.stringify(report));
};
