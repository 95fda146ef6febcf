// SPDX-License-Identifier: Apache-2.0
// prose.tsx - Markdown and mathematics.
import { useLayoutEffect, useRef } from "preact/hooks";
import { renderMarkdown } from "../render/markdown.ts";
import { typesetMath } from "../render/math.ts";
import { memo } from "./memo.ts";

// Links within the page lead to a footnote; the address stays that of the document.
function onClick(event: MouseEvent): void {
  const link = (event.target as Element).closest("a");
  const href = link?.getAttribute("href");
  if (!href?.startsWith("#") || href.startsWith("#/")) return;
  event.preventDefault();
  event.stopPropagation();
  document.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView({ block: "center" });
}

export const Prose = memo(({ text, scope }: { text: string; scope: string }) => {
  const box = useRef<HTMLDivElement>(null);
  const html = renderMarkdown(text, scope);
  useLayoutEffect(() => {
    if (box.current) typesetMath(box.current);
  }, [html]);
  const legal = /^SPDX-[\w-]+: \S+$/.test(text.trim());
  return <div class={`prose ${legal ? "legal" : ""}`} ref={box} onClick={onClick} dangerouslySetInnerHTML={{ __html: html }} />;
});

export function LatexOutput({ tex }: { tex: string }) {
  const box = useRef<HTMLDivElement>(null);
  const bare = tex.trim().replace(/^(\$\$?|\\\[|\\\()([\s\S]*?)(\$\$?|\\\]|\\\))$/, "$2");
  useLayoutEffect(() => {
    if (box.current) typesetMath(box.current);
  }, [bare]);
  return (
    <div class="latex" ref={box} tabindex={0}>
      <span class="math" data-display="1" key={bare}>
        {bare}
      </span>
    </div>
  );
}
