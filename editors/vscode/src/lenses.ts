// SPDX-License-Identifier: Apache-2.0
// lenses.ts - which of the server's code lenses are shown: none where Jupyter has its own.
import * as vscode from "vscode";

const JUPYTER = "ms-toolsai.jupyter";
const CELL = /^#\s*(%%|In\s?\[)/m;

export function showsLens(document: vscode.TextDocument, lens: vscode.CodeLens): boolean {
  const wanted = vscode.workspace.getConfiguration("relight", document).get("codeLens", "auto");
  if (wanted !== "auto") return wanted === "on";
  if (lens.command?.command === "relight.goLive") return true;
  return !(vscode.extensions.getExtension(JUPYTER) && CELL.test(document.getText()));
}
