"""Several skills of one person or department together: breadth and depth, coverage, and the reach of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.codebook import Pair
from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign
from digiskills.estimates.domains import Where, columns
from digiskills.gaps.respondents import any_of, coded, design_of, pairs_of, short_of, within
from digiskills.survey import Survey

ADVANCED, WORKING = 4.0, 3.0  # scores of the scale from 1 (none) to 5 (expert)
BREADTH = 5  # skills
NOT_TRAINING = ("none",)  # an option that says there was no training


def t_shaped(
    survey: Survey,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    deep: float = ADVANCED,
    broad: float = WORKING,
    breadth: int = BREADTH,
) -> pd.DataFrame:
    """Share of people whose skills are deep in one and broad over several.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    by : str or sequence of str
        Dimensions of the breakdown.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.
    deep : float
        Score from which a skill held is deep.
    broad : float
        Score from which a skill held is part of the breadth.
    breadth : int
        Skills that make it broad, the deep one among them.

    Returns
    -------
    DataFrame
        One row per item and domain: item (`deep`, `broad`, `t_shaped`: both), <by>, n, clusters, estimate, se,
        df, low, high. A respondent who left out one skill is in none of the shares.

    Raises
    ------
    UsageError
        If there are fewer skills than `breadth`, or a dimension does not exist.
    """
    held = np.column_stack([survey.scores(pair.held) for pair in pairs_of(survey)])
    if not 1 <= breadth <= held.shape[1]:
        raise UsageError(f"breadth: {breadth} skills were asked for; the form has {held.shape[1]}")
    known = np.isfinite(held).all(axis=1)
    is_deep, is_broad = (held >= deep).any(axis=1), (held >= broad).sum(axis=1) >= breadth
    kinds = {"deep": is_deep, "broad": is_broad, "t_shaped": is_deep & is_broad}
    values = {name: np.where(known, kind.astype(float), np.nan) for name, kind in kinds.items()}
    return design_of(survey, values, _dimensions(by, where)).share(list(values), 1.0, columns(by), where)


def coverage(
    survey: Survey,
    skills: str | Sequence[str] | None = None,
    by: str | Sequence[str] = (),
    at_least: Sequence[int] = (1, 3),
    level: float = ADVANCED,
    where: Where | None = None,
) -> pd.DataFrame:
    """Share of departments in which people of an advanced level answered, by skill.

    Parameters
    ----------
    survey : Survey
        One row per respondent, with clusters.
    skills : str or sequence of str, optional
        Skills, all by default.
    by : str or sequence of str
        Dimensions of the department: the same for all its respondents.
    at_least : sequence of int
        Numbers of advanced people.
    level : float
        Score from which a person is advanced.
    where : mapping of dimension to category or categories, optional
        Only these people count, and departments with an answer from one of them.

    Returns
    -------
    DataFrame
        One row per skill, number and domain: item (the skill), at_least, <by>, reached (departments with so
        many, unweighted), n and clusters (departments with an answer), estimate (share of departments), se, df,
        low, high. No department is named.

    Raises
    ------
    UsageError
        If the survey has no clusters, or a dimension varies within one.

    Notes
    -----
    People who did not answer are not seen: a lower bound of the departments that have such people, the more so
    the fewer of a department answered. Departments count alike, weighted by departments of their stratum in the
    population over those sampled; one-stage error over departments.
    """
    departments, inside = _departments(survey, columns(by)), within(survey, where)
    keys, values = [], {}
    for pair in pairs_of(survey, skills):
        advanced = _advanced(survey, pair, level, departments.index, inside)
        for least in at_least:
            name = f"{pair.skill}:{least}"
            values[name] = np.where(np.isfinite(advanced), (advanced >= least).astype(float), np.nan)
            keys.append((name, pair.skill, least))
    population = "clusters" if survey.population is not None else None
    frame = departments.assign(**values)
    lonely = survey.study.design.lonely_cluster
    design = SurveyDesign(frame, "expansion", "stratum", population=population, lonely=lonely)
    found = design.share(list(values), 1.0, columns(by))
    named = pd.DataFrame(keys, columns=["key", "skill", "at_least"]).set_index("key").loc[found["item"]]
    method = found.attrs["method"] | {"coverage": "advanced people among the respondents: a lower bound"}
    found = found.assign(item=named["skill"].to_numpy())
    found.insert(1, "at_least", named["at_least"].to_numpy())
    found.insert(list(found.columns).index("n"), "reached", _reached(frame, named.index, found, columns(by)))
    found.attrs["method"] = method
    return found


def reach(
    survey: Survey,
    training: str,
    skills: str | Sequence[str] | None = None,
    by: str | Sequence[str] = (),
    channels: Sequence[str] | None = None,
    least: float = 1,
    where: Where | None = None,
) -> pd.DataFrame:
    """Share trained among those short of a skill, and among the others.

    Parameters
    ----------
    survey : Survey
        One row per respondent.
    training : str
        Question with several answers on how people were trained.
    skills : str or sequence of str, optional
        Skills, all by default.
    by : str or sequence of str
        Dimensions of the breakdown.
    channels : sequence of str, optional
        Options that count as trained; by default all but ``none``.
    least : float
        Levels short from which a person is short.
    where : mapping of dimension to category or categories, optional
        Restriction of every domain.

    Returns
    -------
    DataFrame
        One row per skill, side and domain: item (the skill), short ("yes" or "no"), <by>, n, clusters, estimate
        (share trained), se, df, low, high.

    Raises
    ------
    UsageError
        If the question, an option, a skill or a dimension does not exist.

    Notes
    -----
    What people report of the same months in which they are short; it does not say that training helped or not.
    """
    trained = _trained(survey, training, channels)
    tables = []
    for pair in pairs_of(survey, skills):
        side = coded(short_of(survey, pair, least), ["no", "yes"])
        design = design_of(survey, {"trained": trained, "short": side}, _dimensions(by, where))
        tables.append(design.share("trained", 1.0, ["short", *columns(by)], where).assign(item=pair.skill))
    found = pd.concat(tables, ignore_index=True)
    found.attrs["method"] = tables[0].attrs["method"]
    return found


def _dimensions(by: str | Sequence[str], where: Where | None) -> list[str]:
    return list(dict.fromkeys([*columns(by), *(where or {})]))


def _departments(survey: Survey, by: list[str]) -> pd.DataFrame:
    """One row per sampled department: its stratum, how many it stands for, and its dimensions."""
    if survey.cluster is None:
        raise UsageError("coverage: the survey has no clusters, so nobody's department is known")
    stratum = np.full(len(survey), "all") if survey.stratum is None else survey.stratum.astype(str).to_numpy()
    people = pd.DataFrame({"cluster": survey.cluster.astype(str).to_numpy(), "stratum": stratum})
    for name in by:
        people[name] = survey.dimension(name)
    several = [name for name in by if people.groupby("cluster")[name].nunique().gt(1).any()]
    if several:
        raise UsageError(f"by: {', '.join(several)} differs between people of one department")
    found = people.groupby("cluster").first()
    for name in by:
        found[name] = pd.Categorical(found[name], categories=survey.study.dimension(name).names, ordered=True)
    sampled = found.groupby("stratum")["stratum"].transform("size").astype(float)
    known = None if survey.population is None else survey.population.rename(str)
    found["clusters"] = sampled if known is None else found["stratum"].map(known).astype(float)
    return found.assign(expansion=found["clusters"] / sampled)


def _reached(frame: pd.DataFrame, names: pd.Index, found: pd.DataFrame, by: list[str]) -> list[int]:
    """Sampled departments of each row that have as many advanced people as it asks for."""
    rows = zip(names, found[by].itertuples(index=False, name=None), strict=True)
    return [int(frame.loc[(frame[by] == list(domain)).all(axis=1), name].eq(1).sum()) for name, domain in rows]


def _advanced(survey: Survey, pair: Pair, level: float, departments: pd.Index, inside: np.ndarray) -> np.ndarray:
    """Respondents of each department at the level or above; NaN where nobody answered."""
    assert survey.cluster is not None
    scores = pd.Series(np.where(inside, survey.scores(pair.held), np.nan))
    above = (scores >= level).astype(float).where(scores.notna())
    count = above.groupby(survey.cluster.astype(str).to_numpy()).sum(min_count=1)
    return count.reindex(departments).to_numpy()


def _trained(survey: Survey, training: str, channels: Sequence[str] | None) -> np.ndarray:
    item = survey.study.codebook.item(training)
    options = [choice.name for choice in item.answers]
    if item.kind != "select_multiple":
        raise UsageError(f"training: ‘{training}’ is no question with several answers")
    chosen = [name for name in options if name not in NOT_TRAINING] if channels is None else list(channels)
    wrong = [name for name in chosen if name not in options]
    if wrong or not chosen:
        raise UsageError(f"channels: ‘{training}’ has no {', '.join(wrong) or 'option'}; it has {', '.join(options)}")
    return any_of([_ticked(survey, f"{training}/{name}") for name in chosen])


def _ticked(survey: Survey, column: str) -> np.ndarray:
    given = np.asarray(survey.answers(column), dtype=object)
    return np.where(np.isin(given, ["no", "yes"]), (given == "yes").astype(float), np.nan)
