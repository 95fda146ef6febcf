// SPDX-License-Identifier: Apache-2.0
// status.ts - the state of the document in front, in the status bar.
import * as vscode from "vscode";
import type { Document } from "./documents.ts";
import type { Health } from "./server.ts";
import { isOurs } from "./store.ts";

const LINKS = ["runAll", "interrupt", "restart", "openPreview", "restartServer", "showLog"];
const LABELS = ["Run all", "Interrupt", "Restart", "Preview", "Restart the server", "Log"];

interface Words {
  text: string;
  command: string;
  warn?: boolean;
}

export function words(health: Health | undefined, document: Document | undefined): Words {
  if (health === "failed") return { text: "$(error) Relight: ended", command: "relight.restartServer", warn: true };
  if (health === undefined || health === "stopped") return { text: "$(circle-slash) Relight: no server", command: "relight.restartServer" };
  if (health === "starting") return { text: "$(loading~spin) Relight", command: "relight.showLog" };
  if (!document?.live) return { text: "$(flame) Relight: go live", command: "relight.goLive" };
  if (document.left > 0) return { text: `$(sync~spin) Relight ${document.total - document.left}/${document.total}`, command: "relight.interrupt" };
  const { ok = 0, error = 0, syntaxError = 0, held = 0, blocked = 0 } = document.counts();
  const signs: [string, number][] = [["$(error)", error + syntaxError], ["$(circle-slash)", blocked], ["$(debug-pause)", held]];
  const rest = signs.filter(([, n]) => n > 0).map(([sign, n]) => ` ${sign} ${n}`);
  return { text: `$(flame) $(check) ${ok}${rest.join("")}`, command: "relight.run" };
}

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("relight", vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.item.name = "Relight";
    const tooltip = new vscode.MarkdownString(LABELS.map((label, i) => `[${label}](command:relight.${LINKS[i]})`).join(" · "));
    tooltip.isTrusted = { enabledCommands: LINKS.map((name) => `relight.${name}`) };
    this.item.tooltip = tooltip;
  }

  update(editor: vscode.TextEditor | undefined, health: Health | undefined, document: Document | undefined): void {
    if (!editor || !isOurs(editor.document)) return this.item.hide();
    const { text, command, warn } = words(health, document);
    this.item.text = text;
    this.item.command = command;
    this.item.backgroundColor = warn ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    this.item.accessibilityInformation = { label: `Relight: ${text.replace(/\$\(.*?\) ?/g, "")}` };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
