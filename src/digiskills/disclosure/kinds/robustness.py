"""What other defensible choices would have said of each headline."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from digiskills.answers import Answers
from digiskills.disclosure.source import Source, items_of
from digiskills.disclosure.table import SKILLS
from digiskills.errors import UsageError, nearest
from digiskills.gaps import robustness as cards
from digiskills.gaps.respondents import pairs_of
from digiskills.once import once

OF_SKILLS = ("short_by_one", "mean_gap")
OF_PEOPLE = {"below_minimum": cards.minimum_card, "t_shaped": cards.t_shape_card}
OF_BARRIERS = "barrier_side"
OPTIONS = ("measure", "skill", "barrier")
EVERY = "all"
APART = "apart"
"""Column of the respondents by whom the base of a choice differs from that of the headline."""


def robustness(source: Source) -> pd.DataFrame:
    """Return each headline again under every other choice that could be defended.

    Parameters
    ----------
    source : Source
        The table and its data; without a breakdown. Skills give the share short by one level or more, items on barriers
        the share on the barrier side. Options: ``measure``, of skills ``mean_gap`` too, without items
        ``below_minimum`` (of digital literacy) or ``t_shaped``; ``skill`` or ``barrier``, one of the table's items,
        or ``all``.

    Returns
    -------
    DataFrame
        One row per item, choice and option, as `digiskills.gaps.robustness` gives them, with `apart`: the
        respondents by whom the base differs from the headline's, null where it is the same.

    Raises
    ------
    UsageError
        If the table has a breakdown, or an option names nothing.

    Notes
    -----
    Between two choices the base differs by the respondents who gave no answer, such as those who do not know. They
    are told by subtraction, so they are released like any other group: a row is withheld where there are few of
    them, and no table of this kind is broken down.
    """
    return _apart(_card(source))


def robustness_range(source: Source) -> pd.DataFrame:
    """Return how far the other choices move each headline, beside its sampling interval.

    Parameters
    ----------
    source : Source
        As for `robustness`. Option ``among``: ``all`` choices, or those after which the number still answers the
        ``same_question``.

    Returns
    -------
    DataFrame
        One row per item; see `digiskills.gaps.robustness.summary`. Rows that `robustness` would withhold by the study's
        own rule are not part of a range; `apart` is the smallest difference of bases that is.
    """
    card = _releasable(_apart(_card(source)), source)
    found = cards.summary(card.drop(columns=APART), str(source.option("among", "all")))
    fewest = card.groupby("item")[APART].min()
    method = found.attrs["method"] | {"among": source.option("among", "all")}
    found = found.assign(apart=found["item"].map(fewest))
    found.attrs["method"] = method
    return found


def robustness_order(source: Source) -> pd.DataFrame:
    """Return the first three items under each choice, for skills by the mean gap too.

    Parameters
    ----------
    source : Source
        As for `robustness`, of three skills or items on barriers or more.

    Returns
    -------
    DataFrame
        One row per measure, choice, option and place; see `digiskills.gaps.robustness.orders`. An item whose row
        `robustness` would withhold keeps its headline.
    """
    measures = OF_SKILLS if _are_skills(source) else (OF_BARRIERS,)
    tables = [_releasable(_apart(_card(source, measure)), source) for measure in measures]
    found = cards.orders([table.drop(columns=APART) for table in tables])
    method = found.attrs["method"]
    keys = ["measure", "choice", "option", "item"]
    known = pd.concat([table.assign(measure=table.attrs["method"]["measure"]) for table in tables])
    found = found.merge(known[[*keys, APART]].drop_duplicates(keys), on=keys, how="left", validate="one_to_one")
    found.attrs["method"] = method
    return found


def _card(source: Source, measure: str = "") -> pd.DataFrame:
    """The robustness card of a table, made once for all tables that stand on it."""
    kept = _cards(source.answers)
    asked = repr((source.table.items, source.where, measure, *(source.option(name, "") for name in OPTIONS)))
    if asked not in kept:
        kept[asked] = _made(source, measure)
    return kept[asked]


@once
def _cards(answers: Answers) -> dict[str, pd.DataFrame]:
    return {}


def _made(source: Source, measure: str) -> pd.DataFrame:
    _refuse_by(source)
    measure = measure or str(source.option("measure", OF_SKILLS[0]))
    if not source.table.items:
        if measure not in OF_PEOPLE:
            raise UsageError(f"measure: without items there is no ‘{measure}’; {nearest(measure, OF_PEOPLE)}")
        return OF_PEOPLE[measure](source.survey, where=source.where)
    if _are_skills(source):
        if measure not in OF_SKILLS:
            raise UsageError(f"measure: of skills there is no ‘{measure}’; {nearest(measure, OF_SKILLS)}")
        pairs = pairs_of(source.survey, _chosen(source, "skill", source.skills or source.answers.skills))
        return cards.skill_card(source.answers, pairs, measure, where=source.where)
    names = _chosen(source, "barrier", [item.name for item in items_of(source.codebook, source.table.items)])
    return cards.barrier_card(source.answers, [source.codebook.item(name) for name in names], where=source.where)


def _are_skills(source: Source) -> bool:
    return set(source.table.items) <= {SKILLS, *source.answers.skills}


def _chosen(source: Source, option: str, names: Sequence[str]) -> list[str]:
    """The items of a table, or the one that its option names."""
    wanted = str(source.option(option, EVERY))
    if wanted not in (EVERY, *names):
        raise UsageError(f"{option}: the table has no ‘{wanted}’; {nearest(wanted, [EVERY, *names])}")
    return list(names) if wanted == EVERY else [wanted]


def _apart(card: pd.DataFrame) -> pd.DataFrame:
    """The card with the respondents by whom each base differs from that of its headline."""
    usual = card[card["is_headline"]].drop_duplicates("item").set_index("item")["n"]
    apart = (card["n"] - card["item"].map(usual)).abs().astype(float)
    found = card.assign(apart=apart.mask(apart.eq(0)))
    found.attrs["method"] = card.attrs["method"]
    return found


def _releasable(card: pd.DataFrame, source: Source) -> pd.DataFrame:
    """The card without the rows from which, with the headline, a small group could be told."""
    found = card[~card[APART].lt(source.study.release.smallest_group)].reset_index(drop=True)
    found.attrs["method"] = card.attrs["method"]
    return found


def _refuse_by(source: Source) -> None:
    if source.by:
        raise UsageError(
            f"{source.table.kind}: by {', '.join(source.by)}; between choices the base differs by those without an "
            "answer, so this table has no breakdown: limit it to one category instead"
        )
