// SPDX-License-Identifier: Apache-2.0
// fuzzy.ts - which names a few typed letters mean, the likeliest first.

export interface Match {
  score: number;
  places: number[]; // of the letters in the text, to be marked
}

const isBreak = (ch: string | undefined) => ch === undefined || "/_-. ".includes(ch);

// The letters in order, each as soon as possible from `start` on.
function placesFrom(text: string, query: string, start: number): number[] | null {
  const places: number[] = [];
  let at = start;
  for (const letter of query) {
    at = text.indexOf(letter, at);
    if (at < 0) return null;
    places.push(at++);
  }
  return places;
}

// Letters that stand together, begin a word, or stand in the last part of a path count more.
function rate(text: string, places: number[]): number {
  const lastPart = text.lastIndexOf("/") + 1;
  let score = -text.length / 100;
  places.forEach((at, i) => {
    if (i > 0 && places[i - 1] === at - 1) score += 3;
    if (isBreak(text[at - 1])) score += 2;
    if (at >= lastPart) score += 1;
  });
  return score;
}

export function fuzzyMatch(text: string, query: string): Match | null {
  const low = text.toLowerCase();
  const letters = query.toLowerCase().replace(/\s+/g, "");
  if (!letters) return { score: 0, places: [] };
  let best: Match | null = null;
  for (let start = low.indexOf(letters[0] ?? ""); start >= 0; start = low.indexOf(letters[0] ?? "", start + 1)) {
    const places = placesFrom(low, letters, start);
    if (!places) break;
    const score = rate(low, places);
    if (!best || score > best.score) best = { score, places };
  }
  return best;
}
