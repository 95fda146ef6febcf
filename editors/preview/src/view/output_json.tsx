// SPDX-License-Identifier: Apache-2.0
// output_json.tsx - JSON as a tree that opens where it is asked to.
import { useState } from "preact/hooks";

const AT_ONCE = 100;

const isBranch = (value: unknown): value is object => typeof value === "object" && value !== null;

function Leaf({ value }: { value: unknown }) {
  const kind = value === null ? "null" : typeof value;
  return <span class={`json-${kind}`}>{JSON.stringify(value)}</span>;
}

function summary(value: object): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  const keys = Object.keys(value);
  return `{${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""}}`;
}

function Children({ value }: { value: object }) {
  const [count, setCount] = useState(AT_ONCE);
  const entries = Object.entries(value);
  return (
    <ul>
      {entries.slice(0, count).map(([key, child]) => (
        <li key={key}>
          <Node name={Array.isArray(value) ? "" : key} index={Array.isArray(value) ? key : ""} value={child} open={false} />
        </li>
      ))}
      {entries.length > count && (
        <li>
          <button class="more" onClick={() => setCount(count + AT_ONCE * 5)}>
            {entries.length - count} more
          </button>
        </li>
      )}
    </ul>
  );
}

function Node({ name, index, value, open: first }: { name: string; index: string; value: unknown; open: boolean }) {
  const [open, setOpen] = useState(first);
  const label = name ? <span class="json-key">{name}: </span> : index && <span class="json-index">{index} </span>;
  if (!isBranch(value) || Object.keys(value).length === 0)
    return (
      <span>
        {label}
        {isBranch(value) ? (Array.isArray(value) ? "[]" : "{}") : <Leaf value={value} />}
      </span>
    );
  return (
    <details open={open} onToggle={(e) => setOpen((e.currentTarget as HTMLDetailsElement).open)}>
      <summary>
        {label}
        <span class="json-summary">{summary(value)}</span>
      </summary>
      {open && <Children value={value} />}
    </details>
  );
}

export function JsonTree({ value }: { value: unknown }) {
  return (
    <div class="json">
      <Node name="" index="" value={value} open={true} />
    </div>
  );
}
