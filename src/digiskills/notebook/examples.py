"""A few released passages to read, each under its only attribution."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, field

import pandas as pd
from IPython.display import HTML

from digiskills import words
from digiskills.disclosure import DeclaredTable
from digiskills.disclosure import passages as gate
from digiskills.errors import ReleaseError, UsageError
from digiskills.focus_groups import BREAKDOWNS, FocusGroups
from digiskills.notebook.run import RUN, marked
from digiskills.notebook.scope import Scope

KIND = "texts"


@dataclass(frozen=True, repr=False)
class Examples:
    """A few released passages, and what all passages came to.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per passage shown: group (words), passage, document (words), text, attribution, attribution_en,
        attribution_fr.
    sentences : tuple of str
        How they were chosen, what they are, how many passages are withheld and why.
    ids : frozenset of str
        Exhibit ids under which they may be shown.
    """

    frame: pd.DataFrame = field(repr=False)
    sentences: tuple[str, ...]
    ids: frozenset[str]

    def __repr__(self) -> str:
        """Numbers of passages; never a text."""
        return f"Examples({len(self.frame)} passages)"


def chosen(opened: Scope, coded: FocusGroups, by: str, each: int) -> Examples:
    """Return the released passages that were rated strongest, some of each group.

    Parameters
    ----------
    opened : Scope
        The study in one language.
    coded : FocusGroups
        Its passages.
    by : str
        What groups them, such as ``stance``; nothing that an attribution says.
    each : int
        How many of each group, 1 or more.

    Returns
    -------
    Examples
        In the order of the document among equals; without those of which counts by the speakers' own level, on the same
        page, would tell more than their attribution says.

    Raises
    ------
    ReleaseError
        If `by` is part of attributions: a passage would stand beside what its own leaves out.
    UsageError
        If `by` is no descriptor, or `each` below 1.
    """
    if by in gate.ladder(opened.study).rungs:
        raise ReleaseError(f"by {by}: a passage would stand beside what its attribution may leave out; group by stance")
    if by not in BREAKDOWNS or each < 1:
        raise UsageError(f"examples by ‘{by}’, {each} of each: give a descriptor such as stance, and 1 or more")
    language = opened.language
    released = gate.release(coded, opened.study, smallest_group=opened.smallest_group)
    table = DeclaredTable("", opened.study.name, "focus_groups", KIND, by=(by,), options=(("each", each),))
    frame = _strongest(gate.untold(released.frame, coded), coded, by, each)
    told = frame.assign(
        group=[coded.label(by, value, language) for value in frame[by]],
        document=[coded.label("document", value, language) for value in frame["document"]],
        text=frame[f"text_{language}"],
        attribution=frame[f"attribution_{language}"],
    )
    sentences = tuple(words.findings_shown(released, language))
    ids = opened.plan.ids(table) if opened.plan else frozenset[str]()
    columns = ["group", "passage", "document", "text", "attribution", "attribution_en", "attribution_fr"]
    return Examples(told[columns], sentences, ids)


def passages(identity: str, examples: Examples) -> HTML:
    """Return passages to read, with their attribution and where they stand, and what was withheld.

    Parameters
    ----------
    identity : str
        Id as declared in ``notebooks/reports.toml``, of kind ``texts``.
    examples : Examples
        From `OpenFocusGroups.examples`.

    Returns
    -------
    IPython.display.HTML
        Quotations under the name of their group, then sentences.

    Raises
    ------
    ReleaseError
        If a build runs this and did not declare them under this id.
    """
    if RUN in os.environ and identity not in examples.ids:
        known = ", ".join(sorted(examples.ids)) or "none"
        raise ReleaseError(f"‘{identity}’ was not declared for these passages (declared ids: {known})")
    parts = [
        f"<p><strong>{html.escape(str(group))}</strong></p>{''.join(_quotation(row) for _, row in rows.iterrows())}"
        for group, rows in examples.frame.groupby("group", sort=False)
    ]
    notes = "".join(f"<li>{html.escape(line)}</li>" for line in examples.sentences)
    return HTML(marked(f'<div id="{identity}">{"".join(parts)}<ul>{notes}</ul></div>'))


def _quotation(row: pd.Series) -> str:
    source = ", ".join(part for part in (row["attribution"], row["document"], row["passage"]) if part)
    said = f"<p>{html.escape(row['text'])}</p><p><small>{html.escape(source)}</small></p>"
    return f"<blockquote{gate.marks(row)}>{said}</blockquote>"


def _strongest(released: pd.DataFrame, coded: FocusGroups, by: str, each: int) -> pd.DataFrame:
    rated = coded.passages()[["segment_id", by, "intensity"]].rename(columns={"segment_id": "passage"})
    rated = rated.drop(columns=[name for name in rated if name != "passage" and name in released])
    frame = released.assign(place=range(len(released))).merge(rated, on="passage", validate="one_to_one")
    frame[by] = pd.Categorical(frame[by], coded.values(by))
    frame = frame.sort_values([by, "intensity", "place"], ascending=[True, False, True])
    return frame.groupby(by, observed=True, sort=False).head(each).astype({by: "str"})
