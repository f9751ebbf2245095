"""What several answers of one person or department say together: literacy, breadth, coverage, reach, bundles."""

from __future__ import annotations

import pandas as pd

from digiskills import gaps
from digiskills.disclosure.source import Source
from digiskills.errors import UsageError

RATING = "answer"  # the self-rating, worded as an answer of its question
AT_LEAST = (1, 3)  # advanced people in a department
SETS = 10  # the most common; further on the shares are small and alike
TRAINING = "training_used"  # role of the question on how people were trained


def literacy(source: Source) -> pd.DataFrame:
    """Return the share below the minimum of digital literacy that the study declares, and below its parts.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per part and domain; see `digiskills.gaps.below_minimum`.
    """
    return gaps.below_minimum(source.survey, source.by, source.where)


def quiz(source: Source) -> pd.DataFrame:
    """Return how many quiz questions people who rate themselves alike have right.

    Parameters
    ----------
    source : Source
        The table and its data; its single item, if any, is the self-rating.

    Returns
    -------
    DataFrame
        One row per self-rating (`answer`), number of questions right and domain; the shares of a rating add up
        to 1.
    """
    rating = source.table.items[0] if source.table.items else ""
    found = gaps.against_quiz(source.survey, rating, source.by, source.where)
    found.attrs["method"] |= {"rating": str(found["item"].iloc[0])} if len(found) else {}
    # what a rating's people have right is read across, so its rows stand together
    return _as_read(found.rename(columns={"rating": RATING}), [RATING, "right", *source.by])


def t_shaped(source: Source) -> pd.DataFrame:
    """Return the share of people whose skills are deep in one, broad over several, and both.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per part and domain; see `digiskills.gaps.t_shaped`.
    """
    return gaps.t_shaped(source.survey, source.by, source.where)


def coverage(source: Source) -> pd.DataFrame:
    """Return the share of departments in which people of an advanced level answered, by skill.

    Parameters
    ----------
    source : Source
        The table and its data.

    Returns
    -------
    DataFrame
        One row per skill, number of people and domain; see `digiskills.gaps.coverage`.

    Notes
    -----
    A share of departments is made of departments. Where fewer than the study's `fewest_clusters` stand apart from
    all others, on the one side or the other, they are what `clusters` counts, so that the row is withheld: who
    knows the departments would know which they are. A share of none or all is about no department alone.
    """
    found = gaps.coverage(source.survey, source.skills, source.by, AT_LEAST, where=source.where)
    method = found.attrs["method"]
    apart = found[["reached", "n"]].assign(other=found["n"] - found["reached"])[["reached", "other"]].min(axis=1)
    few = apart.gt(0) & apart.lt(source.study.release.fewest_clusters)
    found = found.assign(clusters=found["clusters"].mask(few, apart)).drop(columns="reached")
    found.attrs["method"] = method
    return found


def reach(source: Source) -> pd.DataFrame:
    """Return the share trained among those short of a skill, and among the others.

    Parameters
    ----------
    source : Source
        The table and its data. Its option ``channels`` names the answers that count as training; without it all do
        but ``none``.

    Returns
    -------
    DataFrame
        One row per skill, side (`short`: yes or no) and domain; see `digiskills.gaps.reach`.

    Raises
    ------
    UsageError
        If the form does not ask how people were trained, or does not know a channel.
    """
    asked = source.codebook.with_role(TRAINING)
    if not asked:
        raise UsageError(f"reach: no question of the form has the role ‘{TRAINING}’")
    channels = list(source.option("channels", ())) or None
    found = gaps.reach(source.survey, asked[0].name, source.skills, source.by, channels, where=source.where)
    found.attrs["method"] |= {"training": asked[0].name, "channels": channels or "every one but none"}
    return found


def pairs_short(source: Source) -> pd.DataFrame:
    """Return of those short of one skill the share who are short of another.

    Parameters
    ----------
    source : Source
        The table and its data; without a breakdown.

    Returns
    -------
    DataFrame
        One row per two skills in either order: item, other, n (people short of the item's skill), clusters,
        estimate, se, df, low, high.
    """
    found = gaps.pairs_short(source.survey, source.skills, source.where)
    given = found[found["measure"].eq("given_item")]
    turned = found[found["measure"].eq("given_other")].rename(columns={"item": "other", "other": "item"})
    both = pd.concat([given, turned], ignore_index=True).drop(columns="measure")
    both.attrs["method"] = found.attrs["method"]
    order = {pair.skill: place for place, pair in enumerate(source.codebook.pairs())}
    return _as_read(both, ["item", "other"], order)


def sets_short(source: Source) -> pd.DataFrame:
    """Return the most common sets of skills that people are short of.

    Parameters
    ----------
    source : Source
        The table and its data; without a breakdown.

    Returns
    -------
    DataFrame
        One row per set, the most common first; see `digiskills.gaps.sets_short`.
    """
    return gaps.sets_short(source.survey, source.skills, source.where, most=SETS)


def _as_read(frame: pd.DataFrame, names: list[str], order: dict[str, int] | None = None) -> pd.DataFrame:
    """Sort rows by some columns, each in the order given or in that of its first appearance."""
    method = frame.attrs.get("method", {})
    places = {name: order or {value: place for place, value in enumerate(dict.fromkeys(frame[name]))} for name in names}
    found = frame.sort_values(names, key=lambda column: column.map(places[str(column.name)]), kind="stable")
    found = found.reset_index(drop=True)
    found.attrs["method"] = method
    return found
