// SPDX-License-Identifier: Apache-2.0
// types.d.ts - modules that come without types.
declare module "inline:*" {
  const css: string;
  export default css;
}
declare module "markdown-it-footnote" {
  import type MarkdownIt from "markdown-it";
  const plugin: (md: MarkdownIt) => void;
  export default plugin;
}
declare module "markdown-it-task-lists" {
  import type MarkdownIt from "markdown-it";
  const plugin: (md: MarkdownIt) => void;
  export default plugin;
}
declare module "@vscode/markdown-it-katex" {
  import type MarkdownIt from "markdown-it";
  const plugin: (md: MarkdownIt, options: object) => void;
  export default plugin;
}
declare module "plotly.js-cartesian-dist-min" {
  const Plotly: {
    newPlot(where: HTMLElement, data: unknown, layout: object, config: object): Promise<void>;
    purge(where: HTMLElement): void;
  };
  export default Plotly;
}
