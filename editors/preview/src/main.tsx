// SPDX-License-Identifier: Apache-2.0
// main.tsx - starts the page: over a socket, or from what stands in it.
import { render } from "preact";
import { App } from "./state/app.ts";
import { loadOptions, saveOptions } from "./state/options.ts";
import { formatPlace, parsePlace, relativePath } from "./state/paths.ts";
import { SocketTransport } from "./transport_socket.ts";
import { StaticTransport, readStaticState } from "./transport_static.ts";
import { Page } from "./view/app.tsx";

const stated = readStaticState();
const base = new URL(".", location.href).href;
const root = document.getElementById("app") as HTMLElement;
let due = false;

// Once for each frame, however many messages came; a page in the background has no frames.
function repaintSoon(): void {
  if (due) return;
  due = true;
  if (document.hidden) setTimeout(repaint, 100);
  else requestAnimationFrame(repaint);
}

function repaint(): void {
  due = false;
  render(<Page app={app} state={app.state} />, root);
}

const app = new App(
  stated ? new StaticTransport() : new SocketTransport(base),
  {
    now: () => Date.now(),
    saveOptions,
    wentTo: (path) => history.pushState(null, "", formatPlace({ path, line: 0 })),
    changed: repaintSoon,
  },
  loadOptions(),
);

function followAddress(): void {
  const place = parsePlace(location.hash);
  if (place) app.show(place.path, place.line);
}

if (stated) {
  app.state = { ...app.state, root: stated.root };
  app.show(relativePath(stated.root, stated.path));
  app.start();
  for (const m of stated.messages) app.receive(m);
  const line = parsePlace(location.hash)?.line ?? 0;
  if (line) app.show(app.state.path, line);
} else {
  followAddress();
  app.start();
}
addEventListener("popstate", followAddress);
repaint();
