// SPDX-License-Identifier: Apache-2.0
// app.tsx - the page: bars, document, panels, and what they share.
import { useEffect, useState } from "preact/hooks";
import type { App, AppState } from "../state/app.ts";
import { fileName } from "../state/paths.ts";
import { Banners } from "./banner.tsx";
import { onKey } from "./commands.ts";
import { AppContext, DarkContext } from "./context.ts";
import { DocumentView } from "./document.tsx";
import { Help } from "./help.tsx";
import { Inspector } from "./inspector.tsx";
import { OptionsMenu } from "./options.tsx";
import { Palette } from "./palette.tsx";
import { TopBar } from "./topbar.tsx";
import { Tree } from "./tree.tsx";

const systemDark = matchMedia("(prefers-color-scheme: dark)");

function useIsDark(state: AppState): boolean {
  const [system, setSystem] = useState(systemDark.matches);
  useEffect(() => {
    const listen = () => setSystem(systemDark.matches);
    systemDark.addEventListener("change", listen);
    return () => systemDark.removeEventListener("change", listen);
  }, []);
  const { theme } = state.options;
  return theme === "dark" || (theme === "system" && system);
}

function title(state: AppState): string {
  if (!state.path) return "Relight";
  const failed = [...state.doc.blocks.values()].some((b) => b.status === "error" || b.status === "syntaxError");
  return `${state.pinned ? "📌 " : ""}${failed ? "✗ " : ""}${fileName(state.path)}`;
}

export function Page({ app, state }: { app: App; state: AppState }) {
  const dark = useIsDark(state);
  useEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  }, [dark]);
  useEffect(() => {
    document.title = title(state);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(app, event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  const { options, overlay } = state;
  const live = state.phase !== "static";
  return (
    <AppContext.Provider value={app}>
      <DarkContext.Provider value={dark}>
        <TopBar state={state} />
        {overlay === "options" && <OptionsMenu state={state} />}
        <div class="columns">
          {live && options.tree && <Tree state={state} />}
          <main id="document" data-phase={state.phase} data-loaded={state.loaded} aria-label="Document">
            <DocumentView state={state} />
          </main>
          {options.inspector && <Inspector state={state} />}
        </div>
        <Banners state={state} />
        {overlay === "palette" && <Palette state={state} />}
        {overlay === "help" && <Help />}
      </DarkContext.Provider>
    </AppContext.Provider>
  );
}
