"""Check of a cost sheet (综合融资成本明示表) against what is really paid.

The sheet states a yearly cost and its lines; true_cost works the yearly cost out from the money. Nothing
here says that anything is owed or not: the answer is whether the two agree, what the sheet leaves out,
and what to ask. The day from which lenders must show a sheet comes in from data/limits.yml.
"""

from .dates import to_day
from .errors import InputError, check_choice, check_integer
from .money import MAX_FEN, divide_half_up
from .roots import E12, ONE, growth, solve

MAX_LINES = 20
MAX_STATED_PPM = 10**9
MAX_DECIMALS = 4
SHOWN = ("skip", "shown", "not_shown", "unknown")
REPLIES = ("yes", "no", "unknown")
LINE_KINDS = ("interest", "guarantee", "service", "instalment", "membership", "insurance", "other")
# What a sheet should hold beside its figures, in the order in which to ask for it, with the question.
PARTS = {
    "parties": "ask_parties",
    "contingent": "ask_contingent",
    "nothing_else": "ask_nothing_else",
    "confirmed": "ask_confirmed",
}
# A fee counts as listed under its own name; what apps call an instalment fee is typed as a service fee.
LISTED_AS = {"service": ("service", "instalment")}
# The rule binds lending institutions; lending between persons and unlicensed lending lie outside it.
NOT_BOUND = ("private", "unlicensed")


def comparable(
    net_fen: int,
    payments: list[tuple[int, int]],
    balances_fen: list[int],
    solved: dict,
    units_per_year: int,
    period_days: int,
    roundings: int,
) -> dict:
    """What a stated yearly cost can be compared with.

    Lenders count even months, or weeks of a flat rate, where the true cost counts days; a sheet that is
    right by one of these ways must not be called wrong. The rounding is how far the half fen of every
    payment can move the simple yearly rate: at most their sum over the principal in use, grown by one
    month, as balances that fall weigh more than payments that come later.

    Args:
        net_fen: What the reader had after the fees at payout.
        payments: (time in units, fen paid with its fees), in order.
        balances_fen: What was still owed after each of them.
        solved: {"rate": mapping with the rates in e12, "position": its grid position}.
        units_per_year: 12 for months, 365 for days.
        period_days: Length of an even period in days; 0 for months and for dates.
        roundings: How many typed sums were rounded to the fen.
    Returns:
        ways (each {"key", "simple_e12", "compound_e12"}, the calculator's own first),
        average_principal_fen, and rounding_e12: of the simple yearly rate, 0 where no principal was in use.

    >>> owed = {"rate": dict.fromkeys(("monthly_rate_e12", "nominal_annual_rate_e12", "effective_annual_rate_e12"), 0), "position": 0}
    >>> comparable(1000, [(1, 500), (2, 500)], [500, 0], owed, 12, 0, 2)["average_principal_fen"]
    750
    """
    rate, position = solved["rate"], solved["position"]
    simple, compound = rate["nominal_annual_rate_e12"], rate["effective_annual_rate_e12"]
    by_day = units_per_year == 365
    ways = [{"key": "days" if by_day else "months", "simple_e12": simple, "compound_e12": compound}]
    if by_day and period_days:
        over = growth(position, period_days) - ONE
        yearly = divide_half_up(over * 365 * E12, ONE * period_days)
        ways.append({"key": "periods", "simple_e12": yearly, "compound_e12": compound})
    elif by_day:
        even = _even_months(net_fen, payments)
        if even:
            ways.append(even)
    in_use, before, owed = 0, 0, net_fen
    for (time, _), balance in zip(payments, balances_fen):
        in_use += owed * (time - before)
        before, owed = time, balance
    if in_use <= 0:
        return {"ways": ways, "average_principal_fen": 0, "rounding_e12": 0}
    grown = roundings * units_per_year * max(E12 + rate["monthly_rate_e12"], E12)
    return {
        "ways": ways,
        "average_principal_fen": divide_half_up(in_use, before),
        "rounding_e12": _divide_up(grown, 2 * in_use),
    }


