// SPDX-License-Identifier: Apache-2.0
// worker.test.mjs - code that crashes, leaves, hangs or floods costs its own block and no more.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { e2e } from "./lib/e2e.mjs";

const blocks = (...sources) => sources.join("\n\n") + "\n";

// The document goes on: a new block runs, and sees what stands above the bad one.
async function goesOn(file) {
  file.edit({ start: file.whole.end, end: file.whole.end }, "\n\nprint('still here', x)\n");
  await file.quiet();
  assert.equal(file.shows("print('still here"), "ok: still here 1");
}

async function start(client, text) {
  const file = client.open("a.py", text);
  await file.command("goLive");
  await file.next("blockStart");
  return file;
}

const deaths = {
  "a crash in C": ["import ctypes\nctypes.string_at(0)", /signal 11|SIGSEGV|segmentation/i],
  "os._exit": ["import os\nos._exit(3)", /\b3\b/],
  "os.abort": ["import os\nos.abort()", /signal 6|SIGABRT|abort/i],
  "a kill from inside": ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", /signal 9|SIGKILL|kill/i],
};

for (const [what, [source, cause]] of Object.entries(deaths)) {
  e2e(`${what} costs the block, and says why`, async (client) => {
    const file = await client.live("a.py", blocks("x = 1", `print('so far', flush=True)\n${source}`, "print('below', x)"));
    assert.match(file.shows("print('so far"), /^error: so far/);
    const error = file.result("print('so far").outputs.at(-1);
    assert.equal(error.ename, "WorkerDied");
    assert.match(error.evalue, cause);
    assert.equal(file.shows("print('below"), "ok: below 1");
    await goesOn(file);
  });
}

e2e("a document that kills its interpreter again and again is answered each time", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "import os", "os._exit(0)"));
  for (let code = 1; code <= 6; code++) {
    await file.change(`os._exit(${code - 1})`, `os._exit(${code})`);
    assert.match(file.shows("os._exit"), /^error: WorkerDied/);
  }
  await goesOn(file);
});

e2e("what killed the interpreter is not run again for the sake of others", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "exec('import os; os._exit(3)')", "print('below', x)"));
  assert.equal(file.shows("print('below"), "ok: below 1");
  assert.deepEqual(await file.change("print('below', x)", "print('below', x + 1)"), ["print('below', x + 1)"]);
});

e2e("the worker killed from outside, while a block runs", async (client) => {
  const file = await start(client, blocks("x = 1", "import time\ntime.sleep(60)"));
  await file.next("blockStart", ({ block }) => block !== file.lastRun().blocks[0]);
  for (const pid of client.scratch.workers()) process.kill(pid, "SIGKILL");
  await file.quiet();
  assert.match(file.shows("import time"), /^error: WorkerDied/);
  await goesOn(file);
});

e2e("the worker killed from outside, while it is idle", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "print('below', x)"));
  const workers = client.scratch.workers();
  for (const pid of workers) process.kill(pid, "SIGKILL");
  await client.message("window/logMessage", ({ message }) => /worker process ended|was ended/.test(message));
  assert.equal(file.shows("print('below"), "ok: below 1");
  await goesOn(file);
});

// --- What cannot be undone.

e2e("a change inside a module takes a fresh interpreter to undo, and the log says so", async (client) => {
  const file = await client.live("a.py", blocks("import math", "print(math.tau > 5)", "math.tau = 4", "print(math.tau)"));
  file.replace("math.tau > 5", "math.tau > 6");
  await client.message("window/logMessage", ({ message }) => /a fresh interpreter: .* changed math\.tau/.test(message));
  await file.quiet();
  assert.equal(file.shows("print(math.tau > 6)"), "ok: True");
  assert.equal(file.shows("print(math.tau)"), "ok: 4");
  file.replace("math.tau = 4", "x = 4");
  await file.quiet();
  assert.match(file.shows("print(math.tau)"), /^ok: 6\.28/);
});

// --- Loops.

e2e("an endless loop ends by command", async (client) => {
  const file = await start(client, blocks("while True: pass", "x = 1"));
  await file.command("interrupt");
  await file.quiet();
  assert.match(file.shows("while True"), /^error: KeyboardInterrupt/);
  assert.equal(file.lastEnd().cancelled, true);
  await file.command("run");
  await file.quiet();
  await goesOn(file);
});

e2e("an endless loop ends by the next edit of it", async (client) => {
  const file = await start(client, blocks("while True: pass", "x = 1"));
  file.replace("while True", "while False");
  await file.quiet();
  assert.equal(file.shows("while False"), "ok");
  await goesOn(file);
});

e2e("a running block that is still wanted goes on through edits of others", async (client) => {
  const file = await start(client, blocks("import time\nfor i in range(40): time.sleep(0.01)\nprint('done')", "x = 1"));
  file.replace("x = 1", "x = 1\n\nprint(x)");
  await file.quiet();
  assert.equal(file.shows("import time"), "ok: done");
  assert.equal(client.all("relight/blockStart").filter(({ block }) => block === file.result("import time").block).length, 1);
});

