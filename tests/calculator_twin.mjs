// Runs the calculators' browser modules in Node. One task a line on standard input, one answer a line on standard output:
//   {"parse": "money", "given": ["12,000"]}                                  an answer of parse.js
//   {"render": {definition, inputs, lines: arguments or null}}               {answer, detail} of render.js
//   {"format": "percent", "given": [...]}                                    a text of number_format.js
// Whole numbers come as {"int": "…"} where the modules take BigInt, and leave as {"int": "…"}.
import { readFileSync } from "node:fs";

const scripts = new URL("../overrides/assets/js/", import.meta.url);
const load = (name) => import(new URL(`${name}.js`, scripts));
const [parse, render, format, limits] = await Promise.all(["parse", "render", "number_format", "engine/limits"].map(load));
const revive = (key, value) => (value !== null && typeof value === "object" && typeof value.int === "string" ? BigInt(value.int) : value);
const tag = (key, value) => (typeof value === "bigint" ? { int: String(value) } : value);

for (const line of readFileSync(0, "utf8").split("\n")) {
  if (!line) continue;
  const task = JSON.parse(line, revive);
  let answer;
  if (task.parse) {
    const begun = performance.now();
    answer = { ...parse[`parse_${task.parse}`](...task.given), milliseconds: Math.round(performance.now() - begun) };
  } else if (task.format) answer = format[task.format](...task.given);
  else {
    const { definition, inputs, lines } = task.render;
    const formula = await load(`engine/${definition.module}`);
    const result = formula[definition.function](inputs);
    const given = definition.lines;
    let beside = lines ? limits.comparison_lines(lines[0], lines[1], definition.limits, definition.lpr, definition.lpr_verified_until, lines[2], lines[3], result.within_one_month, given.purpose) : [];
    if (lines && given.measure) beside = formula[given.measure](result, beside);
    answer = {
      answer: render.answer(definition, definition.words, result),
      detail: render.detail(definition, definition.words, result, beside, "calc-test"),
    };
  }
  console.log(JSON.stringify(answer, tag));
}
