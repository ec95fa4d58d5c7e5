"""Do the Python engine and the browser's modules, run in a browser, give the same answers to the last digit?"""
from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field

from tests.engine import random_cases
from tests.engine.agree import _tagged, answered, python_answer

# Answers of 360 rows are long: a chunk has to fit in memory on both sides.
CHUNK = 500

# The browser's half: the same canonical JSON as Python's, one text per call. All of them leave it as one digest, since
# carrying gigabytes of equal answers out of the browser would take longer than working them out.
RUN = """async ([engine, text, whole]) => {
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
  if (whole) return answers;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(answers.join('\\n')));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}"""


@dataclass
class Result:
    """What a comparison found.

    Attributes:
        formula: Name in tests/engine/random_cases.py.
        seed: Gives the same cases again.
        cases: Calls compared.
        kinds: How many ended in each status, or in each rule of a refusal.
        functions: How many calls each function had.
        differences: One text per call on which the two differ.
    """

    formula: str
    seed: int
    cases: int = 0
    kinds: Counter = field(default_factory=Counter)
    functions: Counter = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def summary(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common())
        return f"{self.formula}: {self.cases} random cases, seed {self.seed}, {len(self.differences)} differences ({kinds})"


def in_python(formula: str, seed: int, size: int) -> tuple[str, str, Counter, Counter]:
    """One chunk of calls as the browser reads them, the digest of Python's answers, their kinds and functions."""
    calls = random_cases.draw(formula, seed, size)
    kinds: Counter = Counter()
    digest = hashlib.sha256()
    for number, call in enumerate(calls):
        text, kind = answered(call)
        kinds[kind] += 1
        digest.update(("\n" * bool(number) + text).encode())
    functions = Counter(f"{module}.{name}" for module, name, _ in calls)
    return json.dumps([_tagged(call) for call in calls]), digest.hexdigest(), kinds, functions


def compare(
    page, engine_url: str, formula: str, *, seed: int, count: int, of: str | None = None, pool: Executor | None = None
) -> Result:
    """Compare both engines on random calls of one formula.

    Args:
        page: A browser page; it is sent to the engine's host, since modules load from their own origin only.
        engine_url: Address of the folder of the modules, ending in a slash.
        formula: Name in tests/engine/random_cases.py.
        seed: Seed of the first chunk; the following chunks count on from it.
        count: Calls to compare.
        of: "module.function" that has to get so many of them, however many others come between.
        pool: Works out Python's answers ahead, while the browser works on its own.
    """
    page.goto(engine_url + "money.js")
    result = Result(formula, seed)
    for chunk_seed, size, (text, digest, kinds, functions) in _chunks(formula, seed, count, of, pool):
        if page.evaluate(RUN, [engine_url, text, False]) != digest:
            calls = random_cases.draw(formula, chunk_seed, size)
            for call, theirs in zip(calls, page.evaluate(RUN, [engine_url, text, True]), strict=True):
                if (ours := python_answer(call)) != theirs:
                    result.differences.append(
                        f"{json.dumps(call, ensure_ascii=False)}\n  Python   {ours}\n  browser  {theirs}"
                    )
            assert result.differences, "the digests differ, the answers do not: the comparison itself is wrong"
        result.cases += kinds.total()
        result.kinds += kinds
        result.functions += functions
    return result


def _chunks(formula: str, seed: int, count: int, of: str | None, pool: Executor | None) -> Iterator[tuple[int, int, tuple]]:
    """Chunks worked out in Python, with the seed and size of each, until there are enough."""
    waiting: deque = deque()
    drawn = enough = 0
    while enough < count:
        # A call of the others is drawn on top; whether these chunks were enough shows when they come back.
        while len(waiting) < (5 if pool else 1) and (of or drawn < count):
            size = CHUNK if of else min(CHUNK, count - drawn)
            chunk = (formula, seed + drawn, size)
            waiting.append((chunk, pool.submit(in_python, *chunk) if pool else None))
            drawn += size
        (_, chunk_seed, size), job = waiting.popleft()
        done = job.result() if job else in_python(formula, chunk_seed, size)
        found = done[3][of] if of else size
        if of and not found:
            raise ValueError(f"random_{formula}.py never calls {of}")
        enough += found
        yield chunk_seed, size, done
    for _, job in waiting:
        if job:
            job.cancel()