def _even_months(net_fen: int, payments: list[tuple[int, int]]) -> dict | None:
    """The rate with every payment a whole month after the last, where the dates look like months."""
    before = 0
    for time, _ in payments:
        if not 28 <= time - before <= 31:
            return None
        before = time
    flows = [(0, net_fen), *((k + 1, -paid) for k, (_, paid) in enumerate(payments))]
    solved = solve(flows, 12, 12, "repayment.payments")
    if solved["status"] != "one":
        return None
    root = solved["roots"][0]
    return {
        "key": "months",
        "simple_e12": root["nominal_annual_rate_e12"],
        "compound_e12": root["effective_annual_rate_e12"],
    }


def _divide_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def check_sheet(
    sheet: dict, cost: dict, start_date: str, contract_date: str | None = None, lender: str | None = None
) -> dict:
    """Compare a cost sheet with the true cost of the loan.

    Args:
        sheet: A mapping with
            shown: "shown", "not_shown" or "unknown"; all that follows is read only with "shown".
            principal_fen: The principal on the sheet, or None.
            annual_cost_ppm: The yearly all-in cost on the sheet, or None; annual_cost_decimals: with
                how many decimals of a per cent it is printed, 0 to 4; None = as many as any figure of
                the sheet needs, but at least one, since a closing zero is not in the number.
            lines: Up to 20 of {"kind": one of LINE_KINDS, "annual_rate_ppm", "amount_fen"}; at
                least one of the two figures.
            parties, contingent, nothing_else, confirmed: "yes", "no" or "unknown" (also None): is
                the collecting party of each line named, are the costs of default listed, does it
                say that nothing else is charged, did the reader confirm it.
        cost: The result of true_cost, with `comparable`.
        start_date: First day on which new loans need a sheet, ISO.
        contract_date: ISO date or None if the reader does not know it.
        lender: One of limits.LENDER_TYPES, or None.
    Returns:
        status: "agree_simple", "agree_compound", "agree_both", "lower_than_paid" (the sheet is below
            even the simple rate), "between" (above simple, below compound), "higher_than_paid", or
            "cannot_tell"; reason: for the last "no_sheet", "no_stated_cost" or "no_rate".
        required: "required", "card_instalments", "before_start", "date_unknown" or "not_bound".
        stated_annual_cost_ppm, decimals, simple_ppm, compound_ppm, difference_ppm and
        difference_a_year_fen (to the nearer of the two rates; the money is the difference on the
        principal in use), way; lines_total_ppm and lines_difference_ppm (total less lines; None
        where it cannot be told) with lines_status "agree", "lines_lower" or "lines_higher";
        not_listed: fees that are paid but have no line; missing and to_check: keys of PARTS;
        findings, questions and keep: rows {"key", ...} in the order in which to read them.
    Raises:
        InputError: .field begins with "sheet." (or is contract_date).
    Source: 个人贷款业务明示综合融资成本规定 (金规〔2026〕2号), as reported (data/laws.yml): principal, each
        charge with its standard as a yearly level and who takes it, the yearly all-in cost, the
        costs of default, and that nothing else is charged. One report says that each charge is
        turned into a yearly rate by the internal rate of return and the rates are summed; which
        form was not seen, so both simple and compound are compared.
    """
    read = _read(sheet)
    start = to_day(start_date, "cost_sheet_start")
    signed = None if contract_date is None else to_day(contract_date, "contract_date")
    required = _required(signed, start, lender)
    shown = read["shown"] == "shown"
    annual = _annual(read, cost)
    lines = _lines(read, annual["decimals"])
    paid = _paid(cost["fee_lines"])
    listed = {line["kind"] for line in read["lines"]}
    # Without a single line typed, nothing can be said to be missing among them.
    not_listed = [
        {"kind": kind, "total_fen": fees["total_fen"]}
        for kind, fees in paid.items()
        if listed and not listed.intersection(LISTED_AS.get(kind, (kind,)))
    ]
    missing = [part for part in PARTS if shown and read[part] == "no"]
    to_check = [part for part in PARTS if shown and read[part] == "unknown"]
    answer = {
        "shown": read["shown"],
        "required": required,
        "start_date": start_date,
        "contract_date": contract_date,
        **annual,
        **lines,
        "not_listed": not_listed,
        "missing": missing,
        "to_check": to_check,
    }
    found = _findings(answer, read, cost, paid)
    return {
        **answer,
        "findings": found,
        "questions": _questions(answer, {row["key"] for row in found}),
        "keep": _keep(answer, shown),
    }


