"""The level needed and the level held of each skill, joined by a line."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from digiskills import words
from digiskills.charts import colours, fit, house
from digiskills.charts.marks import LABELS, withheld_notes
from digiskills.disclosure import Released
from digiskills.errors import UsageError

ROW, APART = 0.34, 0.055  # inches of a row; how far the two intervals stand above and below its middle
NEEDED, HELD = colours.CULTURE, colours.CAPACITY


def dumbbell(released: Released) -> house.Drawing:
    """Return one row per skill with the means needed and held, their intervals and their bases.

    Parameters
    ----------
    released : Released
        Kind ``means`` of the items of the codebook's pairs, without a breakdown.

    Returns
    -------
    Drawing
        The skill with the widest gap on top.

    Raises
    ------
    UsageError
        If the table is broken down or holds no pair.
    """
    if words.groups(released):
        raise UsageError("dumbbell: the table is broken down; pass the rows of one group with `only`")
    pairs = _pairs(released)
    with house.style():
        figure, (axes,) = house.start(len(pairs) * ROW + 0.45)
        for place, (_, pair) in enumerate(pairs.iterrows()):
            _draw(axes, released, pair, (place + 0.5) * ROW)
        labels = [fit.wrap(label, house.room(LABELS)) for label in pairs["skill_label"]]
        axes.set_yticks([(place + 0.5) * ROW for place in range(len(pairs))], labels, linespacing=1.1)
        axes.set_ylim(len(pairs) * ROW, 0)
        house.scale(axes, released, words.rows(released)["value"])
        notes = [words.text("note.interval", released.language), *withheld_notes(released)]
        return house.finish(figure, released, "dumbbell", notes, key=_key(released.language))


def _pairs(released: Released) -> pd.DataFrame:
    """Return one row per skill with the rows of its two items, the widest gap first."""
    frame = words.rows(released)
    rows = {str(row["item"]): row for _, row in frame.iterrows()}
    found = [
        {
            "skill_label": released.study.frameworks.label("skills", pair.skill, released.language),
            "needed": rows[pair.needed],
            "held": rows[pair.held],
            "gap": rows[pair.needed]["value"] - rows[pair.held]["value"],
        }
        for pair in released.study.codebook.pairs()
        if pair.needed in rows and pair.held in rows
    ]
    if not found:
        raise UsageError("dumbbell: the table holds no skill with both its needed and its held item")
    return pd.DataFrame(found).sort_values("gap", ascending=False, kind="stable", na_position="last")


def _draw(axes: Axes, released: Released, pair: pd.Series, height: float) -> None:
    needed, held = pair["needed"], pair["held"]
    if pd.notna(pair["gap"]):
        axes.plot(
            [held["value"], needed["value"]],
            [height, height],
            color="#BFBFBF",
            linewidth=3,
            zorder=1,
            solid_capstyle="butt",
        )
    for row, colour, marker, side in ((needed, NEEDED, "D", -APART), (held, HELD, "o", APART)):
        if pd.isna(row["value"]):
            continue
        # They stand a little above and below the middle, so that neither hides the other.
        axes.plot([row["low"], row["high"]], [height + side] * 2, color=colour, linewidth=1.4, zorder=2)
        axes.plot([row["value"]], [height + side], marker, color=colour, markersize=5, zorder=3)
    sides = ((needed, "needed"), (held, "held"))
    house.beside(axes, height, "\n".join(_words(released, row, name) for row, name in sides))


def _words(released: Released, row: pd.Series, name: str) -> str:
    language = released.language
    label = words.text(f"legend.{name}", language)
    if row["withheld"]:
        return f"{label} {words.text('withheld.short', language)}"
    n = words.text("base", language, n=words.number(row["n"], language))
    return f"{label} {words.form('levels')(row['value'], language)} ({n})"


def _key(language: str) -> list[house.Key]:
    marks = (("needed", NEEDED, "D"), ("held", HELD, "o"))
    return [house.Key(words.text(f"legend.{name}", language), colour, marker) for name, colour, marker in marks]
