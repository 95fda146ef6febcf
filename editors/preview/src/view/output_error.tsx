// SPDX-License-Identifier: Apache-2.0
// output_error.tsx - an exception and the way that led there; each frame leads to the editor.
import { useState } from "preact/hooks";
import type { ErrorOutput, Frame } from "../protocol.ts";
import { highlight } from "../render/highlight.ts";
import { plainText } from "../render/text.ts";
import { blockAtLine } from "../state/app.ts";
import { fileName } from "../state/paths.ts";
import { goToBlock } from "./block.tsx";
import { useApp } from "./context.ts";

const FRAMES_SHOWN = 8;

function FrameRow({ frame }: { frame: Frame }) {
  const app = useApp();
  const where = `${fileName(frame.file)}:${frame.line + 1}`;
  const go = () => {
    const { doc } = app.state;
    app.reveal(frame.file, frame.line);
    const block = frame.file === doc.file ? blockAtLine(doc, frame.line) : undefined;
    if (block) goToBlock(block.id);
  };
  return (
    <li>
      <button class="frame" onClick={go} title={frame.file} data-line={frame.line}>
        <span class="frame-where">{where}</span>
        <span class="frame-function">{frame.function === "<module>" ? "" : frame.function}</span>
        <code dangerouslySetInnerHTML={{ __html: highlight(frame.source.trim(), "python") }} />
      </button>
    </li>
  );
}

function Frames({ frames }: { frames: Frame[] }) {
  const [all, setAll] = useState(false);
  const short = !all && frames.length > FRAMES_SHOWN;
  const first = short ? frames.slice(0, 2) : frames;
  const last = short ? frames.slice(2 - FRAMES_SHOWN) : [];
  return (
    <ol class="frames">
      {first.map((f, i) => <FrameRow frame={f} key={i} />)}
      {short && (
        <li>
          <button class="more" onClick={() => setAll(true)}>
            {frames.length - FRAMES_SHOWN} more frames
          </button>
        </li>
      )}
      {last.map((f, i) => <FrameRow frame={f} key={`l${i}`} />)}
    </ol>
  );
}

export function ErrorView({ output }: { output: ErrorOutput }) {
  const frames = output.frames ?? [];
  const value = plainText(output.evalue);
  return (
    <div class="error" role="group" aria-label={`${output.ename}: ${value}`}>
      <p class="error-head">
        <strong>{output.ename}</strong>
        {value && <span class="error-value">{value}</span>}
      </p>
      {frames.length > 0 ? (
        <Frames frames={frames} />
      ) : (
        output.traceback.length > 1 && <pre class="error-text">{plainText(output.traceback.join("\n"))}</pre>
      )}
    </div>
  );
}
