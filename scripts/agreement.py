"""Do the Python engine and the browser's modules, run in a browser, give the same answers to the last digit?"""
from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from tests.engine import random_cases
from tests.engine.agree import Call, _tagged, python_answer

CHUNK = 1_000

# The browser's half: the same canonical JSON as Python's, one text per call.
RUN = """async ([engine, text]) => {
  const revive = (key, value) =>
    value !== null && typeof value === 'object' && typeof value.int === 'string' ? BigInt(value.int) : value;
  const { to_json } = await import(engine + 'exchange.js');
  const answers = [];
  for (const [module, name, given] of JSON.parse(text, revive)) {
    const functions = await import(engine + module + '.js');
    try {
      answers.push(to_json(functions[name](...given)));
    } catch (error) {
      answers.push(error?.name === 'InputError' ? to_json(error) : 'threw ' + error);
    }
  }
  return answers;
}"""


@dataclass
class Result:
    """What a comparison found.

    Attributes:
        seed: Gives the same cases again.
        cases: Inputs of true_cost compared.
        calls: Calls of other functions compared.
        kinds: How many cases ended in each status, or in each rule of a refusal.
        differences: One text per case on which the two differ.
    """

    seed: int
    cases: int = 0
    calls: int = 0
    kinds: Counter = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def summary(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common())
        return (
            f"seed {self.seed}: {self.cases} random loans and {self.calls} other calls, "
            f"{len(self.differences)} differences ({kinds})"
        )


def compare(page, engine_url: str, *, seed: int, count: int) -> Result:
    """Compare both engines on random cases of tests/engine/random_cases.py.

    Args:
        page: A browser page; it is sent to the engine's host, since modules load from their own origin only.
        engine_url: Address of the folder of the modules, ending in a slash.
        seed: Seed of the first chunk; the following chunks count on from it.
        count: Cases of true_cost; a quarter as many calls of the other functions come with them.
    """
    page.goto(engine_url + "money.js")
    result = Result(seed)
    while result.cases < count:
        size = min(CHUNK, count - result.cases)
        chunk_seed = seed + result.cases
        calls: list[Call] = [("true_cost", "true_cost", [case]) for case in random_cases.cases(chunk_seed, size)]
        calls += random_cases.calls(chunk_seed, size // 4)
        in_browser = page.evaluate(RUN, [engine_url, json.dumps([_tagged(call) for call in calls])])
        assert len(in_browser) == len(calls)
        for number, (call, theirs) in enumerate(zip(calls, in_browser)):
            ours = python_answer(call)
            if number < size:
                answer = json.loads(ours)
                result.kinds[answer.get("status") or answer["error"]["rule"]] += 1
            if ours != theirs:
                result.differences.append(
                    f"{json.dumps(call, ensure_ascii=False)}\n  Python   {ours}\n  browser  {theirs}"
                )
        result.cases += size
        result.calls += len(calls) - size
    return result
