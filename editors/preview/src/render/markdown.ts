// SPDX-License-Identifier: Apache-2.0
// markdown.ts - Markdown as safe HTML.  Mathematics is left as placeholders: see math.ts.
import katexPlugin from "@vscode/markdown-it-katex";
import MarkdownIt from "markdown-it";
import footnote from "markdown-it-footnote";
import taskLists from "markdown-it-task-lists";
import { escapeHtml, highlight } from "./highlight.ts";
import { sanitizeHtml } from "./sanitize.ts";

const placeholder = (tex: string, { displayMode }: { displayMode?: boolean }) =>
  `<span class="math" data-display="${displayMode ? 1 : 0}">${escapeHtml(tex)}</span>`;

// The plug-in is CommonJS; its default export may be one level down.
const math = (katexPlugin as { default?: typeof katexPlugin }).default ?? katexPlugin;

const md = new MarkdownIt({ html: true, linkify: true, typographer: false, highlight })
  .use(footnote)
  .use(taskLists)
  .use(math, { katex: { renderToString: placeholder }, enableFencedBlocks: true });

// Tables scroll by themselves when they are wider than the page.
md.renderer.rules["table_open"] = () => '<div class="table-scroll" tabindex="0"><table>';
md.renderer.rules["table_close"] = () => "</table></div>";

// Documents in the manner of sphinx-gallery write mathematics as a role.
const withRoles = (text: string) => text.replace(/:math:`([^`\n]+)`/g, (_, tex: string) => `$${tex}$`);

const CACHE_MAX = 500;
const cache = new Map<string, string>();

// `scope` keeps the anchors of footnotes apart.
export function renderMarkdown(text: string, scope: string): string {
  const key = `${scope}\0${text}`;
  let html = cache.get(key);
  if (html === undefined) {
    html = sanitizeHtml(md.render(withRoles(text), { docId: scope }));
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(key, html);
  }
  return html;
}
