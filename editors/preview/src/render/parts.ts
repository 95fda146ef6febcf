// SPDX-License-Identifier: Apache-2.0
// parts.ts - what only some documents need, loaded when the first output asks for it.
//
// A part is a classic script that puts itself into `relightParts`.  In a static page the parts it
// needs are there already; elsewhere they come from beside the app's own script.
import type { MathPart } from "../../parts/math.ts";
import type { PlotlyPart } from "../../parts/plotly.ts";
import type { VegaPart } from "../../parts/vega.ts";

interface Parts {
  math: MathPart;
  vega: VegaPart;
  plotly: PlotlyPart;
}

declare global {
  // eslint-disable-next-line no-var
  var relightParts: Partial<Parts> | undefined;
}

const loading = new Map<string, Promise<void>>();
const script = document.currentScript;
const base = script instanceof HTMLScriptElement && script.src ? script.src : document.baseURI;

function fetchPart(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    const url = new URL(`${name}.js`, base);
    url.search = new URL(base).search; // the server's token, where it is in the query
    tag.src = url.href;
    if (script?.nonce) tag.nonce = script.nonce;
    tag.onload = () => resolve();
    tag.onerror = () => {
      loading.delete(name);
      tag.remove();
      reject(new Error(`${name}.js could not be loaded`));
    };
    document.head.append(tag);
  });
}

export function presentPart<K extends keyof Parts>(name: K): Parts[K] | undefined {
  return globalThis.relightParts?.[name];
}

export async function loadPart<K extends keyof Parts>(name: K): Promise<Parts[K]> {
  if (!presentPart(name)) {
    if (!loading.has(name)) loading.set(name, fetchPart(name));
    await loading.get(name);
  }
  const part = presentPart(name);
  if (!part) throw new Error(`${name}.js is not what it should be`);
  return part;
}
