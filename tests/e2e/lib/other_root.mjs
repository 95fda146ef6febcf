// SPDX-License-Identifier: Apache-2.0
// other_root.mjs - a root directory that holds a worker, its Python, and nothing of this machine's
// files: what a container or another host is to the server.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { WORKER } from "./process.mjs";

const LEFT_OUT = /^(test|tests|idlelib|ensurepip|site-packages|dist-packages|__pycache__|config-.*|tkinter)$/;

function copy(path, root, options = {}) {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  cpSync(realpathSync(path), join(root, path), { recursive: true, dereference: true, ...options });
}

function copyLibraries(program, root) {
  const list = execFileSync("ldd", [program], { encoding: "utf8" });
  for (const [path] of list.matchAll(/\/\S+/g)) if (!existsSync(join(root, path))) copy(path, root);
}

// The words that run a command in another root; undefined where this user may not.
export function enterRoot() {
  const words = [["chroot"], ["unshare", "-r", "chroot"]];
  return words.find((prefix) => {
    try {
      execFileSync(prefix[0], [...prefix.slice(1), "/", "/bin/true"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

export function makeRoot(root, python) {
  const standard = execFileSync(
    python,
    ["-c", "import sysconfig; print(*{sysconfig.get_path(n) for n in ('stdlib', 'platstdlib')}, sep='\\n')"],
    { encoding: "utf8" },
  );
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  mkdirSync(join(root, "elsewhere"));
  cpSync(WORKER, join(root, "usr/bin/relight-worker"));
  copyLibraries(WORKER, root);
  for (const folder of standard.trim().split("\n"))
    copy(folder, root, { filter: (from) => !LEFT_OUT.test(basename(from)) });
}
