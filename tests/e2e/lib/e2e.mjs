// SPDX-License-Identifier: Apache-2.0
// e2e.mjs - tests that get a server of their own and leave nothing behind.
import test from "node:test";
import { Client } from "./client.mjs";
import { RawPeer } from "./raw.mjs";

const TIMEOUT = { timeout: 120_000 }; // the last resort; every wait has its own, shorter one

async function using(peer, body) {
  let failed = true;
  try {
    await body(peer);
    failed = false;
  } finally {
    // What the test found counts more than what it left behind.
    await peer.finish().catch((error) => {
      if (!failed) throw error;
    });
  }
}

// e2e("what holds", [options for Client.start,] async (client) => ...)
export function e2e(name, ...rest) {
  const body = rest.pop();
  test(name, TIMEOUT, async () => using(await Client.start(rest[0]), body));
}

// raw("what holds", async (peer) => ...): nothing has been said yet, not even `initialize`.
export function raw(name, body) {
  test(name, TIMEOUT, () => using(new RawPeer(), body));
}
