"""The true yearly cost of a loan (真实年化): what arrived, against everything that is paid.

Amounts are fen, dates ISO text, rates 10**-12 (_e12) and millionths (_ppm).
"""

from .cost_sheet import check_sheet, comparable
from .dates import add_months, from_day, to_day
from .errors import InputError, check_choice, check_integer
from .money import MAX_FEN, divide_half_up
from .roots import ONE, balances, solve

MAX_PERIODS = 360
MAX_FEES = 20
MAX_DAYS = 36_525
MAX_RATE_PPM = 10**9
FEE_KINDS = ("service", "guarantee", "membership", "insurance", "other")
FEE_TIMES = ("once", "each")
PERIOD_DAYS = {"month": 0, "fortnight": 14, "week": 7, "day": 1}


def true_cost(inputs: dict) -> dict:
    """Work out the yearly rate of a loan from its money, with all fees and as advertised.

    Args:
        inputs: A mapping with
            contract_amount_fen: What the contract says was lent; 1 to 10**12.
            received_fen: What arrived, 1 to the contract amount; None = the contract amount.
            received_date: ISO date or None; required where the payments have dates.
            repayment: {"kind": "equal", "instalment_fen", "periods" 1 to 360, "period" "month",
                "fortnight", "week" or "day"}, or {"kind": "list", "payments": 1 to 360 of
                {"date", "amount_fen"}}, all with dates or all without. A negative amount came
                to the borrower.
            fees: Up to 20 of {"kind", "when": "once" or "each", "amount_fen"}, paid on top: once
                at payout, or with every instalment (in a list: every amount above 0).
            advertised_annual_rate_ppm: The rate the lender names, or None.
            sheet: What the cost sheet says, for cost_sheet.check_sheet; None, or "shown": "skip",
                = not asked for. With it cost_sheet_start (ISO, from data/limits.yml), and as far
                as known contract_date (ISO) and lender (one of limits.LENDER_TYPES).
    Returns:
        status, reason, rate, roots (see roots.solve; rate is the root if there is just one), the
        sums of money, rows (one per payment), advertised (the same for the contract amount in
        full and no fees), stated, within_one_month, sheet and comparable (see cost_sheet; None
        without a sheet), and conventions: keys of what to tell the reader about the method. A row's balance is the exact one at the solved rate, rounded
        half-up; its principal part is the difference of two balances and its interest part the
        rest, so that every column adds up and no rounding is carried on.
    Raises:
        InputError: .field is the path of the wrong input.
    Source: 中国人民银行公告〔2021〕第3号, items 3 and 4: all costs against the principal actually
        used; compound (IRR) or simple, and then named so. The simple form here is 12 times the
        monthly IRR; for flows by the day, 12 times the monthly equivalent of the yearly rate.

    >>> plan = {"kind": "equal", "instalment_fen": 93_000, "periods": 12}
    >>> loan = {"contract_amount_fen": 1_000_000, "received_fen": 900_000, "repayment": plan}
    >>> true_cost(loan)["rate"]["nominal_annual_rate_ppm"]
    417031
    """
    amount = check_integer("contract_amount_fen", inputs.get("contract_amount_fen"), 1, MAX_FEN)
    received = inputs.get("received_fen")
    received = amount if received is None else check_integer("received_fen", received, 1, MAX_FEN)
    if received > amount:
        raise InputError("received_fen", "above_contract", received)
    received_date = inputs.get("received_date")
    start = None if received_date is None else to_day(received_date, "received_date")
    stated = inputs.get("advertised_annual_rate_ppm")
    if stated is not None:
        check_integer("advertised_annual_rate_ppm", stated, 0, MAX_RATE_PPM)

    plan = _read_repayment(inputs.get("repayment"), received_date, start)
    payments = plan["payments"]
    # A row of a list that is 0 or negative is not an instalment, so no fee comes with it.
    charged = [plan["equal"] or paid > 0 for _, _, paid in payments]
    fee_lines = _read_fees(inputs.get("fees"), sum(charged))
    each_fee = sum(fee["amount_fen"] for fee in fee_lines if fee["when"] == "each")
    once_fees = sum(fee["total_fen"] for fee in fee_lines if fee["when"] == "once")
    each_fees = sum(fee["total_fen"] for fee in fee_lines if fee["when"] == "each")

    net = received - once_fees
    fees = [each_fee if is_charged else 0 for is_charged in charged]
    flows = [(0, net)]
    flows += [(time, -paid - fee) for (time, _, paid), fee in zip(payments, fees)]
    actual = _answer(flows, plan["units_per_year"])
    plain = _answer([(0, amount), *((time, -paid) for time, _, paid in payments)], plan["units_per_year"])

    instalments = sum(paid for _, _, paid in payments if paid > 0)
    further = -sum(paid for _, _, paid in payments if paid < 0)
    total_paid = instalments + once_fees + each_fees
    rate = actual["rate"]
    result = {
        "status": actual["status"],
        "reason": actual["reason"],
        "rate": rate,
        "roots": actual["roots"],
        "contract_amount_fen": amount,
        "received_fen": received,
        "net_received_fen": net,
        "further_received_fen": further,
        "upfront_deduction_fen": amount - received,
        "once_fees_fen": once_fees,
        "each_fees_fen": each_fees,
        "fees_total_fen": once_fees + each_fees,
        "instalments_total_fen": instalments,
        "total_paid_fen": total_paid,
        "cost_fen": total_paid - received - further,
        "fee_lines": fee_lines,
        "rows": _rows(payments, fees, flows, actual["position"]),
        "advertised": {
            "status": plain["status"],
            "reason": plain["reason"],
            "rate": plain["rate"],
            "roots": plain["roots"],
            "total_paid_fen": instalments,
            "cost_fen": instalments - amount - further,
        },
        "stated": None
        if stated is None
        else {
            "annual_rate_ppm": stated,
            "difference_ppm": rate["nominal_annual_rate_ppm"] - stated if rate else None,
        },
        "within_one_month": plan["within_one_month"],
        "comparable": None,
        "sheet": None,
        "conventions": _conventions(plan, actual["status"], amount - received, fee_lines, further),
    }
    sheet = inputs.get("sheet")
    return result if sheet is None or sheet.get("shown") == "skip" else _with_sheet(result, inputs, plan, actual)