def _read(sheet: dict) -> dict:
    shown = sheet.get("shown")
    shown = check_choice("sheet.shown", "shown" if shown is None else shown, SHOWN)
    blank = {"shown": shown, "principal_fen": None, "annual_cost_ppm": None, "annual_cost_decimals": None, "lines": []}
    if shown != "shown":
        return {**blank, **dict.fromkeys(PARTS, "unknown")}
    limits = {"principal_fen": (1, MAX_FEN), "annual_cost_ppm": (0, MAX_STATED_PPM), "annual_cost_decimals": (0, MAX_DECIMALS)}
    read = {**blank, **{key: _optional(f"sheet.{key}", sheet.get(key), *bounds) for key, bounds in limits.items()}}
    given = sheet.get("lines")
    given = [] if given is None else given
    if len(given) > MAX_LINES:
        raise InputError("sheet.lines", "count", len(given))
    lines = []
    for k, line in enumerate(given):
        path = f"sheet.lines.{k}"
        kind = check_choice(f"{path}.kind", line.get("kind"), LINE_KINDS)
        rate = _optional(f"{path}.annual_rate_ppm", line.get("annual_rate_ppm"), 0, MAX_STATED_PPM)
        amount = _optional(f"{path}.amount_fen", line.get("amount_fen"), 0, MAX_FEN)
        if rate is None and amount is None:
            raise InputError(f"{path}.annual_rate_ppm", "required")
        lines.append({"kind": kind, "annual_rate_ppm": rate, "amount_fen": amount})
    read["lines"] = lines
    for part in PARTS:
        reply = sheet.get(part)
        read[part] = check_choice(f"sheet.{part}", "unknown" if reply is None else reply, REPLIES)
    return read


def _optional(field: str, value: object, lowest: int, highest: int) -> int | None:
    return None if value is None else check_integer(field, value, lowest, highest)


def _required(signed: int | None, start: int, lender: str | None) -> str:
    if lender in NOT_BOUND:
        return "not_bound"
    if signed is None:
        return "date_unknown"
    if signed < start:
        return "before_start"
    # Instalments on a card are named; whether the rule covers the rest of a card was not seen.
    return "card_instalments" if lender == "credit_card" else "required"


def _decimals(ppm: int) -> int:
    """Decimals of a per cent that a rate needs: 12.5 % needs one."""
    for places in range(MAX_DECIMALS):
        if ppm % 10 ** (MAX_DECIMALS - places) == 0:
            return places
    return MAX_DECIMALS


def _half_unit(decimals: int) -> int:
    """Half of the last printed digit of a per cent, in 10**-12."""
    return 5 * 10 ** (9 - decimals)


