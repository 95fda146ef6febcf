// SPDX-License-Identifier: Apache-2.0
// demo.mjs - Relight at work: a real LSP session on the example documents, told block by block.
// Ends with 1 if anything is not as story.mjs says it has to be.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { Client } from "../e2e/lib/client.mjs";
import { REPOSITORY } from "../e2e/lib/process.mjs";
import { code, firstLine, shownText } from "../e2e/lib/text_file.mjs";
import { WIDTH, bold, cyan, dim, fit, green, milliseconds, plain, red, yellow } from "./paint.mjs";
import { story } from "./story.mjs";

const say = (text = "") => console.log(text);

const failures = [];
function expect(holds, what) {
  if (holds) return;
  failures.push(what);
  say(red(`  not as expected: ${what}`));
}

// --- One block as one row.

const STATUS = { ok: ["✓", green], error: ["✗", red], blocked: ["⊘", yellow], syntaxError: ["✗", red] };
const NAME = WIDTH < 100 ? 30 : 42;

function reasonText(file, result) {
  if (result.origin === "clean") return "as it was";
  const [first] = file.lastRun().reasons[result.block] ?? [];
  const other = file.results().get(first?.ref);
  const at = other ? `line ${codeLine(other).number + 1}` : "another block";
  const words = { code: "its code changed", requires: `reads from ${at}`, restore: `needed by ${at}` };
  return words[first?.kind] ?? "";
}

// What an editor shows behind the block; of a figure, what arrived.
function shortResult(result, hints) {
  const png = result.outputs.map((o) => o.data?.["image/png"]).find(Boolean);
  if (!png) return hints.get(lastCodeLine(result)) ?? "";
  const bytes = Buffer.from(png, "base64");
  return `→ image/png, ${bytes.readUInt32BE(16)} × ${bytes.readUInt32BE(20)}`;
}

function codeElements({ elements }) {
  return elements.filter((e) => e.type === "code");
}

function lastCodeLine(result) {
  return codeElements(result).at(-1).range.end.line;
}

// The first line of code that is more than a comment.
function codeLine(result) {
  const [{ value, range }] = codeElements(result);
  const lines = value.split("\n");
  const at = Math.max(0, lines.findIndex((line) => line.trim() && !line.startsWith("#")));
  return { text: lines[at], number: range.start.line + at };
}

function row(file, result, why, hints) {
  const [sign, colour] = STATUS[result.status] ?? ["…", plain];
  const { text, number } = codeLine(result);
  const ran = result.status === "ok" || result.status === "error";
  const took = ran ? milliseconds(result.durationMs).padStart(7) : fit("", 7);
  const left = WIDTH - 7 - NAME - 3 - 7 - 2;
  const short = fit(shortResult(result, hints), left).trimEnd();
  const because = why && left - short.length > why.length + 4 ? dim(`· ${why}`) : "";
  const tail = [short && colour(short), because].filter(Boolean).map((text) => `  ${text}`).join("");
  say(`${dim(`${number + 1}`.padStart(5))}  ${fit(text, NAME)} ${colour(sign)} ${dim(took)}${tail}`);
}

function printed(result) {
  for (const line of shownText(result).split("\n")) say(`${dim("         │")} ${line}`);
}

async function hintsOf(file) {
  const hints = await file.ask("inlayHint", { range: file.whole });
  return new Map(hints.map(({ position, label }) => [position.line, label]));
}

async function rows(file, results, whole = "") {
  const hints = await hintsOf(file);
  for (const result of results) {
    row(file, result, reasonText(file, result), hints);
    if (whole && code(result).startsWith(whole)) printed(result);
  }
}

// --- What has to come of it.

function checkShown(file, shows = {}) {
  for (const [line, text] of Object.entries(shows)) {
    const has = (is) => codeBlocks(file).find((r) => code(r).split("\n").some(is));
    const found = has((l) => l === line) ?? has((l) => l.startsWith(line));
    const shown = found && shownText(found);
    expect(shown === text, `'${line}' shows '${shown}' instead of '${text}'`);
  }
}

function codeBlocks(file) {
  return [...file.results().values()].filter((r) => r.kind === "code");
}

// Results that came since message number `from`: executed, blocked or broken.
function news(file, from) {
  const results = file.client.all("relight/blockResult", from).filter((r) => r.file === file.path && r.kind === "code");
  return [...new Map(results.map((r) => [r.block, r])).values()];
}

function summary(file, ran, ms) {
  const all = codeBlocks(file).length;
  say(`       ${bold(`${ran} of ${all} blocks ran`)}${dim(`, all is quiet after ${milliseconds(ms)}`)}\n`);
}

// --- The steps.

function showEdit(file, { edit, keys, at }) {
  const [before, after] = edit ?? [at, at + keys];
  const line = (text) => file.text.slice(file.text.lastIndexOf("\n", file.text.indexOf(text)) + 1).split("\n")[0];
  const old = line(before);
  const number = file.range(before).start.line + 1;
  say(`${dim(`${number}`.padStart(5))}  ${red(`- ${fit(old, WIDTH - 9).trimEnd()}`)}`);
  say(`${" ".repeat(5)}  ${green(`+ ${fit(old.replace(before, () => after), WIDTH - 9).trimEnd()}`)}`);
}

function apply(file, { edit, keys, at }) {
  if (edit) file.replace(...edit);
  else file.type(file.text.indexOf(at) + at.length, keys);
}

async function step(file, what) {
  say(`    ${cyan("✎")}  ${bold(what.say)}`);
  showEdit(file, what);
  const from = file.client.received.length;
  const start = performance.now();
  apply(file, what);
  const ran = await file.quiet();
  const ms = performance.now() - start;
  await rows(file, news(file, from));
  expect(JSON.stringify(ran) === JSON.stringify(what.runs), `these blocks ran: ${JSON.stringify(ran)}`);
  checkShown(file, what.shows);
  summary(file, ran.length, ms);
}

async function chapter(client, { file: name, intro, whole, shows, steps }) {
  const source = join(REPOSITORY, "docs/examples", name);
  const file = client.open(name, readFileSync(source, "utf8"));
  say(`${bold(cyan(basename(source)))}  ${intro}`);
  const [offer] = await file.ask("codeLens");
  say(dim(`       the editor offers: ${offer.command.title}`));
  const start = performance.now();
  const ran = await file.goLive();
  const ms = performance.now() - start;
  await rows(file, codeBlocks(file), whole);
  checkShown(file, shows);
  summary(file, codeBlocks(file).filter((r) => ran.includes(firstLine(r))).length, ms);
  for (const what of steps) await step(file, what);
  file.close();
}

async function main() {
  const client = await Client.start();
  const { name, version } = client.initialized.serverInfo;
  say(`\n${bold("Relight keeps a plain Python file alive while you edit it.")}`);
  say(dim(`An LSP session over stdio with ${name} ${version}; nothing here is staged.\n`));
  try {
    for (const part of story) await chapter(client, part);
  } finally {
    await client.finish();
  }
  if (failures.length) say(red(`${failures.length} things were not as they have to be`));
  else say(green("Every block that ran had to, and what you saw is what a fresh run would show."));
  process.exitCode = failures.length ? 1 : 0;
}

await main();
