// Twin of macros/engine/money.py: whole fen and half-up rounding.

import { InputError } from "./errors.js";

export const MAX_FEN = 10n ** 12n;

/** Division that rounds down; BigInt's own / cuts towards zero. denominator > 0. */
export function floor_divide(numerator, denominator) {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** Nearest integer, halves towards plus infinity. denominator > 0. */
export function divide_half_up(numerator, denominator) {
  return floor_divide(2n * numerator + denominator, 2n * denominator);
}

/** "3.45" -> 34500n */
export function percent_to_ppm(percent, field = "percent") {
  const parts = typeof percent === "string" && /^([0-9]+)(?:\.([0-9]+))?$/.exec(percent);
  if (!parts) throw new InputError(field, "decimal", percent);
  const fraction = parts[2] ?? "";
  return divide_half_up(BigInt(parts[1] + fraction) * 10_000n, 10n ** BigInt(fraction.length));
}
