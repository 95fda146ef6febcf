// SPDX-License-Identifier: Apache-2.0
// transport_static.ts - a page that holds its document: the messages stand in the page itself.
import type { ServerMessage } from "./protocol.ts";
import type { Transport, TransportEvents } from "./state/transport.ts";

export interface StaticState {
  root: string;
  path: string;
  messages: ServerMessage[];
}

export function readStaticState(): StaticState | null {
  const text = document.getElementById("relight-state")?.textContent;
  return text ? (JSON.parse(text) as StaticState) : null;
}

export class StaticTransport implements Transport {
  start(events: TransportEvents): void {
    events.phase("static", 0);
  }
  send(): void {}
  retryNow(): void {}
  files(): Promise<null> {
    return Promise.resolve(null);
  }
  frameUrl(): null {
    return null;
  }
  outputUrl(): null {
    return null;
  }
}