def _with_sheet(result: dict, inputs: dict, plan: dict, actual: dict) -> dict:
    """The result with the check of the cost sheet."""
    rows, measure = result["rows"], None
    if result["rate"]:
        times = [time for time, _, _ in plan["payments"]]
        # Every instalment, and every fee in it, was rounded to the fen; so was each fee at payout.
        each = sum(fee["when"] == "each" for fee in result["fee_lines"])
        measure = comparable(
            result["net_received_fen"],
            [(time, row["total_fen"]) for time, row in zip(times, rows)],
            [row["balance_fen"] for row in rows],
            actual,
            plan["units_per_year"],
            plan["period_days"],
            len(rows) * (1 + each) + len(result["fee_lines"]) - each,
        )
    result["comparable"] = measure
    result["sheet"] = check_sheet(
        inputs["sheet"], result, inputs.get("cost_sheet_start"), inputs.get("contract_date"), inputs.get("lender")
    )
    if result["sheet"]["way"]:
        result["conventions"] += ["sheet_rounding"] + (["sheet_other_way"] if len(measure["ways"]) > 1 else [])
    return result


def _read_repayment(repayment: object, received_date: str | None, start: int | None) -> dict:
    """Payments as (time in units, ISO date or None, fen), in order, and how they were read."""
    if repayment is None:
        raise InputError("repayment", "required")
    kind = check_choice("repayment.kind", repayment.get("kind"), ("equal", "list"))
    return (_read_equal if kind == "equal" else _read_list)(repayment, received_date, start)


def _read_equal(repayment: dict, received_date: str | None, start: int | None) -> dict:
    paid = check_integer("repayment.instalment_fen", repayment.get("instalment_fen"), 0, MAX_FEN)
    periods = check_integer("repayment.periods", repayment.get("periods"), 1, MAX_PERIODS)
    period = repayment.get("period")
    period = check_choice("repayment.period", "month" if period is None else period, tuple(PERIOD_DAYS))
    days = PERIOD_DAYS[period]
    numbers = range(1, periods + 1)
    if start is None:
        dates = [None] * periods
    elif days:
        dates = [from_day(start + days * k) for k in numbers]
    else:
        dates = [add_months(received_date, k) for k in numbers]
    within = periods <= 1
    if days:
        within = _within_one_month(received_date, start, days * periods)
    return {
        "equal": True,
        "units_per_year": 365 if days else 12,
        "payments": [(k * (days or 1), date, paid) for k, date in zip(numbers, dates)],
        "within_one_month": within,
        "period_days": days,
        "timing": "equal_days" if days else "equal_months",
        "dates_shown_only": start is not None and not days,
    }


