// SPDX-License-Identifier: Apache-2.0
// loaded.tsx - an output that is fetched by its hash, because it is large.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isImage } from "./output_image.tsx";
import { useApp } from "./context.ts";

interface LoadedProps {
  type: string;
  hash: string;
  view: (data: unknown) => ComponentChildren;
}

const KEPT = new Map<string, unknown>(); // by hash; a few, so that a repaint does not blink
const KEPT_MAX = 24;

async function fetchOutput(url: string, type: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (isImage(type)) return URL.createObjectURL(await response.blob());
  return type.endsWith("json") ? response.json() : response.text();
}

export function Loaded({ type, hash, view }: LoadedProps) {
  const app = useApp();
  const [data, setData] = useState<unknown>(KEPT.get(hash));
  const [failed, setFailed] = useState("");
  useEffect(() => {
    const url = app.outputUrl(hash);
    if (data !== undefined || !url) return;
    let wanted = true;
    fetchOutput(url, type).then(
      (loaded) => {
        if (KEPT.size >= KEPT_MAX) KEPT.delete(KEPT.keys().next().value as string);
        KEPT.set(hash, loaded);
        if (wanted) setData(loaded);
      },
      (error: Error) => wanted && setFailed(error.message),
    );
    return () => {
      wanted = false;
    };
  }, [hash]);
  if (failed) return <p class="note">This result could not be loaded: {failed}</p>;
  return data === undefined ? <div class="loading" role="status" aria-label="Loading a result" /> : <>{view(data)}</>;
}
