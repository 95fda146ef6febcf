// SPDX-License-Identifier: Apache-2.0
// vega.ts - the part that draws Vega and Vega-Lite; no eval, and nothing is fetched.
import { expressionInterpreter } from "vega-interpreter";
import embed, { type VisualizationSpec } from "vega-embed";

export interface VegaPart {
  draw(where: HTMLElement, spec: unknown, mode: "vega" | "vega-lite", dark: boolean): Promise<() => void>;
}

const refuse = () => Promise.reject(new Error("a chart in the preview may not load other files"));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

const part: VegaPart = {
  async draw(where, spec, mode, dark) {
    const { usermeta: _, ...own } = spec as Record<string, unknown>; // it could override what follows
    const result = await embed(where, own as unknown as VisualizationSpec, {
      mode,
      ast: true,
      expr: expressionInterpreter,
      loader,
      renderer: "svg",
      actions: false,
      logLevel: 1, // errors; charts of an older version of the language are drawn without a word
      tooltip: { theme: dark ? "dark" : "light" },
      ...(dark && { theme: "dark" as const, config: { background: "transparent" } }),
    });
    return () => result.finalize();
  },
};
(globalThis.relightParts ??= {}).vega = part;
