"""Ranked shares with their intervals, barriers in the colours of their families."""

from __future__ import annotations

import dataclasses

from digiskills import words
from digiskills.charts import colours, house, marks
from digiskills.disclosure import Released
from digiskills.errors import UsageError


def shares(released: Released) -> house.Drawing:
    """Return ranked shares: a dot with its interval at the end of a light bar.

    Parameters
    ----------
    released : Released
        One share per item and group; kinds ``barrier_side``, ``shares`` of one answer each.

    Returns
    -------
    Drawing
        The highest share on top; barriers carry the colour and the shape of their family.
    """
    released = _one_answer(released)
    with house.style():
        families = {words.item_label(released, name): _family(released, name) for name in words.items_of(released)}
        grouped = bool(words.groups(released))
        rows = [_coloured(row, families, grouped) for row in marks.rows_of(released)]
        figure, (axes,) = house.start(sum(row.height for row in rows) + 0.3)
        marks.draw(axes, released, rows, bars=True)
        entries = key(released.language, list(families.values()))
        reversed_items = "[" in "".join(families) and released.kind == "barrier_side"
        note = [words.text("note.reversed", released.language)] if reversed_items else []
        return house.finish(figure, released, "shares", [*marks.notes(released), *note], key=entries)


def _one_answer(released: Released) -> Released:
    """Keep the options that were ticked of a question with several answers.

    Raises
    ------
    UsageError
        If items have several answers each, which one row per item cannot show.
    """
    frame = released.frame
    if "answer" not in frame:
        return released
    options = frame["item"].astype(str).str.contains("/")
    kept = released.only(answer="yes") if options.all() else released
    if kept.frame["item"].nunique() > 1 and kept.frame.groupby("item", observed=True)["answer"].nunique().max() > 1:
        raise UsageError(
            "shares: items with several answers each; draw them with likert, or pass one answer with `only`"
        )
    return kept


def _family(released: Released, name: str) -> str:
    item = released.study.codebook.items.get(name)
    return colours.family(item.barrier) if item and item.barrier else ""


def _coloured(row: marks.Row, families: dict[str, str], grouped: bool) -> marks.Row:
    family = families.get(str(row.marks["item_label"].iloc[0]), "")
    if not family:
        return row
    row = dataclasses.replace(row, colour=colours.FAMILIES[family])
    if grouped:  # there, the shapes of marks tell the groups
        return dataclasses.replace(row, label=colours.signed(family, row.label))
    return dataclasses.replace(row, marker=colours.FAMILY_MARKERS[family])


def key(language: str, present: list[str]) -> list[house.Key]:
    """Return the key of the barriers' families that are present.

    Parameters
    ----------
    language : str
        ``en`` or ``fr``.
    present : list of str
        Keys of `colours.FAMILIES`, repeated or not.

    Returns
    -------
    list of Key
        In the order of `colours.FAMILIES`; none where there is nothing to tell apart.
    """
    if set(present) <= {"other"}:
        return []
    return [
        house.Key(words.text(f"family.{name}", language), colour, colours.FAMILY_MARKERS[name])
        for name, colour in colours.FAMILIES.items()
        if name in present
    ]


def signed(present: list[str], labels: list[str]) -> list[str]:
    """Return the words of rows, each after the sign of its family where there are families to tell apart.

    Parameters
    ----------
    present : list of str
        Keys of `colours.FAMILIES`, one per row.
    labels : list of str
        The words.

    Returns
    -------
    list of str
        The words alone where all are of the family "other".
    """
    if set(present) <= {"other"}:
        return labels
    return [colours.signed(name, label) for name, label in zip(present, labels, strict=True)]
