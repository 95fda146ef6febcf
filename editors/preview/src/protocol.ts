// SPDX-License-Identifier: Apache-2.0
// protocol.ts - the live messages as docs/live-protocol.md describes them.

export interface Position {
  line: number; // from 0
  character: number;
}
export interface Range {
  start: Position;
  end: Position;
}

export type Status =
  | "ok"
  | "error"
  | "blocked"
  | "held"
  | "stale"
  | "running"
  | "queued"
  | "syntaxError"
  | "skipped";

export type Category = "code" | "statements" | "visuals" | "prose";
export const CATEGORIES: readonly Category[] = ["code", "statements", "visuals", "prose"];

export interface Element {
  type: "prose" | "code";
  range: Range;
  value: string;
  show: boolean;
}

export interface Frame {
  file: string;
  line: number; // from 0
  function: string;
  source: string;
}

export type MimeBundle = Record<string, unknown>;

export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: string;
}
export interface DisplayOutput {
  output_type: "display_data" | "execute_result";
  data: MimeBundle;
  metadata?: Record<string, unknown>;
}
export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  traceback: string[];
  frames?: Frame[];
}
export type Output = StreamOutput | DisplayOutput | ErrorOutput;

export interface Reason {
  kind: string;
  ref?: string;
}

// What a block has to do with others; for the Why panel and the map.
export interface Relations {
  provides: string[];
  requires: string[];
  mutates: string[];
  upstream: string[];
  downstream: string[];
}

export interface RunStart {
  type: "run-start";
  run: number;
  file: string;
  uri?: string;
  version?: number;
  blocks: string[];
  dirty: string[];
  reasons: Record<string, Reason[]>;
  trigger: string;
}
export interface BlockStart {
  type: "block-start";
  run: number;
  file: string;
  block: string;
}
export interface BlockOutput {
  type: "block-output";
  run: number;
  file: string;
  block: string;
  output: Output;
}
export interface BlockResult {
  type: "block-result";
  run: number;
  file: string;
  block: string;
  ordinal: number;
  range: Range;
  kind: "code" | "prose";
  status: Status;
  ok: boolean;
  title?: string;
  elements: Element[];
  hidden?: Category[]; // by the pragmas in force
  blockedBy?: string;
  operation?: string; // that a held block waits with
  outputs?: Output[];
  truncated?: boolean;
  durationMs: number;
  origin: "ran" | "clean" | "cache";
  contentHash: string;
  unchanged?: boolean;
}
export interface RunEnd {
  type: "run-end";
  run: number;
  file: string;
  error: boolean;
  cancelled: boolean;
  ran: number;
  clean: number;
  cached: number;
  durationMs: number;
}
// Blocks came, went or changed places, and no run told of it.
export interface Blocks {
  type: "blocks";
  run: number;
  file: string;
  version: number;
  blocks: string[];
}
export interface Graph {
  type: "graph";
  file: string;
  blocks: Record<string, Relations>;
}

export type DocumentMessage = RunStart | BlockStart | BlockOutput | BlockResult | Blocks | RunEnd | Graph;

export interface Welcome {
  type: "welcome";
  protocol: number;
  server: { name: string; version: string };
  root: string;
  clientId: string;
  resumed?: boolean;
  watching?: string[];
  capabilities: { run?: boolean; reveal?: boolean };
}
export interface DirectoryEntry {
  name: string;
  kind: "file" | "directory";
}
export interface Directory {
  type: "directory";
  path: string;
  entries: DirectoryEntry[];
}
export interface FileChanged {
  type: "file-changed";
  path: string;
  watched: boolean;
}
export interface DirectoryChanged {
  type: "directory-changed";
  added: string[];
  removed: string[];
}
export interface Failure {
  type: "error";
  code: string;
  message: string;
  about: string;
}
// From an editor that shows the preview: where its cursor is.
export interface Cursor {
  type: "cursor";
  file: string;
  line: number; // from 0
}

// From an editor: show that file and stay there; the same again: follow changes again.
export interface Pin {
  type: "pin";
  file: string;
}

export type ServerMessage =
  | DocumentMessage
  | Welcome
  | Directory
  | FileChanged
  | DirectoryChanged
  | Failure
  | Cursor
  | Pin;

export type ClientMessage =
  | { type: "hello"; protocol: number; clientId: string; token?: string }
  | { type: "watch-file" | "unwatch-file"; path: string; clientId: string }
  | { type: "request-load"; path: string; clientRun: number; have: Record<string, string> }
  | { type: "request-graph"; path: string }
  | { type: "run"; path: string; block?: string; all?: boolean }
  | { type: "interrupt" | "restart"; path: string }
  | { type: "reveal"; path: string; line: number }
  | { type: "list-directory"; path: string };
