// SPDX-License-Identifier: Apache-2.0
// settings.ts - what of the user's settings is for the server.
import * as vscode from "vscode";

// A test compares these with the server's own list, by what it complains about.
const SERVER_KEYS = [
  "cache.diskLimit", "cache.memoryLimit", "cwd", "impact.strategy", "live", "output.limit", "preview.open",
  "preview.port", "python", "roots", "stateDir", "trace", "trigger", "verify", "worker.command",
];

export function concernsServer(event: vscode.ConfigurationChangeEvent): boolean {
  return SERVER_KEYS.some((key) => event.affectsConfiguration(`relight.${key}`));
}

// Only what somebody set: a default of ours must not win over the project's pyproject.toml.
export function serverSettings(scope: vscode.Uri | undefined): Record<string, unknown> {
  const all = vscode.workspace.getConfiguration("relight", scope);
  const settings: Record<string, unknown> = {};
  for (const key of SERVER_KEYS) {
    const set = all.inspect(key);
    if (set?.workspaceFolderValue !== undefined || set?.workspaceValue !== undefined || set?.globalValue !== undefined)
      settings[key] = all.get(key);
  }
  return settings;
}
