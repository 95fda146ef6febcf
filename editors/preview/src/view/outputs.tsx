// SPDX-License-Identifier: Apache-2.0
// outputs.tsx - what a block showed, each record by the richest type that we can show.
import { Component, type ComponentChildren } from "preact";
import type { DisplayOutput, Output } from "../protocol.ts";
import { memo } from "./memo.ts";
import { ChartOutput, isPlotly, vegaMode } from "./output_chart.tsx";
import { ErrorView } from "./output_error.tsx";
import { FrameOutput, SvgOutput, TableOutput, isTable } from "./output_html.tsx";
import { ImageOutput, isImage } from "./output_image.tsx";
import { JsonTree } from "./output_json.tsx";
import { LatexOutput, Prose } from "./prose.tsx";
import { Loaded } from "./loaded.tsx";
import { TextOutput } from "./output_text.tsx";

export type Linked = DisplayOutput & { links?: Record<string, string> };

const ORDER = [
  (m: string) => vegaMode(m) !== null,
  isPlotly,
  (m: string) => m === "text/html",
  (m: string) => m === "text/markdown",
  (m: string) => m === "image/svg+xml",
  (m: string) => m === "text/latex",
  isImage,
  (m: string) => m === "application/json" || m.endsWith("+json"),
  (m: string) => m.startsWith("text/"),
];

export function bestType(types: string[]): string | null {
  for (const fits of ORDER) {
    const found = types.find(fits);
    if (found) return found;
  }
  return null;
}

const asText = (data: unknown) => (typeof data === "string" ? data : Array.isArray(data) ? data.join("") : JSON.stringify(data));

function Rich({ type, data, output, scope }: { type: string; data: unknown; output: Linked; scope: string }) {
  const mode = vegaMode(type);
  if (mode) return <ChartOutput kind={mode} spec={data} />;
  if (isPlotly(type)) return <ChartOutput kind="plotly" spec={data} />;
  if (isImage(type)) return <ImageOutput type={type} data={asText(data)} output={output} />;
  switch (type) {
    case "text/html":
      return isTable(asText(data)) ? <TableOutput html={asText(data)} /> : <FrameOutput html={asText(data)} />;
    case "image/svg+xml":
      return <SvgOutput svg={asText(data)} />;
    case "text/markdown":
      return <Prose text={asText(data)} scope={scope} />;
    case "text/latex":
      return <LatexOutput tex={asText(data)} />;
  }
  if (type.startsWith("application/")) return <JsonTree value={data} />;
  return <TextOutput text={asText(data)} />;
}

function Display({ output, scope }: { output: Linked; scope: string }) {
  const links = output.links ?? {};
  const type = bestType([...Object.keys(output.data), ...Object.keys(links)]);
  if (!type) return <p class="note">A result of a type that the preview does not know: {Object.keys(output.data).join(", ")}</p>;
  const data = output.data[type];
  if (data !== undefined) return <Rich type={type} data={data} output={output} scope={scope} />;
  const hash = links[type] ?? "";
  return <Loaded type={type} hash={hash} view={(text) => <Rich type={type} data={text} output={output} scope={scope} />} />;
}

// A view that fails costs its own output, and says so.
class Guard extends Component<{ children: ComponentChildren }, { failed: string }> {
  override state = { failed: "" };
  override componentDidCatch(error: unknown): void {
    this.setState({ failed: error instanceof Error ? error.message : String(error) });
  }
  override render() {
    return this.state.failed ? <p class="note">This result cannot be shown: {this.state.failed}</p> : this.props.children;
  }
}

const OneOutput = memo(({ output, scope, live }: { output: Output; scope: string; live: boolean }) => {
  if (output.output_type === "stream")
    return <TextOutput text={output.text} stderr={output.name === "stderr"} follow={live} />;
  if (output.output_type === "error") return <ErrorView output={output} />;
  return (
    <Guard>
      <Display output={output} scope={scope} />
    </Guard>
  );
});

interface OutputsProps {
  outputs: readonly Output[];
  scope: string;
  live: boolean; // more may follow
  truncated: boolean;
}

export const Outputs = memo(({ outputs, scope, live, truncated }: OutputsProps) => (
  <>
    {outputs.map((output, i) => (
      <div class={`output out-${output.output_type}`} key={i}>
        <OneOutput output={output} scope={`${scope}-${i}`} live={live} />
      </div>
    ))}
    {truncated && <p class="note">There was more output than the limit allows; the rest was not kept.</p>}
  </>
));
