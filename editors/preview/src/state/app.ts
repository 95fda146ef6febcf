// SPDX-License-Identifier: Apache-2.0
// app.ts - the state of the page: which file, what is known of it, and what the reader asked for.
//
// Everything that changes goes through one of the functions of `App`; views read `state`, which is
// replaced as a whole.  Time, storage and addresses are handed in, so that tests need no browser.
import type { Cursor, DirectoryChanged, DirectoryEntry, DocumentMessage, Failure, FileChanged, ServerMessage, Welcome } from "../protocol.ts";
import { type Block, type DocumentState, applyMessage, emptyDocument, forgetRuns, shownHashes } from "./document.ts";
import { type Options, withRecent } from "./options.ts";
import { absolutePath, relativePath } from "./paths.ts";
import type { Phase, Transport } from "./transport.ts";

export type Overlay = "" | "palette" | "options" | "help";

export interface AppState {
  readonly phase: Phase;
  readonly retryAt: number; // when the next attempt to connect is; 0: none is planned
  readonly wasOpen: boolean; // there has been a connection
  readonly root: string;
  readonly can: { readonly run: boolean; readonly reveal: boolean };
  readonly path: string; // of the file on screen, relative to the root; "": none
  readonly doc: DocumentState;
  readonly loaded: boolean; // the file's state has arrived
  readonly problem: string; // why the file cannot be shown; "": it can
  readonly pinned: boolean;
  readonly elsewhere: readonly string[]; // files that changed while another one was on screen
  readonly folders: ReadonlyMap<string, readonly DirectoryEntry[]>;
  readonly files: readonly string[];
  readonly selected: string; // block; "": none
  readonly goTo: number; // a line (from 1) to be scrolled to once it is there; 0: none
  readonly cursorLine: number; // of the editor, from 0; -1: not in this file
  readonly overlay: Overlay;
  readonly options: Options;
  readonly notice: string; // of what the server said; "": nothing
}

export interface AppHost {
  now(): number;
  saveOptions(options: Options): void;
  wentTo(path: string): void; // the address should say so
  changed(): void; // `state` is another
}

function initialState(options: Options): AppState {
  return {
    phase: "connecting",
    retryAt: 0,
    wasOpen: false,
    root: "",
    can: { run: false, reveal: false },
    path: "",
    doc: emptyDocument(""),
    loaded: false,
    problem: "",
    pinned: false,
    elsewhere: [],
    folders: new Map(),
    files: [],
    selected: "",
    goTo: 0,
    cursorLine: -1,
    overlay: "",
    options,
    notice: "",
  };
}

export class App {
  state: AppState;
  private clientId = "";
  private watched = ""; // what the server has been told, absolute
  private wanted = ""; // to be shown once the root is known
  private loadSeen = new Set<string>(); // blocks that still have to arrive

  constructor(
    private readonly transport: Transport,
    private readonly host: AppHost,
    options: Options,
  ) {
    this.state = initialState(options);
  }

  start(): void {
    this.transport.start({
      message: (m) => this.receive(m),
      phase: (phase, retryInMs) => this.phaseChanged(phase, retryInMs),
    });
  }

  private update(change: Partial<AppState>): void {
    this.state = { ...this.state, ...change };
    this.host.changed();
  }

  // ------------------------------------------------------------------------- the connection

  private phaseChanged(phase: Phase, retryInMs: number): void {
    if (phase === "open") {
      this.transport.send({ type: "hello", protocol: 1, clientId: this.clientId });
      return; // open for the reader once the server has said welcome
    }
    this.watched = "";
    this.update({ phase, retryAt: retryInMs > 0 ? this.host.now() + retryInMs : 0 });
  }

  private welcome(m: Welcome): void {
    this.clientId = m.clientId;
    const can = { run: m.capabilities.run ?? false, reveal: m.capabilities.reveal ?? false };
    this.update({ phase: "open", retryAt: 0, wasOpen: true, root: m.root, can, folders: new Map() });
    if (!m.resumed) this.update({ doc: forgetRuns(this.state.doc) });
    this.listFolder("");
    this.refreshFiles();
    const path = this.wanted || this.state.path;
    this.wanted = "";
    if (path) this.watch(path);
  }

  refreshFiles(): void {
    this.transport.files().then(
      (files) => files && this.update({ files }),
      () => {}, // the tree still works
    );
  }

  // ------------------------------------------------------------------------------ messages

  receive(m: ServerMessage): void {
    switch (m.type) {
      case "welcome":
        return this.welcome(m);
      case "directory":
        return this.update({ folders: new Map(this.state.folders).set(this.relative(m.path), m.entries) });
      case "directory-changed":
        return this.directoryChanged(m);
      case "file-changed":
        return this.fileChanged(m);
      case "error":
        return this.failed(m);
      case "cursor":
        return this.cursorMoved(m);
      case "pin":
        return this.pinTo(this.relative(m.file));
      default:
        return this.documentMessage(m);
    }
  }

  private directoryChanged(m: DirectoryChanged): void {
    for (const folder of this.state.folders.keys()) this.listFolder(folder);
    this.refreshFiles();
    const { doc, path } = this.state;
    if (m.added.includes(doc.file)) {
      this.update({ notice: "" });
      this.watch(path, true);
    } else if (m.removed.includes(doc.file)) {
      this.update({ notice: `${path} was removed. What you see is how it stood.` });
    }
  }

