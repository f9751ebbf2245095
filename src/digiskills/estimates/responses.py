"""Who answered, and what share of those asked gave no answer, from counted answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.answers import Answers, ItemTotals
from digiskills.estimates.counted_sample import domains_of
from digiskills.estimates.domains import Where, columns
from digiskills.estimates.from_answers import shares

RESPONDENTS = "respondents"
NOT_ASKED = "not_asked"


def respondents(answers: Answers, by: str | Sequence[str] = (), where: Where | None = None) -> pd.DataFrame:
    """Number of respondents and of the people they stand for, in each domain.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category, optional
        Restriction of every domain.

    Returns
    -------
    DataFrame
        One row per domain: item (``respondents``), <by>, n, clusters, estimate (sum of weights); no
        interval, because calibrated weights add up to known heads.

    Notes
    -----
    Who has weight 0 is in the sample, for the variance, and in no count: as a row outside a domain, whose weight
    R's survey package sets to 0. So n is the number of answers that the weights can stand on.
    """
    counted = dataclasses.replace(_with(answers, _everyone(answers)), replicates=None)  # people have no error here
    count = shares(counted, RESPONDENTS, of="yes", by=by, where=where)
    about = domains_of(answers, columns(by), where)
    inside = about.code >= 0
    people = np.bincount(about.code[inside], weights=answers.groups["w"].to_numpy()[inside], minlength=len(about))
    nothing = dict.fromkeys(("se", "df", "low", "high"), np.nan)
    table = count.assign(estimate=people, **nothing, note="")
    table.attrs["method"] = {
        **count.attrs["method"],
        "interval": "none: weights are calibrated to known heads",
    }
    return table


def missing(
    answers: Answers, items: str | Sequence[str], by: str | Sequence[str] = (), where: Where | None = None
) -> pd.DataFrame:
    """Weighted share of each missing reason among those who were asked.

    Parameters
    ----------
    answers : Answers
        A counted survey.
    items : str or sequence of str
        Items, or options of a multiple choice.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category, optional
        Restriction of every domain.

    Returns
    -------
    DataFrame
        One row per item, reason (column ``answer``) and domain; n counts those asked.
    """
    found = [answers.item(name) for name in columns(items)]
    parts = []
    for item in found:
        reasons = [name for name, gone in zip(item.answers, item.missing, strict=True) if gone and name != NOT_ASKED]
        asked = dataclasses.replace(item, missing=np.array([name == NOT_ASKED for name in item.answers]))
        table = shares(_with(answers, asked), item.name, by=by, where=where)
        parts.append(table[table["answer"].isin(reasons)])
    whole = pd.concat(parts, ignore_index=True)
    whole.attrs["method"] = parts[0].attrs["method"]
    return whole


def _everyone(answers: Answers) -> ItemTotals:
    """Everyone with a weight; an item's answers and missing reasons together are all of them."""
    w, w2 = (answers.groups[[name]].to_numpy() for name in ("w", "w2"))
    counts = [item.n.sum(axis=1, keepdims=True) for item in answers.items.values()]
    n = counts[0] if counts else answers.groups[["n"]].to_numpy() * (w > 0)
    return ItemTotals(RESPONDENTS, ("yes",), None, np.array([False]), n, w, w2)


def _with(answers: Answers, item: ItemTotals) -> Answers:
    return dataclasses.replace(answers, items={item.name: item})
