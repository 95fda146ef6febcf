// SPDX-License-Identifier: Apache-2.0
// icons.tsx - the signs, drawn on a grid of 16.
import type { Status } from "../protocol.ts";

const PATHS = {
  ok: "M3.5 8.5l3 3 6-7",
  error: "M4.5 4.5l7 7m0-7l-7 7",
  syntaxError: "M8 3.5v5.5m0 2.6v.4",
  blocked: "M3.8 3.8l8.4 8.4",
  held: "M6 4.5v7m4-7v7",
  skipped: "M4.5 4.5l4 3.5-4 3.5zM11.5 4.5v7",
  cache: "M8 4.5V8l2.5 1.5",
  folder: "M2 4.5h4l1.5 1.5H14v6.5H2z",
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zm3.4 7.9l3.4 3.4",
  sliders: "M2.5 5h6m3 0h2m-11 6h2m3 0h6M10 3.4v3.2M6 9.4v3.2",
  graph: "M4 4.5a1.5 1.5 0 100-.01zM4 13a1.5 1.5 0 100-.01zM12.5 8.7a1.5 1.5 0 100-.01zM4 4.5c0 4.2 3 4.2 7 4.2M4 11.5c0-2.8 3-2.8 7-2.8",
  pin: "M5.6 2.5h4.8M6.3 2.5v4.2L4.4 9.4h7.2L9.7 6.7V2.5M8 9.4v4.2",
  theme: "M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 2.5v11a5.5 5.5 0 000-11z",
  chevron: "M6 4l4 4-4 4",
  close: "M4 4l8 8m0-8l-8 8",
  play: "M5 3.5l7 4.5-7 4.5z",
  stop: "M4.5 4.5h7v7h-7z",
  link: "M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 013.5 3.5L10.5 8.5M9 11l-1.5 1.5A2.5 2.5 0 014 9l1.5-1.5",
  file: "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
  plug: "M6 2.5v3m4-3v3M4.5 5.5h7v2a3.5 3.5 0 01-7 0zM8 11v2.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, class: className = "" }: { name: IconName; class?: string }) {
  return (
    <svg class={`icon ${className}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

// A ring that the signs stand in, so that they line up and differ by more than colour.
function Ringed({ name, dashed }: { name?: IconName; dashed?: boolean }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle cx="8" cy="8" r="6.2" stroke-dasharray={dashed ? "2.5 2.4" : undefined} />
      {name && <path d={PATHS[name]} transform="translate(8 8) scale(.8) translate(-8 -8)" />}
    </svg>
  );
}

export function StatusSign({ status, origin }: { status: Status; origin?: string }) {
  switch (status) {
    case "ok":
      return origin === "cache" ? <Ringed name="cache" /> : <Icon name="ok" class="sign-ok" />;
    case "running":
      return <span class="spinner" aria-hidden="true" />;
    case "queued":
      return <Ringed />;
    case "stale":
      return <Ringed dashed />;
    case "skipped":
      return <Icon name="skipped" />;
    default:
      return <Ringed name={status} />;
  }
}
