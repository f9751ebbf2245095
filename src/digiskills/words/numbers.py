"""Numbers as a reader of the language writes them; rounding happens here and nowhere before."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

from digiskills.words.catalogue import text

LOCALES = {"en": "en_CA", "fr": "fr_CA"}
NO_NUMBER = "–"
"""Stands where there is no number and nothing was withheld, such as an interval that cannot be had."""


def _rounded(value: float, digits: int) -> Decimal:
    """Round half away from zero, as readers do by hand; 0 has no sign."""
    # repr gives the shortest decimal that is this float, so 0.145 rounds as the 0.145 that is read
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def number(value: float, language: str, digits: int = 0) -> str:
    """Return a number with the language's decimal sign and grouping.

    Parameters
    ----------
    value : float
        Any number; NaN gives a dash.
    language : str
        ``en`` or ``fr``.
    digits : int
        Decimal places.

    Returns
    -------
    str
        ``1,234.5`` or ``1 234,5``, with a true minus sign.
    """
    if math.isnan(value):
        return NO_NUMBER
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    written = str(format_decimal(_rounded(value, digits), format=pattern, locale=LOCALES[language]))
    return written.replace("-", "−")


def percent(share: float, language: str, digits: int = 0) -> str:
    """Return a share of 0 to 1 as a percentage.

    Parameters
    ----------
    share : float
        The share; NaN gives a dash.
    language : str
        ``en`` or ``fr``.
    digits : int
        Decimal places of the percentage.

    Returns
    -------
    str
        ``62%``, or ``62 %`` with a no-break space.
    """
    if math.isnan(share):
        return NO_NUMBER
    return number(_hundredths(share), language, digits) + ("%" if language == "en" else "\N{NO-BREAK SPACE}%")


def _hundredths(share: float) -> float:
    return float(Decimal(repr(float(share))) * 100)


def interval(low: float, high: float, language: str, form: Callable[[float, str], str] = percent) -> str:
    """Return the two ends of an interval in words.

    Parameters
    ----------
    low, high : float
        The ends.
    language : str
        ``en`` or ``fr``.
    form : callable
        How one end is written: `percent` (default), `number` or `people`.

    Returns
    -------
    str
        ``58% to 66%`` or ``de 58 % à 66 %``; a dash where an end is NaN.
    """
    if math.isnan(low) or math.isnan(high):
        return NO_NUMBER
    return text("interval", language, low=form(low, language), high=form(high, language))


def span(values: Iterable[float], language: str) -> str:
    """Return a number, or the least and the greatest of several that differ; a dash of none."""
    known = sorted(set(values))
    if not known:
        return NO_NUMBER
    return number(known[0], language) if len(known) == 1 else interval(known[0], known[-1], language, number)


def nearest_people(count: float) -> int:
    """Return a number of people to the nearest 10 below 1,000 and to the nearest 100 from there on."""
    step = 10 if abs(count) < 1000 else 100
    return int((Decimal(repr(float(count))) / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * step


def people(count: float, language: str) -> str:
    """Return an estimated number of people, rounded as `nearest_people` does.

    Parameters
    ----------
    count : float
        An estimate, not a count of answers; NaN gives a dash.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        The digits alone; ``words.text("people.rounding", …)`` says how they are rounded.
    """
    return NO_NUMBER if math.isnan(count) else number(nearest_people(count), language)


def signed(value: float, language: str, digits: int = 0) -> str:
    """Return a number with its sign, as changes are written; 0 has none."""
    written = number(value, language, digits)
    return f"+{written}" if not math.isnan(value) and _rounded(value, digits) > 0 else written


def points(share: float, language: str) -> str:
    """Return a change of a share of 0 to 1 in percentage points.

    Parameters
    ----------
    share : float
        The change; NaN gives a dash.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        ``+3 points``.
    """
    if math.isnan(share):
        return NO_NUMBER
    hundredths = _hundredths(share)
    return text("points", language, count=int(abs(_rounded(hundredths, 0))), n=signed(hundredths, language))


def plain_points(share: float, language: str) -> str:
    """Return a width of a share of 0 to 1 in percentage points, without a sign and to a tenth.

    Parameters
    ----------
    share : float
        The width; NaN gives a dash.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        ``3.4 points``, ``5 points``.
    """
    if math.isnan(share):
        return NO_NUMBER
    tenths = _rounded(_hundredths(share), 1)
    whole = tenths == tenths.to_integral_value()
    written = number(float(tenths), language, 0 if whole else 1)
    # French takes the plural from two on, English from anything but one
    several = tenths >= 2 if language == "fr" else tenths != 1
    return text("points", language, count=2 if several else 1, n=written)


def points_end(share: float, language: str, digits: int = 0) -> str:
    """Return an end of the interval of a change of a share, in percentage points without the word."""
    return NO_NUMBER if math.isnan(share) else signed(_hundredths(share), language, digits)


def probability(share: float, language: str) -> str:
    """Return a probability as a percentage that is never 0 or 100, as neither can be known from draws.

    Parameters
    ----------
    share : float
        The probability; NaN gives a dash.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        ``85%``, ``over 99%`` or ``under 1%``.
    """
    if share >= 0.995:
        return text("probability.high", language, share=percent(0.99, language))
    if share < 0.005:
        return text("probability.low", language, share=percent(0.01, language))
    return percent(share, language)


def p_value(p: float, language: str) -> str:
    """Return the p of a test with three decimals, never as 0."""
    return f"< {number(0.001, language, 3)}" if p < 0.001 else number(p, language, 3)


def ordinal(place: float, language: str) -> str:
    """Return the number of a rank as ``1st`` and ``2nd``, or ``1er`` and ``2e``."""
    whole = int(place)
    last = 0 if 10 < whole % 100 < 14 else whole % 10
    if language == "fr":
        last = whole if whole == 1 else 0
    form = {1: "first", 2: "second", 3: "third"}.get(last, "other")
    return text(f"ordinal.{form}", language, n=number(whole, language))


def ranks(low: float, high: float, language: str) -> str:
    """Return the interval of a rank in words.

    Parameters
    ----------
    low, high : float
        Whole numbers; the best and the worst rank.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        ``between 2nd and 4th`` or ``entre le 2e et le 4e rang``; of a single rank ``2nd`` or ``au 2e rang``; a
        dash where an end is NaN.
    """
    if math.isnan(low) or math.isnan(high):
        return NO_NUMBER
    form = "single" if low == high else "between"
    return text(f"rank.{form}", language, low=ordinal(low, language), high=ordinal(high, language))


def join(words: Sequence[str], language: str) -> str:
    """Return a list as a phrase.

    Parameters
    ----------
    words : sequence of str
        In order; may be empty.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        ``a, b and c`` or ``a, b et c``.
    """
    if len(words) < 2:
        return "".join(words)
    return text("join", language, first=", ".join(words[:-1]), last=words[-1])
