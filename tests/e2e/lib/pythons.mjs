// SPDX-License-Identifier: Apache-2.0
// pythons.mjs - the interpreters of this machine, and environments made from them.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { RELIGHT, command } from "./process.mjs";

// As for somebody who has set nothing: the search finds what it finds.
export const UNSET = { RELIGHT_WORKER: "", VIRTUAL_ENV: "", CONDA_PREFIX: "" };

// The worker for interpreters other than the embedded one; sanitized builds have none.
export const HAS_MODULE = existsSync(join(dirname(RELIGHT), "relight-worker.abi3.so"));

function ask(python, code) {
  try {
    return execFileSync(python, ["-c", code], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

function describe(path) {
  const [major, minor] = ask(path, "import sys; print('%d %d' % sys.version_info[:2])").split(" ").map(Number);
  return { path, version: `${major}.${minor}`, old: major < 3 || minor < 11, works: major > 0 };
}

// The one that Relight was built with, as `relight doctor` names it where there is no other.
export async function embedded() {
  const { stdout } = await command(["doctor"], { env: { ...UNSET, PATH: "/nowhere" } });
  return describe(/^python .*\((.*)\)$/m.exec(stdout)[1]);
}

// All others that this machine has: on the PATH, and in the usual places of version managers.
export function others() {
  const pyenv = join(homedir(), ".pyenv/versions");
  const versions = existsSync(pyenv) ? readdirSync(pyenv).map((name) => join(pyenv, name, "bin")) : [];
  const folders = [...process.env.PATH.split(delimiter), "/usr/local/bin", ...versions];
  const found = folders.map((folder) => join(folder, "python3")).filter((path) => existsSync(path));
  return [...new Set(found)].map(describe).filter(({ works }) => works);
}

// A virtual environment with a module `only_here` that says where it is.
export function makeEnvironment(python, folder) {
  execFileSync(python, ["-m", "venv", "--without-pip", folder], { stdio: "ignore" });
  const inside = join(folder, "bin/python");
  const packages = ask(inside, "import sysconfig; print(sysconfig.get_path('purelib'))");
  writeFileSync(join(packages, "only_here.py"), `place = ${JSON.stringify(folder)}\n`);
  return inside;
}

// A program that is no Python.
export function fakePython(path, script) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
