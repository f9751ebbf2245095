"""Numbers as a reader of the language writes them; rounding happens here and nowhere before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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
    hundredths = float(Decimal(repr(float(share))) * 100)
    return number(hundredths, language, digits) + ("%" if language == "en" else "\N{NO-BREAK SPACE}%")


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
