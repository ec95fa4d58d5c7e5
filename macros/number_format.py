"""Integers and dates as readers write them. Twin of overrides/assets/js/number_format.js."""
from __future__ import annotations

import re


def fill(text: str, *values: object) -> str:
    """Put values in place of %s, one after the other; a value is never read as a pattern.

    >>> fill("%s of %s", "100%s", 2)
    '100%s of 2'
    """
    rest = list(values)
    return re.sub("%s", lambda _: str(rest.pop(0)) if rest else "", text)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals and groups of three.

    >>> yuan(1_200_000), yuan(-5)
    ('12,000.00', '−0.05')
    """
    sign, size = ("−", -fen) if fen < 0 else ("", fen)
    return f"{sign}{size // 100:,}.{size % 100:02d}"


def plain_yuan(fen: int) -> str:
    """Fen as yuan for an address: no groups, decimals only where there are any.

    >>> plain_yuan(1_200_000), plain_yuan(70_050), plain_yuan(-5)
    ('12000', '700.50', '-0.05')
    """
    return yuan(fen).replace(",", "").replace("−", "-").removesuffix(".00")


def percent(ppm: int, places: int) -> str:
    """A rate in millionths as a percentage, rounded half-up in size.

    Args:
        ppm: The rate; 1 % is 10_000.
        places: Decimals shown, 0 to 4.

    >>> percent(359_263, 1), percent(359_263, 2), percent(-50, 2)
    ('35.9%', '35.93%', '−0.01%')
    """
    sign, size = ("−", -ppm) if ppm < 0 else ("", ppm)
    unit = 10 ** (4 - places)
    whole, part = divmod((size + unit // 2) // unit, 10**places)
    return f"{sign}{whole:,}" + (f".{part:0{places}d}" if places else "") + "%"


def percent_exact(ppm: int) -> str:
    """Every digit of a typed rate, without closing zeros.

    >>> percent_exact(180_000), percent_exact(182_500)
    ('18%', '18.25%')
    """
    return re.sub(r"\.?0+%$", "%", percent(ppm, 4))


def day(iso: str, words: dict) -> str:
    """A day in words, by the patterns in data/ui/calculator.yml; "2026-03" stays a month.

    >>> day("2026-03-01", {"months": "1 2 3", "day": "%y 年 %m 月 %d 日"})
    '2026 年 3 月 1 日'
    """
    year, month, *date = iso.split("-")
    names = words["months"].split(" ")
    text = words["day"] if date else re.sub(" ?%d ?日?", "", words["day"])
    text = text.replace("%y", year).replace("%m", names[int(month) - 1])
    return text.replace("%d", str(int(date[0]))) if date else text


def months(count: int, words: dict) -> str:
    """A number of months as years and months; where a language has them, each unit has a form for one and a form for more.

    >>> words = {"year_count": "%s year|%s years", "month_count": "%s month|%s months", "span": "%s and %s"}
    >>> months(27, words), months(12, words), months(1, words)
    ('2 years and 3 months', '1 year', '1 month')
    """
    years, rest = divmod(count, 12)

    def one(number: int, unit: str) -> str:
        forms = words[unit].split("|")
        return fill(forms[0 if number == 1 else -1], number)

    if years and rest:
        return fill(words["span"], one(years, "year_count"), one(rest, "month_count"))
    return one(years, "year_count") if years else one(rest, "month_count")


def prose_money(fen: int, lang: str) -> str:
    """Money inside a sentence: 9000 元 / ¥9,000; decimals only where there are any.

    >>> prose_money(900_000, "zh"), prose_money(900_050, "en")
    ('9000 元', '¥9,000.50')
    """
    text = yuan(fen).removesuffix(".00")
    return f"{text.replace(',', '')} 元" if lang == "zh" else f"¥{text}"
