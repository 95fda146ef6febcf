// SPDX-License-Identifier: Apache-2.0
// options.ts - what the reader prefers, remembered across visits.
import { CATEGORIES, type Category } from "../protocol.ts";

export type Theme = "system" | "light" | "dark";
export type Showing = "file" | "show" | "hide"; // "file": as its pragmas say

export interface Options {
  readonly theme: Theme;
  readonly showing: Readonly<Record<Category, Showing>>;
  readonly scroll: boolean; // to what changed
  readonly tree: boolean; // the side bars are open
  readonly inspector: boolean;
  readonly recent: readonly string[]; // paths, newest first
}

const DEFAULTS: Options = {
  theme: "system",
  showing: { code: "file", statements: "file", visuals: "file", prose: "file" },
  scroll: true,
  tree: false,
  inspector: false,
  recent: [],
};

const KEY = "relight";
const RECENT_MAX = 12;

function oneOf<T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.includes(value as T) ? (value as T) : otherwise;
}

// What was stored may be of another version, or of somebody else.
export function parseOptions(text: string | null): Options {
  let stored: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value === "object" && value) stored = value as Record<string, unknown>;
  } catch {
    return DEFAULTS;
  }
  const showing = (stored["showing"] ?? {}) as Record<string, unknown>;
  const recent = Array.isArray(stored["recent"]) ? stored["recent"].filter((p) => typeof p === "string") : [];
  const flag = (name: "scroll" | "tree" | "inspector") =>
    typeof stored[name] === "boolean" ? (stored[name] as boolean) : DEFAULTS[name];
  return {
    theme: oneOf(stored["theme"], ["system", "light", "dark"], "system"),
    showing: Object.fromEntries(
      CATEGORIES.map((c) => [c, oneOf(showing[c], ["file", "show", "hide"], "file")]),
    ) as Record<Category, Showing>,
    scroll: flag("scroll"),
    tree: flag("tree"),
    inspector: flag("inspector"),
    recent: recent.slice(0, RECENT_MAX),
  };
}

// Storage is not to be had everywhere: a file opened from disk, a webview, a private window.
export function loadOptions(): Options {
  try {
    return parseOptions(localStorage.getItem(KEY));
  } catch {
    return DEFAULTS;
  }
}

export function saveOptions(options: Options): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(options));
  } catch {
    // then they hold for this visit
  }
}

export function withRecent(recent: readonly string[], path: string): string[] {
  return [path, ...recent.filter((p) => p !== path)].slice(0, RECENT_MAX);
}

export function isShown(category: Category, hidden: readonly Category[], options: Options): boolean {
  const showing = options.showing[category];
  return showing === "file" ? !hidden.includes(category) : showing === "show";
}

// Two categories hide code: a file may use either word.
export function isCodeShown(hidden: readonly Category[], options: Options): boolean {
  return isShown("code", hidden, options) && isShown("statements", hidden, options);
}
