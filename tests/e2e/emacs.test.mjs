// SPDX-License-Identifier: Apache-2.0
// emacs.test.mjs - the Emacs package in the real editor, one Emacs for each test of its suite.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { RELIGHT, REPOSITORY, Scratch, ended } from "./lib/process.mjs";

const SUITE = join(REPOSITORY, "editors/emacs/tests/relight-tests.el");
const TESTS = [...readFileSync(SUITE, "utf8").matchAll(/^\(ert-deftest (\S+) \(\)\n {2}"(.*)"/gm)];
const missing = spawnSync("emacs", ["--version"]).error ? "emacs is not installed" : false;

async function emacs(scratch, args) {
  const [tag, value] = scratch.tag.split("=");
  const child = spawn("emacs", ["--batch", ...args], {
    cwd: scratch.folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HOME: scratch.folder, [tag]: value, RELIGHT_BIN: RELIGHT, RELIGHT_SCRATCH: scratch.folder },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const { code } = await ended(child);
  return { code, said };
}

async function run(args) {
  const scratch = new Scratch();
  try {
    const { code, said } = await emacs(scratch, args);
    assert.equal(code, 0, said);
    return said;
  } finally {
    await scratch.finish();
  }
}

for (const [, name, what] of TESTS)
  test(`emacs: ${what}`, { timeout: 120_000, skip: missing }, () =>
    run(["-l", SUITE, "--eval", `(ert-run-tests-batch-and-exit "^${name}$")`]));

// --- The package as a package.

const FILES = ["relight-text.el", "relight-display.el", "relight.el", "relight-lsp.el"];
const PACKAGE = join(REPOSITORY, "editors/emacs");

test("emacs: the package compiles without a warning", { skip: missing }, () =>
  run(["-L", PACKAGE, "--eval", `(progn
    (setq byte-compile-error-on-warn t
          byte-compile-dest-file-function (lambda (_) (make-temp-file "relight" nil ".elc")))
    (dolist (file '(${FILES.map((f) => `"${join(PACKAGE, f)}"`).join(" ")}))
      (unless (byte-compile-file file) (kill-emacs 1))))`]));

test("emacs: every definition has a docstring as checkdoc wants it", { skip: missing }, async () => {
  const said = await run(["-L", PACKAGE, "--eval", `(progn (require 'checkdoc)
    (dolist (file '(${FILES.map((f) => `"${join(PACKAGE, f)}"`).join(" ")})) (checkdoc-file file)))`]);
  assert.doesNotMatch(said, /\.el:\d+/);
});

test("emacs: package-lint has nothing to say", { skip: missing }, async (t) => {
  const said = await run(["-L", PACKAGE, "--eval", `(if (not (require 'package-lint nil t)) (princ "no package-lint")
    (setq package-lint-main-file "${join(PACKAGE, "relight.el")}"
          package-archive-contents (list (list 'eglot (package-desc-create :name 'eglot :version '(1 9)))))
    (dolist (file '(${FILES.map((f) => `"${join(PACKAGE, f)}"`).join(" ")}))
      (with-current-buffer (find-file-noselect file)
        (dolist (finding (package-lint-buffer))
          (princ (format "%s:%s: %s\\n" file (car finding) (nth 3 finding)))))))`]);
  if (said.includes("no package-lint")) t.skip("elpa-package-lint is not installed");
  // Debian 12's release of it has not heard of Emacs 28.
  assert.doesNotMatch(said.replace(/.*uninstallable in all released Emacs.*/g, ""), /\.el:\d+/);
});