e2e("code that shrugs off interrupts is replaced after a grace time", async (client) => {
  const deaf = "from signal import *\nsignal(SIGINT, SIG_IGN)\nprint('deaf', flush=True)\nwhile True: pass";
  const file = await start(client, blocks(deaf, "x = 1"));
  await file.next("blockOutput");
  await file.command("interrupt");
  await file.quiet();
  assert.match(file.shows("from signal"), /^error: deaf\nWorkerDied: it did not stop when interrupted/);
  await file.command("run");
  await file.quiet();
  await goesOn(file);
});

e2e("a sleep in C ends by command", async (client) => {
  const file = await start(client, blocks("import time\ntime.sleep(1000)", "x = 1"));
  await file.command("interrupt");
  await file.quiet();
  assert.match(file.shows("import time"), /^error: KeyboardInterrupt/);
});

e2e("the server answers while a block runs", async (client) => {
  const file = await start(client, blocks("while True: pass", "x = 1"));
  assert.ok(await file.ask("codeLens"));
  assert.ok(await file.hover("x = 1"));
  await file.command("interrupt");
  await file.quiet();
});

// --- Leaving, politely.

for (const leave of ["import sys; sys.exit()", "import sys; sys.exit(3)", "quit()", "raise SystemExit('bye')"]) {
  e2e(`${leave} ends the block, not the interpreter`, async (client) => {
    const file = await client.live("a.py", blocks("x = 1", leave, "print('below', x)"));
    assert.match(file.shows(leave), /SystemExit/);
    assert.equal(file.shows("print('below"), "ok: below 1");
    const before = client.scratch.workers();
    await goesOn(file);
    assert.deepEqual(client.scratch.workers(), before);
  });
}

e2e("input() has nobody to ask, and says so", async (client) => {
  const file = await client.live("a.py", "name = input('your name? ')\n");
  assert.match(file.shows("name ="), /^error: your name\? EOFError: .*nobody to ask/);
});

// --- Floods and rubbish.

e2e("50 MB of output are cut, and the rest is not held", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "for i in range(50): print('x' * 1_000_000)", "print('below', x)"));
  const result = file.result("for i in range(50)");
  assert.equal(result.status, "ok");
  assert.equal(result.truncated, true);
  const size = result.outputs.reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(size > 7_000_000 && size < 9_000_000, `${size}`);
  assert.equal(file.shows("print('below"), "ok: below 1");
  assert.ok(memoryMb(client.process.pid) < 200, `${memoryMb(client.process.pid)} MB`);
});

function memoryMb(pid) {
  if (process.platform !== "linux" || process.env.ASAN_OPTIONS) return 0; // ASan keeps what is freed
  return parseInt(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1], 10) / 1024;
}

e2e("200,000 short lines are cut at 10,000", async (client) => {
  const file = await client.live("a.py", blocks("x = 1", "for i in range(200_000): print(i)", "print('below', x)"));
  const result = file.result("for i in");
  assert.equal(result.truncated, true);
  const lines = result.outputs[0].text.split("\n").length;
  assert.ok(lines > 9_000 && lines < 11_000, `${lines}`);
});

const rubbish = {
  "raises": "def __repr__(self): raise ValueError('no')",
  "returns no string": "def __repr__(self): return 7",
  "prints": "def __repr__(self): print('printed'); return 'R'",
  "recurses": "def __repr__(self): return repr(self)",
  "returns a lone surrogate": "def __repr__(self): return 'a\\ud800b'",
  "leaves": "def __repr__(self): raise SystemExit",
  "raises for its type": "def __getattribute__(self, name): raise ValueError(name)",
};

for (const [what, method] of Object.entries(rubbish)) {
  e2e(`a repr that ${what} harms only its own output`, async (client) => {
    const file = await client.live("a.py", blocks(`class Bad:\n    ${method}`, "x = 1\nprint('mine')\nBad()", "print('below', x)"));
    assert.match(file.shows("x = 1"), /^(ok|error): mine/);
    assert.equal(file.shows("print('below"), "ok: below 1");
    await goesOn(file);
  });
}

e2e("a repr that loops is ended by command", async (client) => {
  const file = await start(client, blocks("x = 1", "class Bad:\n    def __repr__(self):\n        while True: pass", "print('now', flush=True)\nBad()"));
  await file.next("blockOutput");
  await file.command("interrupt");
  await file.quiet();
  await goesOn(file);
});

e2e("a child process that stays behind does not hold the block", async (client) => {
  const file = await client.live("a.py", "import subprocess, sys\np = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\nprint('started')\n");
  assert.equal(file.shows("import subprocess"), "ok: started");
  file.replace("'started'", "'again'");
  file.save(); // the go-ahead for starting a process
  await file.quiet();
  assert.equal(file.shows("import subprocess"), "ok: again");
  const pids = client.scratch.processes().filter((pid) => !client.scratch.workers().includes(pid) && pid !== client.process.pid);
  for (const pid of pids) process.kill(pid, "SIGKILL");
});

e2e("threads that print after their block's end do no harm", async (client) => {
  const file = await client.live("a.py", blocks("import threading, time\ndef late():\n    time.sleep(0.05); print('late')\nthreading.Thread(target=late, daemon=True).start()", "x = 1", "time.sleep(0.1)\nprint('mine')"));
  assert.match(file.shows("time.sleep"), /mine/);
  await goesOn(file);
});
