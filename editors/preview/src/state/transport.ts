// SPDX-License-Identifier: Apache-2.0
// transport.ts - how the page reaches a server: a WebSocket, an editor's webview, or not at all.
import type { ClientMessage, ServerMessage } from "../protocol.ts";

export type Phase = "connecting" | "open" | "lost" | "static";

export interface TransportEvents {
  message(m: ServerMessage): void;
  phase(phase: Phase, retryInMs: number): void;
}

export interface Transport {
  start(events: TransportEvents): void;
  send(m: ClientMessage): void;
  retryNow(): void;
  // Every Python file below the root, relative to it; null: it cannot be said.
  files(): Promise<string[] | null>;
  // Where the browser can load an output by its hash; null: it comes with the messages.
  outputUrl(hash: string): string | null;
  // An empty sandboxed page that writes what it is sent; null: a frame takes its HTML as it is.
  frameUrl(): string | null;
}
