// SPDX-License-Identifier: Apache-2.0
// sanitize.ts - foreign HTML and SVG made harmless before it becomes part of the page.
//
// Nothing that runs, submits, loads a frame, or covers the page gets through: no scripts, handlers
// or forms, and of styles only the alignment of text.
import createPurifier, { type Config } from "dompurify";

const HTML: Config = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ["style", "form", "button", "textarea", "select", "option", "dialog", "video", "audio"],
  FORBID_ATTR: ["srcset", "autofocus", "contenteditable", "tabindex"],
  ADD_ATTR: ["target"],
};
const SVG: Config = {
  USE_PROFILES: { svg: true, svgFilters: true },
  ADD_TAGS: ["use"],
  FORBID_TAGS: ["foreignObject"],
};

function tidyStyle(node: Element): void {
  if (!(node instanceof HTMLElement) || !node.hasAttribute("style")) return;
  const align = node.style.textAlign;
  node.removeAttribute("style");
  if (align) node.style.textAlign = align;
}

function tidyLink(node: Element): void {
  if (node.localName !== "a" || node.getAttribute("href")?.startsWith("#")) return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
}

const html = createPurifier(window);
html.addHook("afterSanitizeAttributes", (node) => {
  tidyStyle(node);
  tidyLink(node);
  if (node.localName !== "input") return;
  if (node.getAttribute("type") === "checkbox") node.setAttribute("disabled", "");
  else node.remove();
});

// A reference may lead to a place within the picture, or be a picture itself.
const svg = createPurifier(window);
svg.addHook("afterSanitizeAttributes", (node) => {
  for (const name of ["href", "xlink:href"]) {
    const value = node.getAttribute(name);
    if (value && !/^#|^data:image\/(png|jpeg|gif|webp);/.test(value)) node.removeAttribute(name);
  }
});

export function sanitizeHtml(text: string): string {
  return html.sanitize(text, HTML) as string;
}

export function sanitizeSvg(text: string): string {
  return svg.sanitize(text, SVG) as string;
}
