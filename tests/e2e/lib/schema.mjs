// SPDX-License-Identifier: Apache-2.0
// schema.mjs - every live message that a test receives is held to docs/live-protocol.schema.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { REPOSITORY } from "./process.mjs";

const SCHEMA = JSON.parse(readFileSync(join(REPOSITORY, "docs/live-protocol.schema.json"), "utf8"));
const ajv = new Ajv({ strict: true, strictRequired: false });
ajv.addSchema(SCHEMA, "live");
const compiled = new Map();

function validator(type) {
  if (!compiled.has(type)) compiled.set(type, ajv.compile({ $ref: `live#/$defs/${type}` }));
  return compiled.get(type);
}

// A message as it is in a WebSocket's frame.
export function checkMessage(message) {
  if (!SCHEMA.$defs[message.type]) throw new Error(`no schema for ${JSON.stringify(message).slice(0, 200)}`);
  const valid = validator(message.type);
  if (!valid(message))
    throw new Error(`${ajv.errorsText(valid.errors)} in ${JSON.stringify(message).slice(0, 500)}`);
}

// The fields of a message over LSP, by the name of its notification: "relight/runStart".
export function checkNotification(method, params) {
  const type = method.slice("relight/".length).replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  checkMessage({ type, ...params });
}
