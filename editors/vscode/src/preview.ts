// SPDX-License-Identifier: Apache-2.0
// preview.ts - the preview of the document in front, in a panel beside it: the same page as in the
// browser, in a frame.  Its server is on the machine where the files are, and is reached from here
// by the address that the editor makes of its own.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

// What asks the server for a document's address; undefined when it was told why there is none.
export type AddressOf = (uri: unknown) => Promise<unknown>;

// Only the machine and its port are other ones from here.
async function reachable(address: string): Promise<string> {
  const { origin, pathname, hash } = new URL(address);
  const there = await vscode.env.asExternalUri(vscode.Uri.parse(`${origin}/`, true));
  return there.toString(true).replace(/\/$/, "") + pathname + hash;
}

const page = (url: string, nonce: string): string => `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; frame-src ${new URL(url).origin}; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">
<style>html, body, iframe { width: 100%; height: 100%; margin: 0; padding: 0; border: 0; display: block; background: #fff }</style>
</head>
<body>
<iframe title="Relight preview" src="${url.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"></iframe>
<script nonce="${nonce}">
const frame = document.querySelector("iframe");
addEventListener("message", ({ data }) => { if (frame.src !== data.url) frame.src = data.url; });
</script>
</body>
</html>`;

export class Preview implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private origin = "";

  constructor(private readonly addressOf: AddressOf) {}

  async open(uri: unknown): Promise<void> {
    const address = await this.addressOf(uri);
    if (typeof address !== "string") return;
    this.show(await reachable(address));
    this.panel?.reveal(undefined, true);
  }

  async openExternal(uri: unknown): Promise<void> {
    const address = await this.addressOf(uri);
    if (typeof address === "string") await vscode.env.openExternal(vscode.Uri.parse(await reachable(address), true));
  }

  // The panel shows the document in front, as long as it is there.
  async follow(uri: vscode.Uri): Promise<void> {
    const address = this.panel?.visible ? await this.addressOf(uri) : undefined;
    if (typeof address === "string") this.show(await reachable(address));
  }

  private show(url: string): void {
    const { origin } = new URL(url);
    if (this.panel && origin === this.origin) void this.panel.webview.postMessage({ url });
    else {
      this.panel ??= this.create();
      this.panel.webview.html = page(url, randomBytes(16).toString("hex"));
      this.origin = origin;
    }
  }

  private create(): vscode.WebviewPanel {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel("relight.preview", "Relight", place, { enableScripts: true, retainContextWhenHidden: true });
    panel.onDidDispose(() => (this.panel = undefined));
    return panel;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
