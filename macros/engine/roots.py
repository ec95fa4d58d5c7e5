"""Every rate at which what was received equals what was paid.

The equation. A plan is a list of terms (time, amount): whole units of time, whole amounts,
received > 0, paid < 0. Its rates are the w > 0, the discount factor over one unit, with
sum(amount * w**time) == 0. The unit is a month, a day or another fixed part of a year, so no
power with a fractional exponent, no logarithm and no float is ever needed; a rate for another
period comes from w by a whole power and, at most, a whole root.

The numbers. A rate is held as a position z on a grid of 2**-GRID_BITS: w = 1 - z for z >= 0 and
1/w = 1 + z for z < 0. A larger z is a higher rate, and the number that is raised to powers is
never above 1. Values are fixed-point integers of WORK_BITS bits, every product cut by a shift,
which rounds down in Python and in JavaScript alike; hence both give the same digits.

All rates, not one. With a single change of sign in the amounts, in order of time, there is
exactly one w (Descartes). With more, let T lie between the two terms at some change of sign: the
derivative of sum(amount * w**(time - T)) has the terms amount * (time - T), hence one change
less. Between its roots the sum is monotonic, so the roots follow from the signs there; the
derivative's own roots are found the same way. A sum that touches 0 within the error bound of
_sign has one rate there; two rates are kept apart while they differ by more than about 2**-90.

Rates are given in 10**-12, rounded half-up once. A rate is in range if the growth over a year
lies between 10**-36 and 10**36, that is -99.9 % to +99 900 % a month. Up to a growth of 10**18
every printed digit is right; beyond it, the first 15 are.
"""

from .errors import InputError
from .money import divide_half_up

E12 = 10**12
WORK_BITS = 192
GRID_BITS = 144
ONE = 1 << WORK_BITS
GRID_ONE = 1 << GRID_BITS
# Growth of 2**64 in one unit. There is no root beyond it while no amount is 2**63 times another
# (Cauchy), and with two units a year or more it is beyond the range.
GRID_END = GRID_ONE - (1 << GRID_BITS - 64)
YEARLY_GROWTH_LIMIT = 10**36
# A plan that turns from receiving to paying more often than this is not a loan, and each turn
# costs a further level of derivatives.
MAX_TURNS = 40
# So many steps of false position must do as well as so many bisections, else one bisection follows.
PATIENCE = 4


