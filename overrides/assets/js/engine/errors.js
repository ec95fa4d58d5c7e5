// Twin of macros/engine/errors.py: the one way in which the engine refuses an input.

export class InputError extends Error {
  constructor(field, rule, value = null) {
    super(`${field}: ${rule}`);
    this.name = "InputError";
    this.field = field;
    this.rule = rule;
    // Other types print differently in the two languages, so they are left out.
    const whole = typeof value === "number" && Number.isSafeInteger(value);
    this.value = whole ? BigInt(value) : ["bigint", "string"].includes(typeof value) ? value : null;
  }
}

/** A whole number (BigInt, or a safe Number) from lowest to highest, as BigInt. */
export function check_integer(field, value, lowest, highest) {
  if (value === null || value === undefined) throw new InputError(field, "required");
  const number = Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof number !== "bigint") throw new InputError(field, "integer", value);
  if (number < lowest) throw new InputError(field, "min", number);
  if (number > highest) throw new InputError(field, "max", number);
  return number;
}

export function check_choice(field, value, choices) {
  if (value === null || value === undefined) throw new InputError(field, "required");
  if (!choices.includes(value)) throw new InputError(field, "choice", value);
  return value;
}
