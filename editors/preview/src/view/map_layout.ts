// SPDX-License-Identifier: Apache-2.0
// map_layout.ts - where the arcs of the dependency map go.  Pure.

export interface Arc {
  fromId: string; // provides
  toId: string; // requires
  from: number; // rows
  to: number;
  lane: number; // from 0, the nearest to the rows
}

export interface Layout {
  arcs: Arc[];
  lanes: number;
}

const LANES_MAX = 14; // beyond that arcs share the last one

// Short arcs first, each in the nearest lane that is free along its way.  Arcs that begin at the
// same row may share a lane: there they are one line with several ends.
export function layOutArcs(ids: readonly string[], upstream: (id: string) => readonly string[]): Layout {
  const row = new Map(ids.map((id, i) => [id, i]));
  const arcs: Arc[] = [];
  ids.forEach((toId, to) => {
    for (const fromId of upstream(toId)) {
      const from = row.get(fromId);
      if (from !== undefined && from < to) arcs.push({ fromId, toId, from, to, lane: 0 });
    }
  });
  arcs.sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  const taken: Arc[][] = [];
  for (const arc of arcs) {
    let lane = 0;
    const meets = (other: Arc) => other.from !== arc.from && other.from < arc.to && arc.from < other.to;
    while (lane < LANES_MAX - 1 && taken[lane]?.some(meets)) lane++;
    arc.lane = lane;
    (taken[lane] ??= []).push(arc);
  }
  return { arcs, lanes: taken.length };
}
