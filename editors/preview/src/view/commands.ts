// SPDX-License-Identifier: Apache-2.0
// commands.ts - all that can be done, by name and by key.  One table for both.
import type { App } from "../state/app.ts";
import { isFailed } from "../state/app.ts";
import type { Showing, Theme } from "../state/options.ts";
import { CATEGORIES, type Category } from "../protocol.ts";
import { formatPlace } from "../state/paths.ts";
import { goToBlock } from "./block.tsx";

export interface Command {
  label: string;
  keys: string; // as shown; what is pressed is in `KEYS`
  act: () => void;
}

const THEMES: Theme[] = ["system", "light", "dark"];
const NEXT_SHOWING: Record<Showing, Showing> = { file: "hide", hide: "show", show: "file" };

// Blocks that can be seen, by the place they have on screen or in the document.
function step(app: App, by: number): void {
  const shown = app.state.doc.order.filter((id) => document.getElementById(id));
  const at = shown.indexOf(app.state.selected);
  const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? (by > 0 ? 0 : shown.length - 1) : at + by))];
  if (next) goToBlock(next);
}

export function nextFailure(app: App): void {
  const { doc, selected } = app.state;
  const failed = doc.order.filter((id) => {
    const block = doc.blocks.get(id);
    return block && isFailed(block);
  });
  const next = failed[(failed.indexOf(selected) + 1) % failed.length];
  if (next) goToBlock(next);
}

function revealSelected(app: App): void {
  const { doc, selected } = app.state;
  const block = doc.blocks.get(selected);
  if (block) app.reveal(doc.file, block.range.start.line);
}

function cycleTheme(app: App): void {
  const at = THEMES.indexOf(app.state.options.theme);
  app.setOptions({ theme: THEMES[(at + 1) % THEMES.length] as Theme });
}

function cycleShowing(app: App, category: Category): void {
  const { showing } = app.state.options;
  app.setOptions({ showing: { ...showing, [category]: NEXT_SHOWING[showing[category]] } });
}

function copyLink(app: App): void {
  const { doc, selected, path } = app.state;
  const line = (doc.blocks.get(selected)?.range.start.line ?? -1) + 1;
  void navigator.clipboard.writeText(new URL(formatPlace({ path, line }), location.href).href);
}

export function toggleOverlay(app: App, overlay: "palette" | "options" | "help"): void {
  app.setOverlay(app.state.overlay === overlay ? "" : overlay);
}

const CATEGORY_WORDS: Record<Category, string> = { code: "code", statements: "statements", visuals: "results", prose: "text" };

export function commands(app: App): Command[] {
  const { state } = app;
  const live = state.phase !== "static";
  const { options } = state;
  const list: (Command | false)[] = [
    { label: "Next block", keys: "J", act: () => step(app, 1) },
    { label: "Previous block", keys: "K", act: () => step(app, -1) },
    { label: "Next error", keys: "E", act: () => nextFailure(app) },
    live && { label: state.pinned ? "Unpin this file and follow changes" : "Pin this file", keys: "P", act: () => app.togglePin() },
    state.can.reveal && { label: "Show the block in the editor", keys: "Enter", act: () => revealSelected(app) },
    state.can.run && { label: "Run what is out of date", keys: "R", act: () => app.run() },
    state.can.run && { label: "Run the chosen block", keys: "Shift R", act: () => app.run(state.selected) },
    live && { label: "Interrupt", keys: ".", act: () => app.interrupt() },
    state.can.run && { label: "Run everything in a fresh interpreter", keys: "", act: () => app.restart() },
    live && { label: "Files", keys: "T", act: () => app.setOptions({ tree: !options.tree }) },
    { label: "Why, and what depends on what", keys: "W", act: () => app.setOptions({ inspector: !options.inspector }) },
    { label: "What to show", keys: "O", act: () => toggleOverlay(app, "options") },
    ...CATEGORIES.map((c, i) => ({ label: `Show or hide ${CATEGORY_WORDS[c]}: now ${{ file: "as the file says", show: "shown", hide: "hidden" }[options.showing[c]]}`, keys: `${i + 1}`, act: () => cycleShowing(app, c) })),
    { label: `Colours: now ${options.theme}`, keys: "D", act: () => cycleTheme(app) },
    { label: "Copy a link to the block", keys: "L", act: () => copyLink(app) },
    { label: "Print", keys: "", act: () => print() },
    { label: "Keys", keys: "?", act: () => toggleOverlay(app, "help") },
    live && { label: "Third-party licences", keys: "", act: () => open("licenses.txt", "_blank", "noopener") },
  ];
  return list.filter((c) => c !== false);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;

const isPressable = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest("button, a, summary, input, dialog, .menu") !== null;

export function onKey(app: App, event: KeyboardEvent): void {
  const live = app.state.phase !== "static";
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && live) {
    event.preventDefault();
    return toggleOverlay(app, "palette");
  }
  if (event.key === "Escape" && app.state.overlay) return app.setOverlay("");
  if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || app.state.overlay === "palette") return;
  if (event.key === "Enter" && isPressable(event.target)) return;
  const pressed = event.shiftKey && /^[A-Z]$/.test(event.key) ? `Shift ${event.key}` : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const command = commands(app).find((c) => c.keys === pressed);
  if (!command) return;
  event.preventDefault();
  command.act();
}
