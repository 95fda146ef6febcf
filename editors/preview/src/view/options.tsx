// SPDX-License-Identifier: Apache-2.0
// options.tsx - what to show, and in which colours.
import { useEffect, useRef } from "preact/hooks";
import { CATEGORIES, type Category } from "../protocol.ts";
import type { AppState } from "../state/app.ts";
import type { Showing, Theme } from "../state/options.ts";
import { useApp } from "./context.ts";

const CATEGORY_WORDS: Record<Category, string> = { code: "Code", statements: "Statements", visuals: "Results", prose: "Text" };

interface ChoiceProps<T extends string> {
  legend: string;
  name: string;
  value: T;
  choices: [T, string][];
  choose: (value: T) => void;
}

function Choice<T extends string>({ legend, name, value, choices, choose }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div class="segments">
        {choices.map(([option, label]) => (
          <label key={option}>
            <input type="radio" name={name} value={option} checked={option === value} onChange={() => choose(option)} />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const SHOWINGS: [Showing, string][] = [["file", "By file"], ["show", "Show"], ["hide", "Hide"]];
const THEMES: [Theme, string][] = [["system", "System"], ["light", "Light"], ["dark", "Dark"]];

export function OptionsMenu({ state }: { state: AppState }) {
  const app = useApp();
  const box = useRef<HTMLDivElement>(null);
  const { options } = state;
  useEffect(() => {
    box.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
    const outside = (event: Event) => {
      const target = event.target as Element;
      if (!box.current?.contains(target) && !target.closest("#options-button")) app.setOverlay("");
    };
    addEventListener("pointerdown", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      document.getElementById("options-button")?.focus();
    };
  }, []);
  return (
    <div class="menu" role="dialog" aria-label="What to show" ref={box}>
      {CATEGORIES.map((c) => (
        <Choice key={c} legend={CATEGORY_WORDS[c]} name={c} value={options.showing[c]} choices={SHOWINGS}
          choose={(showing) => app.setOptions({ showing: { ...options.showing, [c]: showing } })} />
      ))}
      <hr />
      <Choice legend="Colours" name="theme" value={options.theme} choices={THEMES} choose={(theme) => app.setOptions({ theme })} />
      <label class="check">
        <input type="checkbox" checked={options.scroll} onChange={() => app.setOptions({ scroll: !options.scroll })} />
        <span>Scroll to what changed</span>
      </label>
    </div>
  );
}