def nth_root(number: int, degree: int) -> int:
    """Largest integer whose power is not above number; number >= 0, degree >= 1.

    >>> nth_root(1000, 3), nth_root(999, 3)
    (10, 9)
    """
    if number < 2 or degree == 1:
        return number
    # Newton from above falls until it reaches the root rounded down.
    guess = 1 << -(-number.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def power(base: int, exponent: int) -> int:
    """base ** exponent in fixed point (WORK_BITS), 0 <= base <= ONE; low by at most 2 * exponent units.

    >>> power(ONE // 2, 3) == ONE // 8
    True
    """
    result = ONE
    while exponent:
        if exponent & 1:
            result = result * base >> WORK_BITS
        exponent >>= 1
        if exponent:
            base = base * base >> WORK_BITS
    return result


def growth(position: int, units: int) -> int:
    """Growth factor over a number of units at a position, fixed point (WORK_BITS).

    >>> growth(0, 12) == ONE
    True
    """
    part = power(_base(position), units)
    return part if position < 0 else (ONE << WORK_BITS) // part


def make_terms(flows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join flows of the same time, drop zeros, order by time, begin at time 0.

    >>> make_terms([(3, -5), (1, 10), (3, -6), (2, 4), (2, -4)])
    [(0, 10), (2, -11)]
    """
    sums: dict[int, int] = {}
    for time, amount in flows:
        sums[time] = sums.get(time, 0) + amount
    kept = sorted((time, amount) for time, amount in sums.items() if amount)
    return [(time - kept[0][0], amount) for time, amount in kept]


def balances(flows: list[tuple[int, int]], position: int) -> list[int]:
    """What is still owed after each flow, fixed point (WORK_BITS); flows in order of time.

    At a rate of 0 or more it is the present value of what follows, below 0 the past carried
    forward: in both directions the factor is at most 1, so errors die out instead of growing.

    >>> [balance >> WORK_BITS for balance in balances([(0, 100), (1, -60), (2, -40)], 0)]
    [100, 40, 0]
    """
    owed: list[int] = [0] * len(flows)
    _value(_prepare(flows), position, owed)
    return owed


def _prepare(terms: list[tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
    """What every evaluation needs: scaled amounts, distinct gaps, and which gap precedes each."""
    gaps: dict[int, int] = {}
    which = [0]
    for (before, _), (time, _) in zip(terms, terms[1:]):
        which.append(gaps.setdefault(time - before, len(gaps)))
    return [amount << WORK_BITS for _, amount in terms], list(gaps), which


def _value(prepared: tuple, position: int, owed: list[int] | None = None) -> int:
    """The sum at a position up to a positive factor, by Horner's rule; fixed point (WORK_BITS)."""
    amounts, gaps, which = prepared
    base = _base(position)
    factors = [power(base, gap) for gap in gaps]
    last = len(amounts) - 1
    total = amounts[0 if position < 0 else last]
    if position < 0:
        if owed:
            owed[0] = total
        for k in range(1, last + 1):
            total = (total * factors[which[k]] >> WORK_BITS) + amounts[k]
            if owed:
                owed[k] = total
    else:
        for k in range(last - 1, -1, -1):
            total = total * factors[which[k + 1]] >> WORK_BITS
            if owed:
                owed[k] = -total
            total += amounts[k]
    return total


def _base(position: int) -> int:
    """w at a position of 0 or more, 1/w below; fixed point (WORK_BITS)."""
    return GRID_ONE - abs(position) << WORK_BITS - GRID_BITS


def _sign(terms: list[tuple[int, int]], value: int) -> int:
    """Sign of a value; 0 where it is within the error of power() and of the shifts."""
    bound = sum(abs(amount) for _, amount in terms) * 2 * (terms[-1][0] + len(terms))
    return 0 if abs(value) <= bound else 1 if value > 0 else -1


def _locate(prepared: tuple, low: int, low_value: int, high: int, high_value: int) -> int:
    """Last grid position before the sign changes between low and high.

    Which position that is does not depend on the method: false position with the weight of a
    kept end halved (Illinois), and bisection where that is slow (see PATIENCE).
    """
    steps, width, kept = 0, high - low, 0
    low_weight, high_weight = abs(low_value), abs(high_value)
    while high - low > 1:
        if steps == PATIENCE and high - low << PATIENCE > width:
            middle = (low + high) // 2
            steps, width = 0, high - low
        else:
            if steps == PATIENCE:
                steps, width = 0, high - low
            middle = low + (high - low) * low_weight // (low_weight + high_weight)
            middle = min(max(middle, low + 1), high - 1)
            steps += 1
        value = _value(prepared, middle)
        if value == 0:
            return middle
        if (value > 0) == (low_value > 0):
            low, low_value, low_weight = middle, value, abs(value)
            if kept > 0:
                high_weight = high_weight >> 1 or 1
            kept = 1
        else:
            high, high_value, high_weight = middle, value, abs(value)
            if kept < 0:
                low_weight = low_weight >> 1 or 1
            kept = -1
    return low


def _turns(terms: list[tuple[int, int]]) -> list[int]:
    """Indices after which the amounts change sign."""
    return [k for k in range(len(terms) - 1) if (terms[k][1] > 0) != (terms[k + 1][1] > 0)]


def unit_roots(terms: list[tuple[int, int]]) -> list[int]:
    """Every position at which the sum is zero, ascending (see the head of this module)."""
    turns = _turns(terms)
    if not turns:
        return []
    if len(turns) == 1:
        return _single_root(terms)
    time_twice = terms[turns[0]][0] + terms[turns[0] + 1][0]
    derivative = [(time, amount * (time_twice - 2 * time)) for time, amount in terms]
    points = [-GRID_END, *unit_roots(derivative), GRID_END]
    prepared = _prepare(terms)
    values = [_value(prepared, point) for point in points]
    signs = [_sign(terms, value) for value in values]
    roots = []
    for k, point in enumerate(points):
        if k and signs[k - 1] * signs[k] < 0:
            roots.append(_locate(prepared, points[k - 1], values[k - 1], point, values[k]))
        if signs[k] == 0:
            roots.append(point)
    return roots


def _single_root(terms: list[tuple[int, int]]) -> list[int]:
    """The root of a sum with one change of sign; none if it lies beyond the grid's end."""
    low_value = sum(amount for _, amount in terms) << WORK_BITS
    if low_value == 0:
        return [0]
    prepared = _prepare(terms)
    # The first term wins as w falls to 0: with another sign than the sum at w = 1, the root is above.
    side = 1 if (low_value > 0) != (terms[0][1] > 0) else -1
    low, high = 0, GRID_ONE >> 12
    while True:
        high_value = _value(prepared, side * high)
        if (high_value > 0) != (low_value > 0):
            break
        if high == GRID_END:
            return []
        low, low_value, high = high, high_value, min(high * 4, GRID_END)
    if side > 0:
        return [_locate(prepared, low, low_value, high, high_value)]
    return [_locate(prepared, -high, high_value, -low, low_value)]


def rates_at(position: int, units_per_year: int, periods_per_year: int) -> dict:
    """Rates of a position, in 10**-12: per period, nominal per year, effective per year.

    The nominal rate is the period's rate times the periods in a year. Each is rounded half-up
    from the position itself, so the nominal rate is not twelve times a rounded one.

    >>> rates_at(0, 12, 12)
    {'periodic_rate_e12': 0, 'nominal_annual_rate_e12': 0, 'effective_annual_rate_e12': 0}
    """
    yearly = growth(position, units_per_year)
    if units_per_year % periods_per_year == 0:
        periodic = growth(position, units_per_year // periods_per_year)
    else:
        periodic = nth_root(yearly << WORK_BITS * (periods_per_year - 1), periods_per_year)
    return {
        "periodic_rate_e12": divide_half_up((periodic - ONE) * E12, ONE),
        "nominal_annual_rate_e12": divide_half_up((periodic - ONE) * periods_per_year * E12, ONE),
        "effective_annual_rate_e12": divide_half_up((yearly - ONE) * E12, ONE),
    }


def solve(
    flows: list[tuple[int, int]], units_per_year: int, periods_per_year: int, field: str = "flows"
) -> dict:
    """Find every rate of a plan.

    Args:
        flows: (time in whole units, amount); received > 0, paid < 0.
        units_per_year: How many units of time make a year (12 for months, 365 for days).
        periods_per_year: For which period the periodic and the nominal rate are given.
        field: Name of the argument in an error.
    Returns:
        status: "one", "several", "none", or "out_of_range" when all rates lie outside the range.
        reason: None; for "none" "nothing_paid", "nothing_received" or "no_balance" (both, but no
            rate makes them equal, or every rate does); for "out_of_range" "above_range",
            "below_range" or "both_sides".
        roots: what rates_at gives for each rate in range, ascending.
        positions: their grid positions, for balances().
    Raises:
        InputError: rule "too_many_turns"; .value is their number.
    """
    terms = make_terms(flows)
    turns = len(_turns(terms))
    if turns > MAX_TURNS:
        raise InputError(field, "too_many_turns", turns)
    if turns == 0:
        paid = any(amount < 0 for _, amount in flows)
        received = any(amount > 0 for _, amount in flows)
        if terms:
            paid, received = terms[0][1] < 0, terms[0][1] > 0
        reason = "no_balance" if paid == received else "nothing_received" if paid else "nothing_paid"
        return {"status": "none", "reason": reason, "roots": [], "positions": []}
    roots, positions, outside = [], [], set()
    for position in unit_roots(terms):
        yearly = power(_base(position), units_per_year)
        # The margin is wider than the rounding of a power, so the ends of the range are inside.
        if (yearly + (yearly >> 40)) * YEARLY_GROWTH_LIMIT < ONE:
            outside.add("above_range" if position > 0 else "below_range")
            continue
        rates = rates_at(position, units_per_year, periods_per_year)
        if rates not in roots:
            roots.append(rates)
            positions.append(position)
    if roots:
        status, reason = "one" if len(roots) == 1 else "several", None
    elif outside:
        status, reason = "out_of_range", outside.pop() if len(outside) == 1 else "both_sides"
    else:
        status, reason = "none", "no_balance"
    return {"status": status, "reason": reason, "roots": roots, "positions": positions}
