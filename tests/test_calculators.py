"""Definitions, typed input, worked examples, and that Python and browser show the same result."""
from __future__ import annotations

import importlib
import itertools
import json
import random
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from macros import calculators, data, number_format, render_result
from macros.engine.errors import InputError
from macros.engine.limits import LENDER_TYPES
from tests.engine import random_cases, random_cost_sheet
from tests.engine.agree import _tagged

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "overrides" / "assets" / "js"
SLUGS = [path.parent.name for path in sorted((ROOT / "data" / "calculators").glob("*/calculator.yml"))]
PARSE_CASES = yaml.safe_load((ROOT / "tests" / "parse_cases.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def facts():
    return data.load(ROOT)


@pytest.fixture(scope="module")
def ask(node):
    """ask(tasks) -> answers of the browser's modules, run in Node."""

    def run(tasks: list[dict]) -> list:
        lines = "\n".join(json.dumps(task) for task in tasks)
        done = subprocess.run(
            [node, str(ROOT / "tests" / "calculator_twin.mjs")], input=lines, capture_output=True, encoding="utf-8", timeout=120
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


class PlainSite:
    """The little that browser_data asks of a build."""

    def __init__(self, lang: str):
        self.lang = lang

    def limit_badge(self, limit) -> str:
        return f'<span class="badge badge--law">{limit["binding_force"]}</span>'

    def report(self, limit) -> str:
        return (limit.get("reported_by") or {}).get(self.lang, "")

    def law_chip(self, law: str, articles: str) -> dict[str, str]:
        return {"href": f"#ref-{law}", "text": f"{law} {articles}", "force": "law", "badge": "L", "report": ""}


def browser_data(slug: str, lang: str, facts) -> dict:
    return calculators.browser_data(slug, lang, facts, PlainSite(lang))


def random_inputs(module: str, function: str, count: int) -> list[dict]:
    """Inputs of a calculator's formula, drawn as the comparison of the two engines draws them."""
    if module == "true_cost":
        sheets = [arguments[0] for _, name, arguments in random_cost_sheet.calls(20261124, 10 * count) if name == function]
        return [*random_cases.cases(20261124, count), *sheets[:count]]
    maker = importlib.import_module(f"tests.engine.random_{module}")
    found = (arguments[0] for _, name, arguments in maker.calls(20261124, 40 * count) if name == function)
    return list(itertools.islice(found, count))


# Definitions -----------------------------------------------------------------------------------------------------


def fields_of(slug: str, facts) -> list[dict]:
    return [field for group in calculators.definition(slug, facts)["groups"] for field in group["fields"]]


@pytest.mark.parametrize("slug", SLUGS)
def test_fields_have_names_of_their_own_and_hang_on_fields_that_exist(slug, facts):
    fields = fields_of(slug, facts)
    names = [field["id"] for field in fields] + [item["id"] for field in fields for item in field.get("items", [])]
    for field in fields:
        columns = [column["id"] for column in field.get("columns", [])]
        assert len(columns) == len(set(columns)), field["id"]
    assert len(names) == len(set(names))
    shorts = [field["short"] for field in fields]
    assert len(shorts) == len(set(shorts))
    for field in fields:
        for other in (field.get("show", {}).get("field"), field.get("after")):
            assert other is None or other in names, field["id"]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_field_that_needs_a_label_has_one(slug, facts):
    for field in fields_of(slug, facts):
        assert field["kind"] == "fees" or "label" in field, field["id"]
        for entry in (field, *field.get("columns", [])):
            if entry["kind"] in ("money", "count") and not entry.get("optional") and "usual" not in entry:
                assert "missing" in entry, (field["id"], entry["id"])


@pytest.mark.parametrize("slug", SLUGS)
def test_formula_exists_in_both_languages_and_is_known_to_the_form(slug, facts):
    given = calculators.definition(slug, facts)
    assert (ROOT / "macros" / "engine" / f"{given['module']}.py").is_file()
    assert (SCRIPTS / "engine" / f"{given['module']}.js").is_file()
    assert f"import(\"./engine/{given['module']}.js\")" in (SCRIPTS / "calculator.js").read_text("utf-8")


@pytest.mark.parametrize("slug", SLUGS)
def test_lender_choices_are_those_of_the_engine(slug, facts):
    given = calculators.definition(slug, facts)
    if "lines" not in given:
        pytest.skip("no legal lines")
    lender = next(field for field in fields_of(slug, facts) if field["id"] == given["lines"]["lender"])
    assert {option["value"] for option in lender["options"]} == set(LENDER_TYPES)


def quoted(source: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, source))


def test_everything_that_parsing_can_say_has_wording(facts):
    words = calculators.words("zh", facts)
    parse = (SCRIPTS / "parse.js").read_text("utf-8")
    wanted = {f"wrong_{key}" for key in quoted(parse, r'\bno\("(\w+)"[,)]')}
    wanted |= {f"wrong_date_{key}" for key in ("year", "none", "order")} | {f"wrong_list_{key}" for key in ("year", "none", "order")}
    wanted |= {f"note_{key}" for key in quoted(parse, r'notes\.add\("(\w+)"\)')}
    wanted |= {f"status_{key}" for key in ("no_number", "date_needed", "lpr_unverified", "before_first_value", "after_last_value",
                                           "uncertain", "not_applicable", "transition")}
    wanted |= {"above", "at", "below"}
    assert not wanted - words.keys()


# What the form says of these itself, for every field.
COMMON_RULES = {"required", "integer", "min", "max", "date", "choice", "count", "mixed_dates", "decimal"}


def message_keys(given: dict, result: dict) -> set[str]:
    """Keys of the messages that a result's blocks show."""
    found = set()
    for block in given["blocks"]:
        said = block["type"] in ("messages", "events") or any(column["as"] == "message" for column in block.get("columns", []) if "as" in column)
        for row in (render_result.at(result, block["rows"]) or [] if said else []):
            found |= {row["key"]} | {note["key"] for note in row.get(block.get("notes")) or []}
    return found


@pytest.mark.parametrize("slug", SLUGS)
def test_everything_that_the_engine_can_say_has_wording_and_no_wording_is_left_over(slug, facts):
    given = calculators.definition(slug, facts)
    source = "".join((ROOT / "macros" / "engine" / f"{name}.py").read_text("utf-8") for name in dict.fromkeys((given["module"], *PARTS.get(slug, []))))
    said: dict[str, set[str]] = {"conventions": set(), "messages": set(), "rules": set()}
    for inputs in random_inputs(given["module"], given["function"], 150):
        try:
            result = calculators.compute(given, inputs)
        except InputError as error:
            said["rules"].add(error.rule)
            continue
        said["conventions"] |= set(result["conventions"])
        said["messages"] |= message_keys(given, result)
    assert not said["conventions"] - given["conventions"].keys()
    assert not said["messages"] - given["messages"].keys()
    assert not said["rules"] - given["rules"].keys() - COMMON_RULES
    # The other way round by the source, since chance may miss a rare case.
    made = tuple(re.findall(r'f"(\w+_)\{', source)) or ("\0",)
    for part in said:
        left_over = [key for key in given[part].keys() - said[part] if not re.search(rf"[\"'_]{key}[\"']", source) and not key.startswith(made)]
        assert not left_over, part


# Engine modules whose keys a calculator says, beside its own.
PARTS = {"true-cost": ["cost_sheet"] if (ROOT / "macros" / "engine" / "cost_sheet.py").is_file() else []}


def test_every_key_of_wording_in_the_page_is_used(facts):
    code = "".join((SCRIPTS / name).read_text("utf-8") for name in ("calculator.js", "form.js", "rows.js", "outcome.js", "render.js", "number_format.js"))
    built = ("wrong_", "note_", "status_", "rule_", "understood_", "rounded_", "invoked_")
    unused = [key for key in calculators.words("zh", facts) if not key.startswith(built) and not re.search(rf"\b{key}\b", code)
              and key not in ("result", "above", "at", "below")]
    assert not unused, unused


# Typed input -----------------------------------------------------------------------------------------------------


def expected_value(kind: str, text):
    if kind == "list":
        return [{"date": day or None, "amount_fen": {"int": fen(sum_)}} for day, sum_ in text]
    if kind == "date":
        return text
    return {"int": {"money": fen, "rate": ppm, "daily_rate": ppm, "percent": ppm, "count": str}[kind](text)}


def fen(yuan: str) -> str:
    sign, _, text = yuan.rpartition("-")
    whole, _, part = text.partition(".")
    return sign + "-" * yuan.startswith("-") + str(int(whole) * 100 + int(part.ljust(2, "0") or 0))


def ppm(percent: str) -> str:
    whole, _, part = percent.partition(".")
    return str(int(whole) * 10_000 + int(part.ljust(4, "0") or 0))


@pytest.mark.parametrize("kind", PARSE_CASES)
def test_what_people_type_is_understood(kind, ask):
    cases = PARSE_CASES[kind]
    more = ["2025-01-15", 360] if kind == "list" else []
    answers = ask([{"parse": kind, "given": [case[0], *more]} for case in cases])
    wrong = []
    for (typed, wanted, *extra), got in zip(cases, answers, strict=True):
        if isinstance(wanted, dict):
            right = not got["ok"] and got["error"] == wanted["error"]
        else:
            right = got["ok"] and got["value"] == expected_value(kind, wanted)
            for key, value in (extra[0] if extra else {}).items():
                have = [line for line, _ in got["skipped"]] if key == "skipped" else got[key]
                right = right and have == value
        if not right:
            wrong.append(f"{typed!r}: expected {wanted} {extra}, got {json.dumps(got, ensure_ascii=False)}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_there_are_enough_lines_of_typed_input():
    assert sum(len(cases) for cases in PARSE_CASES.values()) >= 60


def test_hostile_input_is_answered_at_once(ask):
    typed = ["9" * 10_000, "1" * 10_000 + "万", "," * 10_000, "一万" * 5_000, "-" * 9_999, "\u202e" * 5_000, "5分" * 3_000, "<b>" * 3_000]
    tasks = [{"parse": kind, "given": [text]} for kind in ("money", "rate", "count", "date") for text in typed]
    paste = ["2025-03-01 930\n" * 5_000, ("1 " * 100 + "\n") * 5_000, "\n" * 200_000, "9" * 300_000, "2025-" * 60_000, "1/" * 100_000]
    tasks += [{"parse": "list", "given": [text, "2025-01-15", 360]} for text in paste]
    for task, got in zip(tasks, ask(tasks), strict=True):
        assert not got["ok"], task["given"][0][:40]
        assert got["milliseconds"] < 1_000, (got["milliseconds"], task["parse"], task["given"][0][:40])


def test_a_list_without_a_payout_day_needs_its_years(ask):
    [got] = ask([{"parse": "list", "given": ["3月1日 930", None, 360]}])
    assert not got["ok"] and got["error"] == "list_year"


# Numbers as text --------------------------------------------------------------------------------------------------


def test_both_languages_write_numbers_alike(ask):
    rng = random.Random(20261124)
    sizes = [0, 1, -1, 5, 49, 50, 51, 99, 100, 10**12, -(10**12), 10**40] + [rng.randint(-(10 ** rng.randint(1, 18)), 10**18) for _ in range(300)]
    tasks, wanted = [], []
    for size in sizes:
        tasks.append({"format": "yuan", "given": [{"int": str(size)}]})
        wanted.append(number_format.yuan(size))
        tasks.append({"format": "percent_exact", "given": [{"int": str(size)}]})
        wanted.append(number_format.percent_exact(size))
        for places in (0, 1, 2, 4):
            tasks.append({"format": "percent", "given": [{"int": str(size)}, places]})
            wanted.append(number_format.percent(size, places))
    assert ask(tasks) == wanted


@pytest.mark.parametrize(
    ("ppm", "places", "text"),
    # Half-up by hand: 41.70312 % and its neighbours.
    [(417_031, 1, "41.7%"), (417_031, 2, "41.70%"), (417_050, 2, "41.71%"), (417_049, 2, "41.70%"), (-50, 2, "−0.01%"), (12_345_678, 2, "1,234.57%")],
)
def test_rates_are_rounded_half_up(ppm, places, text):
    assert number_format.percent(ppm, places) == text


# Results ----------------------------------------------------------------------------------------------------------


def line_cases() -> list[tuple[dict, list]]:
    """Loans with the arguments of their legal lines: every lender, both sides of every date, no rate and several."""
    plan = {"kind": "equal", "instalment_fen": 93_000, "periods": 12, "period": "month"}
    loan = {"contract_amount_fen": 1_000_000, "received_fen": 900_000, "repayment": plan, "advertised_annual_rate_ppm": 180_000}
    dates = [None, "2014-05-05", "2016-03-03", "2017-08-15", "2020-08-19", "2020-08-20", "2025-12-15", "2026-03-01", "2026-10-19", "2026-10-20", "2027-01-01"]
    cases = []
    for lender in LENDER_TYPES:
        cases += [(loan, [lender, day, None]) for day in dates]
        cases.append((loan, [lender, "2026-11-01", 30_000]))
        cases.append(({**loan, "received_date": "2026-03-02", "repayment": {**plan, "periods": 1}}, [lender, "2026-03-01", None]))
    cases.append(({**loan, "repayment": {**plan, "instalment_fen": 0}}, ["unknown", None, None]))
    several = {"contract_amount_fen": 100_000, "repayment": {"kind": "list", "payments": [
        {"date": None, "amount_fen": 230_000}, {"date": None, "amount_fen": -132_000}]}}
    cases.append((several, ["private", "2026-03-01", None]))
    return cases


def render_cases(slug: str, facts) -> list[tuple[dict, list | None]]:
    """Inputs with the lender, date of contract and typed LPR of their legal lines, or None."""
    given = calculators.definition(slug, facts)
    beside = ["unknown", "2026-03-01", None] if "lines" in given else None
    cases = [(example["inputs"], beside) for example in given["examples"].values()]
    path = ROOT / "data" / "calculators" / slug / "cases.json"
    cases += [(case["inputs"], None) for case in json.loads(path.read_text("utf-8"))]
    if slug == "true-cost":
        cases += line_cases()
    return cases + [(case, beside) for case in random_inputs(given["module"], given["function"], 60)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_python_and_browser_show_the_same_result(slug, lang, facts, ask):
    definition = browser_data(slug, lang, facts)
    tasks, wanted = [], []
    for inputs, beside in render_cases(slug, facts):
        try:
            result = calculators.compute(definition, inputs)
            case = {"inputs": inputs, "lender": beside[0], "contract_date": beside[1]} if beside else {}
            lines = calculators.lines_of(definition, case, result, beside[2] if beside else None)
        except InputError:
            continue  # a refusal shows no result
        wanted.append({
            "answer": render_result.answer(definition, definition["words"], result),
            "detail": render_result.detail(definition, definition["words"], result, lines, "calc-test"),
        })
        tasks.append({"render": {
            "definition": definition, "inputs": _tagged(calculators.with_constants(definition, inputs)),
            "lines": _tagged([*beside, inputs.get("received_date")]) if beside else None,
        }})
    assert len(tasks) > 40
    for task, have, want in zip(tasks, ask(tasks), wanted, strict=True):
        assert have == want, json.dumps(task["render"]["inputs"])[:500]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_no_result_shows_a_gap(slug, lang, facts):
    definition = browser_data(slug, lang, facts)
    for inputs, _ in render_cases(slug, facts):
        try:
            result = calculators.compute(definition, inputs)
        except InputError:
            continue
        tree = render_result.detail(definition, definition["words"], result, [], "x")
        text = render_result.answer(definition, definition["words"], result) + "\n".join(texts(node) for node in tree)
        assert not re.search(r"None|NaN|undefined|%s|\{|\}", text), text[:2000]


def texts(node) -> str:
    return node if isinstance(node, str) else "".join(texts(child) for child in node[2:])


def shown(facts, lang: str, inputs: dict, *arguments) -> tuple[str, str]:
    definition = browser_data("true-cost", lang, facts)
    result = calculators.compute(definition, inputs)
    case = {"inputs": inputs, "lender": arguments[0], "contract_date": arguments[1]} if arguments else {}
    lines = calculators.lines_of(definition, case, result, *arguments[2:3])
    tree = render_result.detail(definition, definition["words"], result, lines, "x")
    return render_result.answer(definition, definition["words"], result), "\n".join(texts(node) for node in tree)


LOAN = {"contract_amount_fen": 1_000_000, "received_fen": 900_000,
        "repayment": {"kind": "equal", "instalment_fen": 93_000, "periods": 12, "period": "month"}}


def test_answer_comes_in_one_sentence_with_both_rates(facts):
    # 41.7 % is the figure that the brief of the worked examples gives for this loan.
    answer, _ = shown(facts, "zh", {**LOAN, "advertised_annual_rate_ppm": 116_000})
    assert answer == "这笔贷款的真实年化约 41.7%（单利，含全部费用）。广告或合同写的是 11.6%。"


@pytest.mark.parametrize(("inputs", "part"), [
    ({**LOAN, "repayment": {**LOAN["repayment"], "instalment_fen": 0}}, "没有利率可算"),
    ({**LOAN, "fees": [{"kind": "service", "when": "once", "amount_fen": 900_000}]}, "等于没有借到钱"),
    # Received 1000, pays 2300 after a month, receives 1320 after two: 10 % and 20 % a month both fit (x 12: 120 % and 240 %).
    ({"contract_amount_fen": 100_000, "repayment": {"kind": "list", "payments": [
        {"date": None, "amount_fen": 230_000}, {"date": None, "amount_fen": -132_000}]}}, "120.00%、240.00%"),
])
def test_no_rate_or_several_are_said_in_words(inputs, part, facts):
    answer, detail = shown(facts, "zh", inputs, "unknown", "2026-03-01")
    assert part in answer
    assert "NaN" not in answer + detail and "undefined" not in answer + detail and "None" not in answer + detail


def test_line_of_private_lending_is_four_times_the_lpr_of_the_contract(facts):
    # LPR 3.00 % from 2025-05-20, 3.10 % before (data/lpr.csv, as published): four times is 12 % and 12.4 %.
    assert "12%（4 倍 × LPR 3.00%）" in shown(facts, "zh", LOAN, "private", "2026-03-01")[1]
    assert "12.4%（4 倍 × LPR 3.10%）" in shown(facts, "zh", LOAN, "private", "2025-05-19")[1]


def test_unchecked_lpr_is_said_and_the_readers_own_is_used_as_such(facts):
    assert "没有核对过" in shown(facts, "zh", LOAN, "private", "2026-10-20")[1]
    own = shown(facts, "zh", LOAN, "private", "2026-10-20", 29_000)[1]
    assert "11.6%（4 倍 × 你填的 LPR 2.90%，我们没有核对）" in own


def test_unknown_lender_gets_the_lines_of_every_type(facts):
    detail = shown(facts, "zh", LOAN, "unknown", "2026-03-01")[1]
    for words in ("个人或普通公司", "银行、信托、汽车金融", "消费金融公司", "小额贷款公司", "信用卡", "没有牌照的放贷人"):
        assert words in detail


def test_no_result_says_that_nothing_is_owed(facts):
    for lender in LENDER_TYPES:
        detail = shown(facts, "zh", LOAN, lender, "2026-03-01")[1]
        assert "不能由此得出“不用还”" in detail
        for caveat in (facts.limits[line]["caveat"]["zh"] for line in ("financial_loan_reduction_line",) if lender == "bank"):
            assert caveat in detail


def test_bars_start_at_zero_and_the_longest_fills_the_width(facts):
    definition = browser_data("true-cost", "en", facts)
    result = calculators.compute(definition, LOAN)
    figure = next(node for node in render_result.detail(definition, definition["words"], result, [], "x") if node[0] == "figure")
    svg = next(node for node in figure[2:] if node[0] == "svg")
    bars = [node[1] for node in svg[2:] if node[0] == "rect"]
    # 9,000 arrived, 1,000 was deducted, 1,160 is interest: 11.1 % and 12.9 % of the longest.
    assert [(bar["x"], bar["width"]) for bar in bars] == [("0", "100.0%"), ("0", "11.1%"), ("0", "12.9%")]
    assert not any("style" in node[1] for node in svg[2:])


def test_text_in_a_tree_never_becomes_markup():
    html = render_result.to_html(["p", {"title": '"><script>'}, "<b>&", ["em", {}, "x"]])
    assert html == "<p title=\"&#34;&gt;&lt;script&gt;\">&lt;b&gt;&amp;<em>x</em></p>"


# Figures in prose and the page -------------------------------------------------------------------------------------


def test_figures_in_prose_come_from_the_engine(facts):
    assert calculators.example("true-cost", "deduction", "nominal_annual", "zh", facts) == "41.7%"
    assert calculators.example("true-cost", "deduction", "received", "zh", facts) == "9000 元"
    assert calculators.example("true-cost", "deduction", "received", "en", facts) == "¥9,000"


@pytest.mark.parametrize(("slug", "case", "key", "part"), [
    ("no-such", "deduction", "cost", "is missing"),
    ("true-cost", "no-such", "cost", "neither in calculator.yml"),
    ("true-cost", "deduction", "no_such", "Use one of"),
    ("true-cost", "no-deduction", "stated", "has no"),
])
def test_wrong_names_are_refused_with_a_remedy(slug, case, key, part, facts):
    with pytest.raises(calculators.CalculatorError, match=part):
        calculators.example(slug, case, key, "zh", facts)


def test_flat_fee_table_matches_a_published_case(facts):
    # 12,000 in 12 parts at 0.6 % a month: 1,072.00 each, 13.034 % (tests/cases/finance_public.json, flat-12-0.6).
    given = {**calculators.definition("true-cost", facts), "worked": {"amounts_fen": [1_200_000], "periods": [12], "monthly_fee_ppm": [6_000]}}
    site = SimpleNamespace(words=lambda key, *values: key)
    assert calculators._worked(given, calculators.words("zh", facts), site)["rows"] == [["0.6%", "12", "13.03%", "13.84%", "1,072.00"]]


def test_data_for_the_browser_cannot_end_its_script_element():
    assert "<" not in calculators._json({"x": "</script><script>"})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_built_page_holds_the_worked_example_without_javascript(site, lang):
    html = (site / ("" if lang == "zh" else "en") / "tools" / "true-cost" / "index.html").read_text("utf-8")
    form = html.index('<form class="calc__form"')
    assert "hidden" in html[form:html.index(">", form)]
    for figure in ("41.70%", "50.67%", "11,160.00", "8,382.77", "17.27%"):
        assert figure in html, figure
    assert "style=" not in html[html.index("data-calculator"):]


def test_scripts_of_the_calculator_stay_small():
    import gzip

    from rcssmin import cssmin
    from rjsmin import jsmin

    def weight(*names: str) -> int:
        # As readers get them.
        shorten = {"js": jsmin, "css": cssmin}
        texts = [shorten[name[:name.index("/")]]((ROOT / "overrides" / "assets" / name).read_text("utf-8")) for name in names]
        return sum(len(gzip.compress(text.encode(), 9)) for text in texts)

    # Before a touch: what hangs on a choice. On the first touch: reading what was typed and showing the result.
    assert weight("js/calculator.js", "css/calculator.css") <= 4 * 1024
    assert weight("js/form.js", "js/rows.js", "js/outcome.js", "js/parse.js", "js/render.js", "js/number_format.js") <= 20 * 1024


def test_no_float_and_no_markup_from_text_in_the_scripts():
    for name in ("calculator.js", "form.js", "rows.js", "outcome.js", "render.js", "parse.js", "number_format.js"):
        source = (SCRIPTS / name).read_text("utf-8")
        for word in ("parseFloat", "Math.round", "innerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage", "sessionStorage", "fetch("):
            assert word not in source, (name, word)
        assert "(?<" not in source, f"{name}: look-behind stops the whole file in older phones"
