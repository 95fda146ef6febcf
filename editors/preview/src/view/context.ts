// SPDX-License-Identifier: Apache-2.0
// context.ts - the app, for views deep in the tree.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { App } from "../state/app.ts";

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("a view outside of the app");
  return app;
}

// Whether the page is dark now; charts and frames are drawn again when it changes.
export const DarkContext = createContext(false);
export const useDark = () => useContext(DarkContext);
