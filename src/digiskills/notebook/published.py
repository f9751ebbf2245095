"""Figures that other agencies published, as a notebook sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills import words
from digiskills.disclosure import DeclaredTable, Released
from digiskills.errors import UsageError
from digiskills.notebook.scope import Scope
from digiskills.published import Published


@dataclass(frozen=True, repr=False)
class OpenPublished:
    """Figures that other agencies published, each survey alone."""

    opened: Scope
    received: Published

    def __repr__(self) -> str:
        """Shapes only."""
        return repr(self.received)

    def figures(self, measure: str = "share_barrier", by: Sequence[str] = ()) -> Released:
        """Return the figures that are a close or partial fit to a barrier, of each survey's latest year.

        Parameters
        ----------
        measure : str
            ``share_barrier`` or ``share_favourable``; a survey that did not publish it has no row.
        by : sequence of str
            Nothing, ``department_size``, ``level`` or both.

        Returns
        -------
        Released
            One row per survey, item and group, as published; no interval.

        Raises
        ------
        UsageError
            If no survey published such a breakdown.
        """
        breakdown = _BREAKDOWNS.get(tuple(by))
        if breakdown is None:
            known = "; ".join(", ".join(names) or "nothing" for names in _BREAKDOWNS)
            raise UsageError(f"no survey published figures by {', '.join(by)}; known: {known}")
        panels = [self.received.panel(survey, breakdown=breakdown) for survey in self.received.surveys]
        found = pd.concat(panels, ignore_index=True)
        frame = found.assign(
            estimate=found[measure],
            n=found["n_answers"],
            label_en=_figure_labels(found, measure, "en"),
            label_fr=_figure_labels(found, measure, "fr"),
            withheld=found["withheld"].ne("").map({True: "few_answers", False: ""}),
            **{name: float("nan") for name in ("se", "df", "low", "high")},
        )
        kept = frame["estimate"].notna() | frame["withheld"].ne("")
        columns = ["survey", "year", "item", "label_en", "label_fr", "barrier", *by, "n", *_FIGURE_COLUMNS]
        study = self.opened.study
        table = DeclaredTable("", study.name, "published", "figures", (measure,), tuple(by))
        method = {"source": "as published", "interval": "none"}
        return self.opened.public_table(frame.loc[kept, columns], table, method)


_BREAKDOWNS = {
    (): "total",
    ("department_size",): "size",
    ("level",): "level",
    ("department_size", "level"): "size by level",
}
_FIGURE_COLUMNS = ["estimate", "se", "df", "low", "high", "withheld"]


def _figure_labels(figures: pd.DataFrame, measure: str, language: str) -> list[str]:
    """Return the items' words; for a favourable statement it is disagreement that speaks for the barrier."""
    turned = figures["polarity"].eq("agreement") & (measure == "share_barrier")
    return [
        words.text("item.reversed", language, label=label) if turn else label
        for label, turn in zip(figures[f"item_{language}"], turned, strict=True)
    ]
