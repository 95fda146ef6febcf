// SPDX-License-Identifier: Apache-2.0
// output_html.tsx - HTML and SVG.  A table of data becomes part of the page once it is sanitised;
// every other HTML lives in a frame of its own origin, which can reach nothing of ours.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { sanitizeHtml, sanitizeSvg } from "../render/sanitize.ts";
import { formatBytes } from "../render/text.ts";
import { useApp, useDark } from "./context.ts";

const TABLE_MAX = 2_000_000; // characters that are laid out without being asked for

export function isTable(html: string): boolean {
  return /<table[^>]*\bclass="[^"]*\bdataframe\b/.test(html) && !/<script/i.test(html);
}

function OnDemand({ size, children }: { size: number; children: () => preact.ComponentChildren }) {
  const [wanted, setWanted] = useState(size <= TABLE_MAX);
  if (wanted) return <>{children()}</>;
  return (
    <button class="more" onClick={() => setWanted(true)}>
      Show this result ({formatBytes(size)} of HTML)
    </button>
  );
}

function Table({ html }: { html: string }) {
  const clean = useMemo(() => sanitizeHtml(html), [html]);
  return (
    <div class="dataframe-box" tabindex={0} role="region" aria-label="A table" dangerouslySetInnerHTML={{ __html: clean }} />
  );
}

export function TableOutput({ html }: { html: string }) {
  return <OnDemand size={html.length}>{() => <Table html={html} />}</OnDemand>;
}

// The shadow keeps the picture's ids and styles to itself.
export function SvgOutput({ svg }: { svg: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const el = host.current;
    if (!el) return;
    const root = el.shadowRoot ?? el.attachShadow({ mode: "open" });
    root.innerHTML = `<style>svg{max-width:100%;height:auto;display:block}</style>${sanitizeSvg(svg)}`;
  }, [svg]);
  return <div class="svg" ref={host} role="img" aria-label="A picture" />;
}

// What the frame says about itself: its height.  It has no other way to us, and we believe nothing
// else.
const REPORTER = `<script>(() => {
  const tell = () => parent.postMessage({ relightHeight: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("load", tell);
})()</script>`;

const frameStyle = (dark: boolean) => `<!doctype html><meta charset="utf-8"><base target="_blank">
<style>:root{color-scheme:${dark ? "dark" : "light"};font:14px/1.5 system-ui,sans-serif}
html{overflow-x:auto}body{margin:0;${dark ? "color:#e4e6ea" : "color:#22262b"}}
table{border-collapse:collapse}td,th{padding:.2em .6em;text-align:right}</style>`;

const HEIGHT_MAX = 20_000;

// Listen to the frame: its height, and that it waits for its HTML.
function useFrame(frame: { current: HTMLIFrameElement | null }, html: string): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    // before the frame can have said anything
    const listen = (event: MessageEvent) => {
      if (!frame.current || event.source !== frame.current.contentWindow) return;
      const said = (event.data ?? {}) as { relightHeight?: unknown; relightReady?: unknown };
      if (said.relightReady === true) frame.current.contentWindow?.postMessage({ relightHtml: html }, "*");
      if (typeof said.relightHeight === "number") setHeight(Math.max(0, Math.min(Math.ceil(said.relightHeight), HEIGHT_MAX)));
    };
    addEventListener("message", listen);
    return () => removeEventListener("message", listen);
  }, [html]);
  return height;
}

function Frame({ html }: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const url = useApp().frameUrl();
  const whole = frameStyle(useDark()) + REPORTER + html;
  const height = useFrame(frame, whole);
  return (
    <iframe
      key={whole}
      {...(url ? { src: url } : { srcdoc: whole })}
      class="frame-output"
      ref={frame}
      title="A result in HTML"
      sandbox="allow-scripts allow-popups"
      referrerpolicy="no-referrer"
      style={{ height: `${height || 120}px` }}
    />
  );
}

export function FrameOutput({ html }: { html: string }) {
  return <OnDemand size={html.length}>{() => <Frame html={html} />}</OnDemand>;
}
