// SPDX-License-Identifier: Apache-2.0
// scroll.ts - going to a block.  Blocks off screen have a guessed height until they come near, so
// one arrives in steps: go, let the browser lay out what came near, look again.

const STEPS = 6;
const READING_MS = 1500; // after the reader scrolled, nothing else scrolls

let lastScrolled = 0;
const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);
for (const kind of ["wheel", "touchmove", "pointerdown"])
  addEventListener(kind, () => (lastScrolled = Date.now()), { passive: true, capture: true });
addEventListener("keydown", (e) => {
  if (SCROLL_KEYS.has(e.key)) lastScrolled = Date.now();
});

export function isReading(): boolean {
  return Date.now() - lastScrolled < READING_MS;
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function isVisible(el: Element): boolean {
  const { top, bottom } = el.getBoundingClientRect();
  return bottom > 60 && top < innerHeight - 40;
}

function settle(el: Element, where: ScrollLogicalPosition, steps: number, before: number, begun = Date.now()): void {
  requestAnimationFrame(() => {
    const { top } = el.getBoundingClientRect();
    if (!el.isConnected || steps === 0 || lastScrolled > begun || Math.abs(top - before) < 2) return;
    el.scrollIntoView({ block: where, behavior: "instant" });
    settle(el, where, steps - 1, el.getBoundingClientRect().top, begun);
  });
}

export function scrollToBlock(el: Element, where: ScrollLogicalPosition): void {
  el.scrollIntoView({ block: where, behavior: "instant" });
  settle(el, where, STEPS, Number.NaN);
}

// For what happens by itself: gently where it is near, and where the reader likes motion.
export function glideToBlock(el: Element): void {
  const far = Math.abs(el.getBoundingClientRect().top) > 3 * innerHeight;
  if (far || calm()) scrollToBlock(el, "center");
  else el.scrollIntoView({ block: "center", behavior: "smooth" });
}
