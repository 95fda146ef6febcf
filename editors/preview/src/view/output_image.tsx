// SPDX-License-Identifier: Apache-2.0
// output_image.tsx - pictures, with room made for them before they are decoded.
import type { Linked } from "./outputs.tsx";

export function isImage(type: string): boolean {
  return /^image\/(png|jpeg|gif|webp|bmp|avif)$/.test(type);
}

// The size that a PNG says in its first bytes.
export function pngSize(base64: string): { width: number; height: number } | null {
  let head: string;
  try {
    head = atob(base64.slice(0, 32));
  } catch {
    return null;
  }
  if (!head.startsWith("\u0089PNG")) return null;
  const number = (at: number) => [0, 1, 2, 3].reduce((n, i) => n * 256 + head.charCodeAt(at + i), 0);
  return { width: number(16), height: number(20) };
}

interface Size {
  width?: number;
  height?: number;
}

export function ImageOutput({ type, data, output }: { type: string; data: string; output: Linked }) {
  const base64 = data.replace(/\s+/g, "");
  const src = data.startsWith("blob:") ? data : `data:${type};base64,${base64}`;
  const said = (output.metadata?.[type] ?? {}) as Size;
  const found = type === "image/png" ? pngSize(base64) : null;
  const size = said.width ? said : (found ?? {});
  const alt = typeof output.data["text/plain"] === "string" ? output.data["text/plain"] : "A picture";
  return <img class="picture" src={src} alt={alt} width={size.width} height={size.height} decoding="sync" />;
}
