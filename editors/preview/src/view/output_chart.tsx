// SPDX-License-Identifier: Apache-2.0
// output_chart.tsx - charts that a part draws.
import { useEffect, useRef, useState } from "preact/hooks";
import { loadPart } from "../render/parts.ts";
import { useDark } from "./context.ts";

export function vegaMode(type: string): "vega" | "vega-lite" | null {
  const found = /^application\/vnd\.(vega|vegalite)(\.v\d+(\.\d+)*)?\+json$/.exec(type);
  return found ? (found[1] === "vega" ? "vega" : "vega-lite") : null;
}

export function isPlotly(type: string): boolean {
  return /^application\/vnd\.plotly(\.v\d+)?\+json$/.test(type);
}

type Kind = "vega" | "vega-lite" | "plotly";

async function draw(where: HTMLElement, kind: Kind, spec: unknown, dark: boolean): Promise<() => void> {
  const own = structuredClone(spec); // both libraries write into what they are given
  if (kind === "plotly") return (await loadPart("plotly")).draw(where, own);
  return (await loadPart("vega")).draw(where, own, kind, dark);
}

export function ChartOutput({ kind, spec }: { kind: Kind; spec: unknown }) {
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState("");
  const dark = useDark();
  useEffect(() => {
    const where = box.current;
    if (!where) return;
    let over = false;
    let undo = () => {};
    where.style.minHeight = `${where.offsetHeight}px`; // the old chart's, until the new one is there
    const target = document.createElement("div");
    where.append(target);
    draw(target, kind, spec, dark).then(
      (finish) => {
        undo = finish;
        if (over) finish();
        else where.replaceChildren(target);
        where.style.minHeight = "";
        setFailed("");
      },
      (error: Error) => !over && setFailed(error.message),
    );
    return () => {
      over = true;
      undo();
    };
  }, [kind, spec, dark]);
  return (
    <>
      {failed && <p class="note">This chart cannot be drawn: {failed}</p>}
      <div class={`chart ${kind}`} ref={box} role="img" aria-label="A chart" />
    </>
  );
}
