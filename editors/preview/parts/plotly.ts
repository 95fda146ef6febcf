// SPDX-License-Identifier: Apache-2.0
// plotly.ts - the part that draws Plotly figures (Cartesian kinds, pies and tables of them).
import Plotly from "plotly.js-cartesian-dist-min";

export interface PlotlyPart {
  draw(where: HTMLElement, figure: unknown): Promise<() => void>;
}

interface Figure {
  data?: unknown[];
  layout?: object;
  config?: object;
}

const part: PlotlyPart = {
  async draw(where, figure) {
    const { data = [], layout = {} } = figure as Figure;
    const config = { responsive: true, displaylogo: false, showEditInChartStudio: false };
    await Plotly.newPlot(where, data, layout, config);
    return () => Plotly.purge(where);
  },
};
(globalThis.relightParts ??= {}).plotly = part;