def _read_list(repayment: dict, received_date: str | None, start: int | None) -> dict:
    given = repayment.get("payments")
    if given is None:
        raise InputError("repayment.payments", "required")
    if not 1 <= len(given) <= MAX_PERIODS:
        raise InputError("repayment.payments", "count", len(given))
    dated = sum(payment.get("date") is not None for payment in given)
    if 0 < dated < len(given):
        raise InputError("repayment.payments", "mixed_dates", len(given) - dated)
    if dated and start is None:
        raise InputError("received_date", "required")
    payments = []
    for k, payment in enumerate(given):
        path = f"repayment.payments.{k}"
        time = k + 1
        if dated:
            time = to_day(payment["date"], f"{path}.date") - start
            if time < 0:
                raise InputError(f"{path}.date", "before_received", payment["date"])
            if time > MAX_DAYS:
                raise InputError(f"{path}.date", "too_late", payment["date"])
        paid = check_integer(f"{path}.amount_fen", payment.get("amount_fen"), -MAX_FEN, MAX_FEN)
        payments.append((time, payment["date"] if dated else None, paid))
    # Stable: payments of one day stay in the order in which they were given.
    payments.sort(key=lambda payment: payment[0])
    return {
        "equal": False,
        "units_per_year": 365 if dated else 12,
        "payments": payments,
        "within_one_month": _within_one_month(received_date, start, payments[-1][0])
        if dated
        else len(given) <= 1,
        "period_days": 0,
        "timing": "actual_days_365" if dated else "undated_list_monthly",
        "dates_shown_only": False,
    }


def _within_one_month(received_date: str | None, start: int | None, days: int) -> bool | None:
    if start is not None:
        return days <= to_day(add_months(received_date, 1)) - start
    # Without a date a month has 28 to 31 days.
    return True if days <= 28 else False if days > 31 else None


def _read_fees(fees: list | None, instalments: int) -> list[dict]:
    fees = [] if fees is None else fees
    if len(fees) > MAX_FEES:
        raise InputError("fees", "count", len(fees))
    lines = []
    for k, fee in enumerate(fees):
        kind = check_choice(f"fees.{k}.kind", fee.get("kind"), FEE_KINDS)
        when = check_choice(f"fees.{k}.when", fee.get("when"), FEE_TIMES)
        amount = check_integer(f"fees.{k}.amount_fen", fee.get("amount_fen"), 0, MAX_FEN)
        count = 1 if when == "once" else instalments
        lines.append(
            {"kind": kind, "when": when, "amount_fen": amount, "count": count, "total_fen": amount * count}
        )
    return lines


def _answer(flows: list[tuple[int, int]], units_per_year: int) -> dict:
    solved = solve(flows, units_per_year, 12, "repayment.payments")
    roots = []
    for root in solved["roots"]:
        names = ("monthly_rate", "nominal_annual_rate", "effective_annual_rate")
        shown = {}
        for name, rate in zip(names, root.values()):
            shown[f"{name}_e12"] = rate
            shown[f"{name}_ppm"] = divide_half_up(rate, 10**6)
        roots.append(shown)
    one = solved["status"] == "one"
    return {
        "status": solved["status"],
        "reason": solved["reason"],
        "roots": roots,
        "rate": roots[0] if one else None,
        "position": solved["positions"][0] if one else None,
    }


def _rows(payments: list, fees: list[int], flows: list[tuple[int, int]], position: int | None) -> list[dict]:
    owed = None
    if position is not None:
        owed = [divide_half_up(balance, ONE) for balance in balances(flows, position)]
        # Both ends are known exactly; the solved rate meets them up to the last bits only.
        owed[0], owed[-1] = flows[0][1], 0
    rows = []
    for k, ((_, date, paid), fee) in enumerate(zip(payments, fees)):
        principal = owed[k] - owed[k + 1] if owed else None
        rows.append(
            {
                "number": k + 1,
                "date": date,
                "instalment_fen": paid,
                "fee_fen": fee,
                "total_fen": paid + fee,
                "interest_part_fen": paid + fee - principal if owed else None,
                "principal_part_fen": principal,
                "balance_fen": owed[k + 1] if owed else None,
            }
        )
    return rows


def _conventions(plan: dict, status: str, deduction: int, fee_lines: list[dict], further: int) -> list[str]:
    by_day = plan["units_per_year"] == 365
    times = [fee["when"] for fee in fee_lines]
    keys = [
        (plan["timing"], True),
        ("dates_shown_only", plan["dates_shown_only"]),
        ("nominal_from_effective" if by_day else "nominal_twelve_times_monthly", True),
        ("effective_compound", True),
        ("upfront_deduction", deduction > 0),
        ("once_fees_at_payout", "once" in times),
        ("each_fees_with_instalment", "each" in times),
        ("further_received", further > 0),
        ("rows_exact_balance_half_up", status == "one"),
        ("range_of_rates", status in ("none", "out_of_range")),
    ]
    return [key for key, applies in keys if applies]