def _annual(read: dict, cost: dict) -> dict:
    """The stated yearly cost beside the rates of what is paid."""
    stated = read["annual_cost_ppm"]
    figures = [line["annual_rate_ppm"] for line in read["lines"]] + [stated]
    decimals = read["annual_cost_decimals"]
    if decimals is None:
        # A sheet prints its figures alike: what one of them needs, all of them have.
        decimals = max([1, *(_decimals(ppm) for ppm in figures if ppm is not None)])
    answer = {
        "status": "cannot_tell",
        "reason": None,
        "stated_annual_cost_ppm": stated,
        "decimals": decimals,
        "simple_ppm": None,
        "compound_ppm": None,
        "difference_ppm": None,
        "difference_a_year_fen": None,
        "way": None,
    }
    measure = cost["comparable"]
    if measure is None or stated is None:
        reason = "no_sheet" if read["shown"] != "shown" else "no_stated_cost" if stated is None else "no_rate"
        return {**answer, "reason": reason}
    ways, rounding, half = measure["ways"], measure["rounding_e12"], _half_unit(decimals)
    target = stated * 10**6
    status, way, difference = None, ways[0], 0
    for one in ways:
        # (1 + m)**12 grows faster than 12 * m, by at most the whole year's growth.
        room = half + _divide_up(rounding * max(E12 + one["compound_e12"], E12), E12)
        simple = abs(target - one["simple_e12"]) <= half + rounding
        compound = abs(target - one["compound_e12"]) <= room
        if simple or compound:
            status = "agree_both" if simple and compound else "agree_simple" if simple else "agree_compound"
            way = one
            break
    if status is None:
        lowest = min(ways, key=lambda one: one["simple_e12"])
        highest = max(ways, key=lambda one: one["compound_e12"])
        if target < lowest["simple_e12"]:
            status, way, difference = "lower_than_paid", lowest, lowest["simple_e12"] - target
        elif target > highest["compound_e12"]:
            status, way, difference = "higher_than_paid", highest, target - highest["compound_e12"]
        else:
            status = "between"
    return {
        **answer,
        "status": status,
        "simple_ppm": divide_half_up(way["simple_e12"], 10**6),
        "compound_ppm": divide_half_up(way["compound_e12"], 10**6),
        "difference_ppm": divide_half_up(difference, 10**6),
        "difference_a_year_fen": divide_half_up(difference * measure["average_principal_fen"], E12),
        "way": way["key"],
    }


def _lines(read: dict, decimals: int) -> dict:
    """The sum of the lines beside the stated total; each printed figure may be half a last digit off."""
    rates = [line["annual_rate_ppm"] for line in read["lines"]]
    stated = read["annual_cost_ppm"]
    if not rates or None in rates:
        return {"lines_status": None, "lines_total_ppm": None, "lines_difference_ppm": None}
    total = sum(rates)
    if stated is None:
        return {"lines_status": None, "lines_total_ppm": total, "lines_difference_ppm": None}
    difference = stated - total
    room = (len(rates) + 1) * _half_unit(decimals)
    status = "agree" if abs(difference) * 10**6 <= room else "lines_lower" if difference > 0 else "lines_higher"
    return {"lines_status": status, "lines_total_ppm": total, "lines_difference_ppm": difference}


def _paid(fee_lines: list[dict]) -> dict:
    """Fees that are really charged, by kind: their sum, and the sums that a sheet might print."""
    paid: dict[str, dict] = {}
    for fee in fee_lines:
        if fee["total_fen"] == 0:
            continue
        fees = paid.setdefault(fee["kind"], {"total_fen": 0, "single_fen": 0, "sums": []})
        fees["total_fen"] += fee["total_fen"]
        fees["single_fen"] += fee["amount_fen"]
        fees["sums"] += [fee["amount_fen"], fee["total_fen"]]
    for fees in paid.values():
        fees["sums"] += [fees["total_fen"], fees["single_fen"]]
    return paid


def _other_amounts(read: dict, paid: dict) -> list[dict]:
    """Fees whose amount on the sheet is neither what one instalment nor what the whole loan carries."""
    rows = []
    for kind, fees in paid.items():
        names = LISTED_AS.get(kind, (kind,))
        printed = [line["amount_fen"] for line in read["lines"] if line["kind"] in names and line["amount_fen"] is not None]
        if printed and not any(fen in fees["sums"] for fen in [*printed, sum(printed)]):
            rows.append({"key": "amount_differs", "kind": kind, "stated_fen": sum(printed), "total_fen": fees["total_fen"]})
    return rows


