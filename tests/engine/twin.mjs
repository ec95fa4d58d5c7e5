// Runs calls of the browser's engine in Node. One call a line on standard input:
//   ["true_cost", "true_cost", [arguments]]     whole numbers become BigInt
// and one answer a line on standard output, as canonical JSON.
import { readFileSync } from "node:fs";

const engine = new URL("../../overrides/assets/js/engine/", import.meta.url);
const { to_json } = await import(new URL("exchange.js", engine));

// Whole numbers come as {"int": "…"}: JSON.parse would round the large ones.
const revive = (key, value) => (value !== null && typeof value === "object" && typeof value.int === "string"
  ? BigInt(value.int) : value);

for (const line of readFileSync(0, "utf8").split("\n")) {
  if (!line) continue;
  const [module, name, given] = JSON.parse(line, revive);
  const functions = await import(new URL(`${module}.js`, engine));
  let answer;
  if (name === "exports") answer = Object.keys(functions);
  else {
    try {
      answer = functions[name](...given);
    } catch (error) {
      if (error?.name !== "InputError") throw error;
      answer = error;
    }
  }
  console.log(to_json(answer));
}
