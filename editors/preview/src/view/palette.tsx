// SPDX-License-Identifier: Apache-2.0
// palette.tsx - the command bar: files by a few letters, recent ones first, and commands.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AppState } from "../state/app.ts";
import { type Match, fuzzyMatch } from "../state/fuzzy.ts";
import { type Command, commands } from "./commands.ts";
import { useApp } from "./context.ts";
import { Icon } from "./icons.tsx";

const SHOWN_MAX = 60;

interface Entry {
  key: string;
  text: string;
  kind: "recent" | "file" | "command";
  keys: string;
  act: () => void;
}

interface Found extends Entry {
  match: Match;
}

function Marked({ text, places }: { text: string; places: number[] }) {
  const at = new Set(places);
  return <>{[...text].map((ch, i) => (at.has(i) ? <mark key={i}>{ch}</mark> : ch))}</>;
}

function entriesOf(state: AppState, own: Command[], open: (path: string) => void): Entry[] {
  const recent = state.options.recent.filter((p) => p !== state.path && state.files.includes(p));
  const others = state.files.filter((p) => p !== state.path && !recent.includes(p));
  const file = (kind: "recent" | "file") => (path: string): Entry => ({ key: path, text: path, kind, keys: "", act: () => open(path) });
  return [
    ...recent.map(file("recent")),
    ...others.map(file("file")),
    ...own.map((c): Entry => ({ key: `>${c.label}`, text: c.label, kind: "command", keys: c.keys, act: c.act })),
  ];
}

function find(entries: Entry[], typed: string): Found[] {
  const onlyCommands = typed.startsWith(">");
  const query = onlyCommands ? typed.slice(1) : typed;
  const found: Found[] = [];
  for (const entry of entries) {
    if (onlyCommands && entry.kind !== "command") continue;
    const match = fuzzyMatch(entry.text, query);
    if (match) found.push({ ...entry, match });
  }
  if (query) found.sort((a, b) => b.match.score - a.match.score);
  return found.slice(0, SHOWN_MAX);
}

const KIND_WORDS = { recent: "Recent", file: "Files", command: "Commands" };

export function Palette({ state }: { state: AppState }) {
  const app = useApp();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const close = () => app.setOverlay("");
  const entries = useMemo(() => entriesOf(state, commands(app), (path) => app.open(path)), [state.files, state.options.recent, state.path]);
  const found = useMemo(() => find(entries, typed), [entries, typed]);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, typed]);
  const choose = (entry: Entry | undefined) => {
    close();
    entry?.act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === "Enter") choose(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog class="palette" ref={dialog} onClose={close} onClick={(e) => e.target === dialog.current && close()} aria-label="Search files and commands">
      <div class="palette-box">
        <div class="palette-input">
          <Icon name="search" />
          <input
            type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
            aria-activedescendant={found[at] ? `palette-${at}` : undefined}
            aria-label="Search" placeholder="A file, or a command after >" value={typed} autofocus spellcheck={false}
            onInput={(e) => (setTyped(e.currentTarget.value), setAt(0))} onKeyDown={onKeyDown}
          />
        </div>
        <ul id="palette-list" role="listbox" aria-label="Found" ref={list}>
          {found.map((entry, i) => (
            <li key={entry.key} id={`palette-${i}`} role="option" aria-selected={i === at} onClick={() => choose(entry)} onPointerMove={() => i !== at && setAt(i)}>
              {entry.kind === "command" ? <span class="palette-sign">›</span> : <Icon name="file" />}
              <span class="palette-text"><Marked text={entry.text} places={entry.match.places} /></span>
              {entry.keys ? <kbd>{entry.keys}</kbd> : (i === 0 || found[i - 1]?.kind !== entry.kind) && <span class="palette-kind">{KIND_WORDS[entry.kind]}</span>}
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="palette-none" role="status">Nothing of that name.</p>}
      </div>
    </dialog>
  );
}
