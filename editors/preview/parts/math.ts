// SPDX-License-Identifier: Apache-2.0
// math.ts - the part that sets mathematics: KaTeX with its fonts.
import katex from "katex";
import css from "inline:katex/dist/katex.min.css";

export interface MathPart {
  render(tex: string, display: boolean): string;
}

const style = document.createElement("style");
style.textContent = css;
document.head.append(style);

const part: MathPart = {
  // What is not TeX is shown as it is, in red; nothing in it is trusted.
  render: (tex, displayMode) =>
    katex.renderToString(tex, { displayMode, throwOnError: false, trust: false, maxExpand: 1000, output: "htmlAndMathml" }),
};
(globalThis.relightParts ??= {}).math = part;
