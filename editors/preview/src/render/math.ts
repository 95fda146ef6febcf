// SPDX-License-Identifier: Apache-2.0
// math.ts - sets the mathematics that Markdown left as placeholders.
import type { MathPart } from "../../parts/math.ts";
import { loadPart, presentPart } from "./parts.ts";

function typeset(part: MathPart, spots: Iterable<HTMLElement>): void {
  for (const spot of spots) {
    const tex = spot.textContent ?? "";
    spot.innerHTML = part.render(tex, spot.dataset["display"] === "1");
    spot.classList.replace("math", "math-set");
  }
}

// At once when KaTeX is there, so that nothing jumps.
export function typesetMath(within: HTMLElement): void {
  const spots = [...within.querySelectorAll<HTMLElement>(".math")];
  if (spots.length === 0) return;
  const part = presentPart("math");
  if (part) typeset(part, spots);
  else
    loadPart("math").then(
      (loaded) => typeset(loaded, spots.filter((s) => s.isConnected && s.classList.contains("math"))),
      () => {}, // the TeX stays to be read
    );
}
