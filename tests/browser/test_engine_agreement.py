"""The exact engine in Python and its twin in the browser agree to the last digit, run in the browser itself."""
from __future__ import annotations

from pathlib import Path

from scripts import agreement
from scripts.static_server import StaticServer
from tests.support import ROOT

CASES = 6_000


SHIPPED = "assets/js/engine"


def test_engine_of_the_site_is_the_one_compared(site: Path):
    """No bundler stands between: the built files are the source files."""
    built = sorted(p.name for p in (site / SHIPPED).glob("*.js"))
    assert {"true_cost.js", "money.js", "limits.js"} <= set(built)
    for name in built:
        assert (site / SHIPPED / name).read_bytes() == (ROOT / "overrides" / SHIPPED / name).read_bytes()


def test_python_and_browser_agree_on_random_loans(open_page, seed):
    """Fees of every kind, irregular dates, no rate, several rates, refused input; the run prints the seed."""
    tab, _ = open_page(go=False)
    with StaticServer(ROOT / "overrides") as server:
        result = agreement.compare(tab, f"{server.url}{SHIPPED}/", seed=seed, count=CASES)
    print(result.summary())
    assert not result.differences, f"seed {seed}\n" + "\n".join(result.differences[:5])
    assert result.cases >= 5_000
    # The cases are worth something only if they are of every kind.
    for kind, least in (("one", 1_000), ("none", 100), ("several", 50)):
        found = sum(count for name, count in result.kinds.items() if name.startswith(kind))
        assert found >= least, f"seed {seed}: only {found} of the kind {kind!r}: {result.kinds}"
