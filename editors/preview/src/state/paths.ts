// SPDX-License-Identifier: Apache-2.0
// paths.ts - paths below the root, and the part of the address that names a place.

export interface Place {
  path: string; // relative to the root
  line: number; // from 1; 0: none
}

export function relativePath(root: string, file: string): string {
  const prefix = root.endsWith("/") ? root : `${root}/`;
  return file.startsWith(prefix) ? file.slice(prefix.length) : file;
}

export function absolutePath(root: string, path: string): string {
  return path.startsWith("/") ? path : `${root.replace(/\/$/, "")}/${path}`;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function folderName(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

// "#/notes/a.py:12"; the slash may be missing
export function parsePlace(hash: string): Place | null {
  const found = /^#\/?([^/].*?)(?::(\d+))?$/.exec(hash);
  if (!found?.[1]) return null;
  try {
    return { path: decodeURIComponent(found[1]), line: Number(found[2] ?? 0) };
  } catch {
    return null;
  }
}

export function formatPlace({ path, line }: Place): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `#/${encoded}${line ? `:${line}` : ""}`;
}
