// SPDX-License-Identifier: Apache-2.0
// messages.ts - the live messages, as far as this editor reads them (docs/live-protocol.md).

export interface Range {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

export type Status =
  | "ok"
  | "error"
  | "blocked"
  | "held"
  | "stale"
  | "queued"
  | "running"
  | "syntaxError"
  | "skipped";

export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: string;
}
export interface DisplayOutput {
  output_type: "display_data" | "execute_result";
  data: Record<string, unknown>;
}
export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  traceback: string[];
}
export type Output = StreamOutput | DisplayOutput | ErrorOutput;

interface Message {
  run: number;
  file: string;
}
export interface RunStart extends Message {
  blocks: string[];
  dirty: string[];
}
export interface BlockStart extends Message {
  block: string;
  range?: Range;
}
export interface BlockOutput extends Message {
  block: string;
  output: Output;
}
export interface BlockResult extends Message {
  block: string;
  range: Range;
  unchanged?: boolean;
  kind: "code" | "prose";
  status: Status;
  outputs?: Output[];
  truncated?: boolean;
  durationMs: number;
  blockedBy?: string;
  operation?: string;
}
export interface BlockList extends Message {
  blocks: string[];
}
export type RunEnd = Message;