def _findings(answer: dict, read: dict, cost: dict, paid: dict) -> list[dict]:
    bound = answer["required"] in ("required", "card_instalments")
    needed = bound or answer["required"] == "date_unknown"
    shown = answer["shown"] == "shown"
    rows = []
    if shown:
        key = answer["status"] if answer["reason"] is None else answer["reason"]
        names = ("stated_annual_cost_ppm", "simple_ppm", "compound_ppm", "difference_ppm", "difference_a_year_fen")
        rows.append({"key": key, **{name: answer[name] for name in names}})
    typed = set(paid)
    silent = [
        line["kind"]
        for line in read["lines"]
        if line["kind"] != "interest" and not any(line["kind"] in LISTED_AS.get(kind, (kind,)) for kind in typed)
    ]
    if answer["status"] == "higher_than_paid" and silent:
        rows.append({"key": "not_typed", "kinds": list(dict.fromkeys(silent))})
    for fee in answer["not_listed"]:
        rows.append({"key": "fee_not_listed" if needed else "fee_without_line", **fee})
    if shown and cost["upfront_deduction_fen"] > 0:
        rows.append({"key": "deduction", "amount_fen": cost["upfront_deduction_fen"]})
    if answer["lines_status"] is not None:
        names = ("lines_total_ppm", "lines_difference_ppm", "stated_annual_cost_ppm")
        key = "lines_agree" if answer["lines_status"] == "agree" else answer["lines_status"]
        row = {"key": key, **{name: answer[name] for name in names}}
        rows.append({**row, "lines_difference_ppm": abs(row["lines_difference_ppm"])})
    principal = read["principal_fen"]
    if principal is not None and principal != cost["contract_amount_fen"]:
        rows.append({"key": "principal_differs", "stated_fen": principal, "contract_fen": cost["contract_amount_fen"]})
    bare = [line["kind"] for line in read["lines"] if line["annual_rate_ppm"] is None]
    if bare:
        rows.append({"key": "line_without_rate", "kinds": list(dict.fromkeys(bare))})
    rows += _other_amounts(read, paid)
    if needed and answer["missing"]:
        rows.append({"key": "missing", "parts": answer["missing"]})
    if needed and answer["to_check"]:
        rows.append({"key": "to_check", "parts": answer["to_check"]})
    rows.append({"key": answer["required"], "start_date": answer["start_date"], "contract_date": answer["contract_date"]})
    grounds = answer["shown"] == "not_shown" or answer["missing"] or answer["not_listed"] or answer["status"] == "lower_than_paid"
    if bound and grounds:
        rows.append({"key": "complain"})
    return rows


def _questions(answer: dict, found: set[str]) -> list[dict]:
    """What to ask the lender, in order: first the sheet itself, then what costs most."""
    needed = answer["required"] not in ("before_start", "not_bound")
    apart = answer["status"] in ("lower_than_paid", "between", "higher_than_paid")
    kinds = [fee["kind"] for fee in answer["not_listed"]]
    keys = [
        ("ask_sheet", needed and answer["shown"] != "shown"),
        ("ask_method", apart),
        ("ask_fee", bool(kinds)),
        ("ask_deduction", "deduction" in found),
        ("ask_lines", bool(found & {"lines_lower", "lines_higher"})),
        ("ask_principal", "principal_differs" in found),
        ("ask_line_rate", "line_without_rate" in found),
        ("ask_amount", "amount_differs" in found),
        *((key, needed and part in answer["missing"]) for part, key in PARTS.items()),
    ]
    rows = [{"key": key, **({"kinds": kinds} if key == "ask_fee" else {})} for key, applies in keys if applies]
    return [*rows, {"key": "ask_in_writing"}] if rows else rows


def _keep(answer: dict, shown: bool) -> list[dict]:
    keys = [
        ("keep_sheet", shown),
        ("keep_screens", not shown),
        ("keep_contract", True),
        ("keep_charges", bool(answer["not_listed"]) or answer["status"] == "lower_than_paid"),
    ]
    return [{"key": key} for key, applies in keys if applies]
