// SPDX-License-Identifier: Apache-2.0
// program.ts - where the language server is: what the setting says, the one that came with the
// extension, or the one on the path.
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";

export interface Search {
  setting: string; // `relight.path`; empty when it is not set
  folder: string | undefined; // of the workspace
  bundled: string; // where a platform's package has it
  path: string | undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function onPath(name: string, path = ""): string | undefined {
  const places = path.split(delimiter).filter(isAbsolute);
  return places.map((folder) => join(folder, name)).find(isProgram);
}

function expand(setting: string, folder: string | undefined): string {
  return setting.replace(/^~(?=\/)/, homedir()).replaceAll("${workspaceFolder}", folder ?? "");
}

// Libraries that it needs may be missing on this machine.
async function starts(program: string): Promise<boolean> {
  return promisify(execFile)(program, ["--version"], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

// The program, or why there is none.
export async function findProgram(search: Search): Promise<{ program: string } | { problem: string }> {
  if (search.setting) {
    const program = expand(search.setting, search.folder);
    const found = isAbsolute(program) ? isProgram(program) && program : onPath(program, search.path);
    return found ? { program: found } : { problem: `the setting relight.path names '${program}', which is not a program` };
  }
  if (isProgram(search.bundled) && (await starts(search.bundled))) return { program: search.bundled };
  const found = onPath("relight", search.path);
  return found ? { program: found } : { problem: "the program 'relight' is not on the PATH, and relight.path is not set" };
}
