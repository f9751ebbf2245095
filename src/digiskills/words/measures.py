"""What the numbers of a released table measure, and how they are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from digiskills.errors import UsageError, nearest
from digiskills.words.catalogue import entries
from digiskills.words.coefficients import IN_PERCENT
from digiskills.words.labels import items_of
from digiskills.words.numbers import nearest_people, number, people, percent, points, points_end, signed

if TYPE_CHECKING:
    import pandas as pd

    from digiskills.disclosure import Released

MEASURES = ("short_by_one", "short_by_two", "surplus", "mean_gap", "people_short")
"""The measures of a table of shortfalls; the first one present is shown unless another is asked for."""
INDICES = ("borich", "ranked_discrepancy", "mean_gap", "short_by_one", "short_by_two", "short_by_three")
"""The measures of a table of needs, likewise."""
HELD = {"shortfalls": MEASURES, "needs": INDICES}
DIGITS = {"means": 2, "mean_gap": 2, "levels": 1, "borich": 2, "ranked_discrepancy": 2}
DIGITS |= {"reliability": 2, "item_rest": 2, "equivalence": 3, "coder_agreement": 2}
DIGITS |= {"quadrants": 2, "changes": 2, "robustness": 2, "parallel": 2}
DIFFERENCES = {"differences": 0, "mix_and_rate": 0, "band_ends": 0, "paired_levels": 0, "size_trend": 1, "effects": 0}
"""Measures in percentage points with a sign, and how many decimals they are written with."""
SHARES = (
    "short_by_one",
    "short_by_two",
    "surplus",
    "barrier_side",
    "below_minimum",
    "t_shaped",
    "short_by_three",
    "literacy",
    "quiz",
    "coverage",
    "reach",
    "pairs_short",
    "sets_short",
    "standardized",
    "response",
    "adjusted",
    "department_share",
    "shares",
    "missing",
    "share_barrier",
    "share_favourable",
)


def _are_levels(released: Released) -> bool:
    """Whether the items are levels of skill, needed and held."""
    known = released.study.codebook.items
    return {known[item].role if item in known else "" for item in items_of(released)} <= {"needed", "held"}


def measure(released: Released) -> str:
    """Return the word of the catalogue for what the numbers measure.

    Parameters
    ----------
    released : Released
        Any released table; of several measures the first in order counts, see `chosen`. What changes and
        estimates under several choices measure stands in the method, as ``measure``.

    Returns
    -------
    str
        A key such that ``measure.<key>`` is a text.
    """
    if released.kind in HELD:
        return next(name for name in HELD[released.kind] if name in set(released.frame["measure"]))
    if released.kind == "model":
        return _model(str(released.method.get("model", "")))
    if released.kind in ("changes", "robustness", "robustness_range", "robustness_order"):
        named = str(released.method.get("measure", ""))
        return named if f"measure.{named}" in entries() else released.kind
    if released.kind == "detectable_change" and released.method.get("unit") == "share":
        return "detectable_points"
    if released.kind == "figures":
        return released.table.items[0] if released.table.items else "share_barrier"
    return "levels" if released.kind == "means" and _are_levels(released) else released.kind


def _model(said: str) -> str:
    """Return the measure of a model by the words of its method."""
    kind = "multilevel" if " random " in said else said.partition(" ")[0]
    return f"model_{kind}" if f"measure.model_{kind}" in entries() else "model"


def several(released: Released) -> bool:
    """Return whether a table holds several measures of each row, side by side."""
    return released.kind in HELD and released.frame["measure"].nunique() > 1


def told(released: Released) -> str:
    """Return the word of the catalogue for what a whole table measures, ``several_…`` where it is more than one."""
    return f"several_{released.kind}" if several(released) else measure(released)


def chosen(released: Released, wanted: str | None = None) -> Released:
    """Return the rows of one measure.

    Parameters
    ----------
    released : Released
        Any released table; only shortfalls and needs have several measures.
    wanted : str, optional
        The measure; the first present in the order of `MEASURES` or `INDICES` by default.

    Returns
    -------
    Released
        Of the same declared table.

    Raises
    ------
    UsageError
        If the table does not hold the measure.
    """
    if released.kind not in HELD:
        return released
    held = [name for name in HELD[released.kind] if name in set(released.frame["measure"])]
    if not held:
        raise UsageError("the table has no rows; give one with at least one")
    if wanted is not None and wanted not in held:
        raise UsageError(f"the table holds no measure ‘{wanted}’: {nearest(wanted, held)}")
    return released.only(measure=wanted or held[0])


def title_key(released: Released) -> str:
    """Return the catalogue's key for the title of a released table."""
    known = released.kind if f"title.{released.kind}" in entries() else measure(released)
    known = told(released) if several(released) else known
    known = "levels" if measure(released) == "levels" and released.kind == "means" else known
    return f"title.{known}"


def form(measured: str) -> Callable[[float, str], str]:
    """Return how a number of this measure is written.

    Parameters
    ----------
    measured : str
        What `measure` returned.

    Returns
    -------
    callable
        ``(value, language) -> str``.
    """
    if measured == "sets_short":
        return lambda value, language: percent(value, language, 1)  # small shares, alike to the nearest hundredth
    if measured in SHARES:
        return percent
    if measured == "people_short":
        return people
    if measured in DIFFERENCES:
        return lambda value, language: points_end(value, language, DIFFERENCES[measured])
    if measured == "between_departments":
        return lambda value, language: number(100 * value, language, 1)
    digits = 2 if measured.startswith("model") else DIGITS.get(measured, 0)
    return lambda value, language: number(value, language, digits)


def row_form(released: Released, row: pd.Series) -> Callable[[float, str], str]:
    """Return how the number of a row is written: a table of coefficients holds shares and others."""
    if "coefficient" not in row:
        return form(measure(released))
    return percent if row["coefficient"] in IN_PERCENT else form(released.kind)


def in_points(released: Released) -> bool:
    """Return whether changes of the table are written in percentage points."""
    return measure(released) in SHARES


def change_form(measured: str, *, end: bool = False) -> Callable[[float, str], str]:
    """Return how a change of this measure is written, with its sign; `end` leaves out the word points."""
    if measured in SHARES:
        return points_end if end else points
    if measured == "people_short":
        return lambda value, language: signed(nearest_people(value), language)
    return lambda value, language: signed(value, language, DIGITS.get(measured, 0))
