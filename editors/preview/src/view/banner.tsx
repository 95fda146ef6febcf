// SPDX-License-Identifier: Apache-2.0
// banner.tsx - what the reader has to know of the connection and of other files; it covers, so that
// nothing jumps when it comes and goes.
import { useEffect, useState } from "preact/hooks";
import type { AppState } from "../state/app.ts";
import { fileName } from "../state/paths.ts";
import { useApp } from "./context.ts";
import { Icon } from "./icons.tsx";

function Seconds({ until }: { until: number }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  return <>{left > 0 ? ` Next attempt in ${left} s.` : " Trying now."}</>;
}

function Lost({ state }: { state: AppState }) {
  const app = useApp();
  return (
    <div class="banner warn" role="alert">
      <Icon name="plug" />
      <span>
        {state.wasOpen ? "The server is gone. What you see is how things stood." : "The server does not answer."}
        {state.retryAt > 0 && <Seconds until={state.retryAt} />}
      </span>
      <button class="button" onClick={() => app.retry()}>Try now</button>
    </div>
  );
}

function Elsewhere({ state }: { state: AppState }) {
  const app = useApp();
  const [first] = state.elsewhere;
  if (!first) return null;
  const more = state.elsewhere.length - 1;
  return (
    <div class="banner" role="status">
      <span>
        <strong>{fileName(first)}</strong>
        {more > 0 && ` and ${more} more`} changed.
      </span>
      <button class="button" onClick={() => app.open(first)}>Show it</button>
    </div>
  );
}

export function Banners({ state }: { state: AppState }) {
  const app = useApp();
  return (
    <div class="banners">
      {state.phase === "lost" && <Lost state={state} />}
      {state.pinned && <Elsewhere state={state} />}
      {state.notice && (
        <div class="banner" role="alert">
          <span>{state.notice}</span>
          <button class="button" onClick={() => app.dismissNotice()} aria-label="Dismiss"><Icon name="close" /></button>
        </div>
      )}
    </div>
  );
}