  private documentMessage(m: DocumentMessage): void {
    if (m.file !== this.state.doc.file) return;
    const doc = applyMessage(this.state.doc, m, this.host.now());
    if (m.type === "run-start") this.loadSeen = new Set(m.blocks.filter((id) => !doc.blocks.get(id)?.told));
    if (m.type === "block-result") this.loadSeen.delete(m.block);
    const loaded = this.state.loaded || m.type === "run-end" || (m.type !== "run-start" && this.loadSeen.size === 0);
    if (doc === this.state.doc && loaded === this.state.loaded) return;
    const selected = doc.blocks.has(this.state.selected) ? this.state.selected : "";
    this.update({ doc, loaded, selected, problem: "" });
    if (m.type === "run-end" || m.type === "run-start") this.wantGraph();
  }

  private failed(m: Failure): void {
    const aboutFile = m.about && absolutePath(this.state.root, m.about) === this.state.doc.file;
    if (aboutFile && !this.state.loaded) this.update({ problem: m.message, loaded: true });
    else this.update({ notice: m.message });
  }

  private cursorMoved(m: Cursor): void {
    this.update({ cursorLine: m.file === this.state.doc.file ? m.line : -1 });
  }

  private pinTo(path: string): void {
    if (this.state.pinned && path === this.state.path) return this.togglePin();
    this.open(path);
    if (!this.state.pinned) this.togglePin();
  }

  // Follow mode: the page goes to what changed, unless it is pinned.
  private fileChanged(m: FileChanged): void {
    const path = this.relative(m.path);
    if (path === this.state.path || !path.endsWith(".py")) return;
    if (this.state.pinned) {
      const elsewhere = [path, ...this.state.elsewhere.filter((p) => p !== path)];
      this.update({ elsewhere });
    } else {
      this.open(path);
    }
  }

  // --------------------------------------------------------------------------- which file

  private relative(path: string): string {
    const relative = relativePath(this.state.root, path);
    return relative === this.state.root || relative === "." ? "" : relative;
  }

  // Show the file, at that line if one is given; the address follows.
  open(path: string, line = 0): void {
    if (path !== this.state.path) this.host.wentTo(path);
    this.show(path, line);
  }

  // The address says which file to show.
  show(path: string, line = 0): void {
    if (path === this.state.path && !this.state.problem) return this.update({ goTo: line, overlay: "" });
    if (!this.state.root) {
      this.wanted = path;
      return this.update({ path, goTo: line });
    }
    this.update({ goTo: line, overlay: "" });
    this.watch(path);
  }

  private watch(path: string, again = false): void {
    const file = absolutePath(this.state.root, path);
    if (this.watched && this.watched !== file)
      this.transport.send({ type: "unwatch-file", path: this.watched, clientId: this.clientId });
    const other = file !== this.state.doc.file;
    const options = { ...this.state.options, recent: withRecent(this.state.options.recent, path) };
    this.update({
      path,
      options,
      elsewhere: this.state.elsewhere.filter((p) => p !== path),
      ...((other || again) && { problem: "", loaded: false }),
      ...(other && { doc: emptyDocument(file), selected: "", cursorLine: -1 }),
    });
    this.host.saveOptions(options);
    if (this.state.phase === "static") return;
    const { doc } = this.state;
    this.watched = file;
    this.transport.send({ type: "watch-file", path: file, clientId: this.clientId });
    this.transport.send({ type: "request-load", path: file, clientRun: doc.run.run, have: shownHashes(doc) });
  }

  listFolder(path: string): void {
    this.transport.send({ type: "list-directory", path: absolutePath(this.state.root, path) });
  }

  // ------------------------------------------------------------------------ what is asked

  togglePin(): void {
    const pinned = !this.state.pinned;
    this.update({ pinned, ...(!pinned && { elsewhere: [] }) });
  }

  setOptions(change: Partial<Options>): void {
    const options = { ...this.state.options, ...change };
    this.host.saveOptions(options);
    this.update({ options });
    if (change.inspector) this.wantGraph();
  }

  setOverlay(overlay: Overlay): void {
    this.update({ overlay });
  }

  select(block: string): void {
    this.update({ selected: block });
  }

  // Choose the block and say why it ran.
  explain(block: string): void {
    this.update({ selected: block });
    if (!this.state.options.inspector) this.setOptions({ inspector: true });
  }

  wentThere(): void {
    if (this.state.goTo) this.update({ goTo: 0 });
  }

  dismissNotice(): void {
    this.update({ notice: "" });
  }

  reveal(file: string, line: number): void {
    if (this.state.can.reveal) this.transport.send({ type: "reveal", path: file, line });
  }

  run(block = ""): void {
    const path = this.state.doc.file;
    if (path && this.state.can.run) this.transport.send({ type: "run", path, ...(block && { block }) });
  }

  interrupt(): void {
    const path = this.state.doc.file;
    if (path) this.transport.send({ type: "interrupt", path });
  }

  restart(): void {
    const path = this.state.doc.file;
    if (path && this.state.can.run) this.transport.send({ type: "restart", path });
  }

  retry(): void {
    this.transport.retryNow();
  }

  outputUrl(hash: string): string | null {
    return this.transport.outputUrl(hash);
  }

  frameUrl(): string | null {
    return this.transport.frameUrl();
  }

  private wantGraph(): void {
    const { doc, options, phase } = this.state;
    if (phase === "open" && doc.file && options.inspector) this.transport.send({ type: "request-graph", path: doc.file });
  }
}

// The block that the line (from 0) stands in, or the last one above it.
export function blockAtLine(doc: DocumentState, line: number): Block | undefined {
  let found: Block | undefined;
  for (const id of doc.order) {
    const block = doc.blocks.get(id);
    if (block?.told && block.range.start.line <= line) found = block;
  }
  return found;
}

export function isFailed(block: Block): boolean {
  return block.status === "error" || block.status === "syntaxError";
}

