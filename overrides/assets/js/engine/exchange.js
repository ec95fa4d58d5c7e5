// Twin of macros/engine/exchange.py: canonical JSON, keys sorted, integers as decimal strings.

import { InputError } from "./errors.js";

export const to_json = (value) => JSON.stringify(plain(value));

function plain(value) {
  if (value instanceof InputError) {
    return { error: { field: value.field, rule: value.rule, value: plain(value.value) } };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (value === null || typeof value !== "object") return value ?? null;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, plain(value[key])]));
}
