"""The exact engine in Python and its twin in the browser agree to the last digit, run in the browser itself."""
from __future__ import annotations

from pathlib import Path

import pytest
from rjsmin import jsmin

from scripts import agreement
from scripts.static_server import StaticServer
from tests.engine import random_cases
from tests.support import ROOT

# True cost, where everything is solved for, gets the most; `make bench` compares 50,000 of each.
CASES = {"true_cost": 5_000}
OTHERS = 300
SHIPPED = "assets/js/engine"


def test_engine_of_the_site_is_the_one_compared(site: Path):
    """No bundler stands between: the built files are the source files without their comments."""
    built = sorted(p.name for p in (site / SHIPPED).glob("*.js"))
    assert {"true_cost.js", "money.js", "limits.js"} <= set(built)
    for name in built:
        assert (site / SHIPPED / name).read_text("utf-8") == jsmin((ROOT / "overrides" / SHIPPED / name).read_text("utf-8"))


@pytest.mark.parametrize("formula", random_cases.formulas())
def test_python_and_browser_agree_on_random_cases(open_page, seed, formula):
    """Over the whole permitted range with its edges, refused input included; the run prints the seed."""
    tab, _ = open_page(go=False)
    wanted = CASES.get(formula, OTHERS)
    with StaticServer(ROOT / "overrides") as server:
        result = agreement.compare(tab, f"{server.url}{SHIPPED}/", formula, seed=seed, count=wanted)
    print(result.summary())
    assert not result.differences, f"seed {seed}\n" + "\n".join(result.differences[:5])
    assert result.cases == wanted
    if formula == "true_cost":
        # The cases are worth something only if they are of every kind: fees, irregular dates, no rate, several rates.
        for kind, least in (("one", 1_000), ("none", 100), ("several", 50)):
            found = sum(count for name, count in result.kinds.items() if name.startswith(kind))
            assert found >= least, f"seed {seed}: only {found} of the kind {kind!r}: {result.kinds}"
