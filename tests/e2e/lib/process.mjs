// SPDX-License-Identifier: Apache-2.0
// process.mjs - the program under test as processes: started, given a scratch folder, and gone at
// the end.  Every process that a test starts carries a tag in its environment, so that one which
// was left behind is found, whoever its parent is by then.
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
export const RELIGHT = resolve(process.env.RELIGHT_BIN ?? join(REPOSITORY, "build/relight"));
// Named, so that documents run in the Python it embeds, whatever else there is on this machine.
export const WORKER = join(dirname(RELIGHT), "relight-worker");
if (!existsSync(RELIGHT)) throw new Error(`${RELIGHT} is missing: run ./dev build`);

// No wait may last longer.  Generous, because a slow machine is no bug; a test never sleeps for it.
export const PATIENCE_MS = 20_000;

// Signal a process, unless it has just ended by itself.
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

// AddressSanitizer keeps what has been freed: then memory says nothing.
export const MEMORY_COUNTS = !process.env.ASAN_OPTIONS;

export class Scratch {
  // `folder`: one that the test keeps, for more than one server.
  constructor(folder) {
    this.kept = folder !== undefined;
    this.folder = realpathSync(folder ?? mkdtempSync(join(tmpdir(), "relight-e2e-")));
    this.cache = join(this.folder, ".cache"); // nothing is kept from one test to the next
    this.tag = `RELIGHT_TEST=${randomUUID()}`;
  }

  spawn(args, { env = {}, stdio = "pipe" } = {}) {
    const [name, value] = this.tag.split("=");
    const usual = { RELIGHT_WORKER: WORKER, XDG_CACHE_HOME: this.cache, MPLCONFIGDIR: join(tmpdir(), "relight-mpl") };
    return spawn(RELIGHT, args, {
      cwd: this.folder,
      stdio,
      env: { ...process.env, ...usual, ...env, [name]: value },
    });
  }

  // Process ids of what this test has started and what those have started.
  processes() {
    return existsSync("/proc/self/environ") ? taggedByProc(this.tag) : taggedByPs(this.tag);
  }

  // The worker's processes: the warden and the interpreter.
  workers() {
    return this.processes().filter((pid) => commandOf(pid).includes("relight-worker"));
  }

  // The workers that are still there after long enough.
  untilNoWorkers() {
    return untilEmpty(() => this.workers());
  }

  // Fails when a process stays.
  async finish() {
    const left = await untilEmpty(() => this.processes());
    for (const pid of left) signal(pid, "SIGKILL");
    if (!this.kept) rmSync(this.folder, { recursive: true, force: true });
    if (left.length) throw new Error(`processes were left behind: ${left.join(", ")}`);
  }
}

async function untilEmpty(list) {
  const end = Date.now() + PATIENCE_MS;
  let left = list();
  while (left.length && Date.now() < end) {
    await new Promise((done) => setTimeout(done, 20));
    left = list();
  }
  return left;
}

function readOr(path, otherwise) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return otherwise; // it ended meanwhile, or it is another user's
  }
}

function taggedByProc(tag) {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => readOr(`/proc/${pid}/environ`, "").split("\0").includes(tag))
    .filter((pid) => !/^\d+ \(.*\) Z/s.test(readOr(`/proc/${pid}/stat`, "0 () Z")))
    .map(Number);
}

function taggedByPs(tag) {
  const lines = execFileSync("ps", ["-A", "-E", "-o", "pid=,command="], { encoding: "utf8" });
  return lines.split("\n").filter((line) => line.includes(tag)).map((line) => parseInt(line, 10));
}

function commandOf(pid) {
  if (existsSync("/proc")) return readOr(`/proc/${pid}/cmdline`, "");
  return execFileSync("ps", ["-p", `${pid}`, "-o", "command="], { encoding: "utf8" });
}

// Resolves when the child has ended and its output is read: { code, signal }.
export function ended(child) {
  return new Promise((done) => child.once("close", (code, signal) => done({ code, signal })));
}

// `promise`, or an error with `explain()` in it when it takes too long.
export async function within(promise, explain) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(explain())), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Run the program once: `relight ARGS...`, from the command line.
export async function command(args, options = {}) {
  const scratch = new Scratch();
  try {
    const child = scratch.spawn(args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const out = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"])
      child[name].setEncoding("utf8").on("data", (text) => (out[name] += text));
    const { code, signal } = await within(ended(child), () => `relight ${args.join(" ")} hangs`);
    return { code, signal, ...out };
  } finally {
    await scratch.finish();
  }
}
