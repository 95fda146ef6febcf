// SPDX-License-Identifier: Apache-2.0
// help.tsx - the keys.
import { useEffect, useRef } from "preact/hooks";
import { commands } from "./commands.ts";
import { useApp } from "./context.ts";
import { COMMAND_KEY } from "./topbar.tsx";

export function Help() {
  const app = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const close = () => app.setOverlay("");
  const rows = commands(app).filter((c) => c.keys);
  return (
    <dialog class="help" ref={dialog} onClose={close} onClick={(e) => e.target === dialog.current && close()} aria-label="Keys">
      <div class="help-box">
        <h2>Keys</h2>
        <dl>
          {app.state.phase !== "static" && (
            <div>
              <dt><kbd>{COMMAND_KEY}</kbd></dt>
              <dd>Search files and commands</dd>
            </div>
          )}
          {rows.map((c) => (
            <div key={c.keys}>
              <dt><kbd>{c.keys}</kbd></dt>
              <dd>{c.label.replace(/: now .*/, "")}</dd>
            </div>
          ))}
        </dl>
      </div>
    </dialog>
  );
}
