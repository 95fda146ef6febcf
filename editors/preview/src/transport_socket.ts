// SPDX-License-Identifier: Apache-2.0
// transport_socket.ts - the server's WebSocket; it is tried again when it is lost, less and less often.
import type { ClientMessage, ServerMessage } from "./protocol.ts";
import type { Transport, TransportEvents } from "./state/transport.ts";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

export class SocketTransport implements Transport {
  private events: TransportEvents | null = null;
  private socket: WebSocket | null = null;
  private attempts = 0;
  private timer = 0;

  // `base`: the page's address, with the token in its path.
  constructor(private readonly base: string) {}

  start(events: TransportEvents): void {
    this.events = events;
    this.connect();
    // What the browser knows of the network is worth an attempt.
    addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
  }

  private connect(): void {
    const url = new URL("ws", this.base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.hash = "";
    this.timer = 0;
    this.events?.phase("connecting", 0);
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.events?.phase("open", 0);
    };
    socket.onmessage = (event) => this.events?.message(JSON.parse(event.data as string) as ServerMessage);
    socket.onclose = () => this.socket === socket && this.lost();
  }

  private lost(): void {
    this.socket = null;
    const wait = Math.min(FIRST_RETRY_MS * 2 ** this.attempts++, LAST_RETRY_MS);
    this.timer = window.setTimeout(() => this.connect(), wait);
    this.events?.phase("lost", wait);
  }

  retryNow(): void {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.connect();
  }

  send(m: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(m));
  }

  async files(): Promise<string[] | null> {
    const response = await fetch(new URL("api/tree", this.base));
    return response.ok ? ((await response.json()) as { files: string[] }).files : null;
  }

  // Beside the folder that is named by the token, and so without it.
  frameUrl(): string {
    return new URL("../frame.html", this.base).href;
  }

  outputUrl(hash: string): string {
    return new URL(`api/output/${hash}`, this.base).href;
  }
}
