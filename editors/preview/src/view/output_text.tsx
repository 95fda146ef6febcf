// SPDX-License-Identifier: Apache-2.0
// output_text.tsx - printed text.  Long text comes in pieces, each put into the page on demand.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { AnsiText, cutText, formatBytes, settleReturns } from "../render/text.ts";

const PIECE = 60_000; // characters; what the browser lays out without being felt

interface TextProps {
  text: string;
  stderr?: boolean;
  follow?: boolean; // stay at the end while more comes
}

// Converted pieces, colours going on from one to the next.
function useHtml(text: string, count: number): { pieces: string[]; html: string[] } {
  const pieces = useMemo(() => cutText(settleReturns(text), PIECE), [text]);
  const html = useMemo(() => {
    const ansi = new AnsiText();
    return pieces.slice(0, count).map((piece) => ansi.html(piece));
  }, [pieces, count]);
  return { pieces, html };
}

export function TextOutput({ text, stderr, follow }: TextProps) {
  const [count, setCount] = useState(1);
  const { pieces, html } = useHtml(text.replace(/\n$/, ""), follow ? Number.MAX_SAFE_INTEGER : count);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const el = box.current;
    if (follow && el) el.scrollTop = el.scrollHeight;
  }, [text, follow]);
  const shown = follow ? html.slice(-2) : html;
  const rest = pieces.slice(shown.length).reduce((sum, piece) => sum + piece.length, 0);
  return (
    <div class={`text ${stderr ? "stderr" : ""}`} ref={box} tabindex={0} role="region" aria-label={stderr ? "Printed to stderr" : "Printed text"}>
      {shown.map((piece, i) => (
        // ansi_up escapes everything that it does not make itself
        <pre key={i} dangerouslySetInnerHTML={{ __html: piece || "\u200b" }} />
      ))}
      {!follow && rest > 0 && (
        <button class="more" onClick={() => setCount(count + 8)}>
          Show more ({formatBytes(rest)} left)
        </button>
      )}
    </div>
  );
}

