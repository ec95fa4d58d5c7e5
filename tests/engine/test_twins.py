"""Python and JavaScript: the same functions, the same digits, and nothing that only looks exact."""

from __future__ import annotations

import doctest
import importlib
import inspect
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.engine import random_cases
from tests.engine.agree import answered, find_node, javascript_answers, python_answer

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "macros" / "engine").glob("*.py") if path.stem != "__init__")
CALCULATORS = sorted(path.parent.name for path in (ROOT / "data" / "calculators").glob("*/calculator.yml"))
SEED = 20_260_920


def _source(module: str) -> str:
    return (ROOT / "overrides" / "assets" / "js" / "engine" / f"{module}.js").read_text("utf-8")


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(importlib.import_module(f"macros.engine.{module}")).failed == 0


def test_every_module_has_its_twin():
    assert MODULES == sorted(path.stem for path in (ROOT / "overrides/assets/js/engine").glob("*.js"))


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_and_constant_has_its_twin(module):
    python = importlib.import_module(f"macros.engine.{module}")
    public = {
        name
        for name, value in vars(python).items()
        if not name.startswith("_")
        and not inspect.ismodule(value)
        and getattr(value, "__module__", python.__name__) == python.__name__
        # Constants are in capitals; the ones that were imported are not this module's own.
        and (callable(value) or re.search(rf"^(\w+, )*{name}\b.* = ", inspect.getsource(python), re.M))
    }
    assert public
    exported = set(json.loads(javascript_answers([(module, "exports", [])])[0]))
    assert public <= exported, f"{module}.js does not export {sorted(public - exported)}"


def test_random_cases_of_true_cost_reach_every_answer():
    """Otherwise agreement on them would say little; the browser's test compares cases of the same makers."""
    seen = set()
    for call in random_cases.draw("true_cost", SEED, 1_200):
        answer = json.loads(python_answer(call))
        seen.add(answer.get("status") or answer["error"]["rule"])
        seen.add(answer.get("reason"))
        seen.update(answer.get("conventions", ()))
        if answer.get("rate") and "-" in answer["rate"]["monthly_rate_e12"]:
            seen.add("negative rate")
    assert seen >= {
        "one", "none", "several", "out_of_range", "nothing_paid", "nothing_received", "no_balance",
        "above_range", "below_range", "negative rate", "required", "integer", "min", "max", "date", "choice",
        "count", "mixed_dates", "before_received", "too_late", "above_contract", "too_many_turns", "equal_months",
        "equal_days", "undated_list_monthly", "actual_days_365", "further_received", "dates_shown_only",
    }


def _random_calls_of(slug: str, given: dict) -> list[str]:
    """Formulas whose random cases call a calculator's function."""
    wanted = (given["module"], given["function"])
    return [name for name in random_cases.formulas() if any(call[:2] == wanted for call in random_cases.draw(name, SEED, 60))]


@pytest.mark.parametrize("slug", CALCULATORS)
def test_every_calculators_formula_has_random_cases(slug):
    given = yaml.safe_load((ROOT / "data" / "calculators" / slug / "calculator.yml").read_text("utf-8"))
    assert _random_calls_of(slug, given), f"no tests/engine/random_*.py calls {given['module']}.{given['function']}"


@pytest.mark.parametrize("formula", random_cases.formulas())
def test_random_cases_answer_and_refuse(formula):
    """A generator whose inputs are all refused, or none, would compare one half only."""
    kinds = [answered(call)[1] for call in random_cases.draw(formula, SEED, 200)]
    refused = sum(kind.startswith("refused") for kind in kinds)
    assert 2 <= refused <= 120, f"{refused} of 200 refused"


@pytest.mark.parametrize("formula", random_cases.formulas())
def test_a_seed_always_gives_the_same_cases(formula):
    assert random_cases.draw(formula, 5, 50) == random_cases.draw(formula, 5, 50) != random_cases.draw(formula, 6, 50)


@pytest.mark.parametrize("module", MODULES)
def test_the_engine_holds_no_float_clock_or_chance(module):
    code = re.sub(r'""".*?"""|#.*', "", inspect.getsource(importlib.import_module(f"macros.engine.{module}")), flags=re.S | re.M)
    code = re.sub(r"#[^\n]*", "", code)
    assert not re.search(r"\d\.\d|\bfloat\b|(?<!/)/(?!/)|\bmath\.(?!lcm)|\btime\.|\bdatetime\b|\brandom\b|\bopen\(", re.sub(r'"[^"\n]*"', '""', code))
    script = re.sub(r"/\*\*?.*?\*/|//[^\n]*", "", _source(module), flags=re.S)
    script = re.sub(r'"[^"\n]*"', '""', script)
    assert not re.search(r"\d\.\d|\bMath\.|\bDate\b|\bparseFloat\b|\bNumber\((?!\))|\bfetch\b|\bdocument\b|\bwindow\b", script)


def test_javascript_takes_plain_numbers_as_well_as_bigints():
    """A page's own data is read by JSON.parse, which gives numbers."""
    script = f"""
        import {{ true_cost }} from {json.dumps((ROOT / 'overrides/assets/js/engine/true_cost.js').as_uri())};
        import {{ to_json }} from {json.dumps((ROOT / 'overrides/assets/js/engine/exchange.js').as_uri())};
        const plan = (whole) => ({{ contract_amount_fen: whole(1000000), received_fen: whole(900000),
          repayment: {{ kind: "equal", instalment_fen: whole(93000), periods: whole(12) }} }});
        console.log(to_json(true_cost(plan(Number))) === to_json(true_cost(plan(BigInt))));
    """
    done = subprocess.run([find_node(), "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "true"
