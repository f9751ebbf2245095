"""What explains a gap: terms of regression models with the numbers of respondents and departments behind them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from digiskills import models
from digiskills.disclosure.kinds.modelled import ALL, GAP, PREDICTORS, SHORT, Setting, held_item
from digiskills.disclosure.source import Source
from digiskills.errors import UsageError, nearest
from digiskills.estimates.notes import with_notes
from digiskills.models import ModelError
from digiskills.models.coding import INTERCEPT
from digiskills.models.fit import THRESHOLD
from digiskills.models.respondents import CLUSTER, WEIGHT

MODELS = ("linear", "logistic", "ordinal", "multilevel")
NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]
WEIGHTED = ["estimate", "low", "high"]


def model(source: Source) -> pd.DataFrame:
    """Return the terms of a regression model.

    Parameters
    ----------
    source : Source
        The table and its data. Option ``model``: `linear` (the gap in levels), `logistic` (short or not), `ordinal`
        (the level held of the skill), survey-weighted, or `multilevel` (the gap with a random department, which
        ignores the weights; the weighted linear model stands beside it). Others as in `Setting`.

    Returns
    -------
    DataFrame
        One row per term and category: term, level, reference, n and clusters (of the smaller of category and
        reference), estimate, se, df, low, high, p; of a multilevel model also weighted, weighted_low, weighted_high.

    Raises
    ------
    UsageError
        If the model or a name does not exist.
    ModelError
        If these answers cannot give the model, with what would do.
    """
    name = str(source.option("model", "linear"))
    if name not in MODELS:
        raise UsageError(f"model: there is no ‘{name}’; {nearest(name, MODELS)}")
    if name == "ordinal":
        setting = Setting(source, held_item(source))
    else:
        setting = Setting(source, SHORT if name == "logistic" else GAP)
    if name == "multilevel":
        return _multilevel(setting)
    return _framed(setting, _fit(setting, name).table())


def effects(source: Source) -> pd.DataFrame:
    """Return average marginal effects on the share short: each category less its reference.

    Parameters
    ----------
    source : Source
        The table and its data; options as in `Setting`. Of one skill a logistic model, of all a linear one of the
        share of skills short; survey-weighted.

    Returns
    -------
    DataFrame
        As for `model`.
    """
    setting, fit = _of_shares(source)
    tables = [models.effects(fit, name) for name in setting.predictors]
    frame = pd.concat(tables, ignore_index=True)
    frame.attrs["method"] = tables[0].attrs["method"] | {"reference": fit.method["reference"]}
    return _framed(setting, frame)


def adjusted(source: Source) -> pd.DataFrame:
    """Return the share short in each category, as observed and if everyone were in it with all else as it is.

    Parameters
    ----------
    source : Source
        The table and its data; options as in `effects`, and ``of``: the predictors whose categories are shown, size
        and level unless given.

    Returns
    -------
    DataFrame
        One row per predictor and category: term, level, reference (empty), n, clusters, observed, estimate
        (adjusted), se, df, low, high.
    """
    setting, fit = _of_shares(source)
    wanted = [name for name in source.option("of", PREDICTORS[:2]) if name in setting.predictors]
    if not wanted:
        raise UsageError("of: no predictor is left whose categories could be shown; the table is limited to one each")
    margins = [models.adjusted_means(fit, name).frame for name in wanted]
    frame = pd.concat(margins, ignore_index=True).assign(reference="")
    frame.attrs["method"] = margins[0].attrs["method"]
    framed = _framed(setting, frame)
    counted = setting.counted()
    observed = [_mean(counted, SHORT, str(row.term), str(row.level)) for row in framed.itertuples()]
    framed.insert(list(framed.columns).index("estimate"), "observed", observed)
    return framed


def parallel(source: Source) -> pd.DataFrame:
    """Return the test that each predictor shifts answers alike at every step of the scale.

    Parameters
    ----------
    source : Source
        The table and its data; options as for an ordinal `model`.

    Returns
    -------
    DataFrame
        One row for all predictors and one per term: term, n and clusters (of the smallest category of the term),
        estimate (F), df, df_error, p. A small p speaks against one odds ratio. Where some step of the scale has no
        finite odds, or departments are too few, there are no tests and ``attrs["method"]["untested"]`` says why.
    """
    setting = Setting(source, held_item(source))
    fit = _fit(setting, "ordinal")
    frame, method = _tested(setting, fit)
    counted = setting.counted()
    smallest = {name: _smallest(counted, name) for name in setting.predictors}
    every = tuple(min(values) for values in zip(*smallest.values(), strict=True))
    bases = [smallest.get(str(term), every) for term in frame["term"]]
    frame["n"], frame["clusters"] = zip(*bases, strict=True)
    frame = frame.assign(level="", reference="", se=np.nan, low=np.nan, high=np.nan)
    frame = frame[["term", "level", "reference", *NUMBERS, "df_error", "p"]]
    frame.attrs["method"] = method
    return frame


def department_share(source: Source) -> pd.DataFrame:
    """Return how much of the gap lies between departments, before and after the predictors.

    Parameters
    ----------
    source : Source
        The table and its data; options as in `Setting`. The models ignore the survey weights.

    Returns
    -------
    DataFrame
        Two rows: part (`empty`, `full`), n, clusters (departments), estimate (share of the variance between
        departments), se, df (none), low, high, between and within (standard deviations, in levels).
    """
    setting = Setting(source, GAP)
    _needs_departments(setting)
    counted = setting.counted(weighted=False)
    # Both models stand on the same respondents.
    found = {"empty": _variances(counted, []), "full": _variances(counted, setting.predictors)}
    rows = [{"part": name, **numbers} for name, (numbers, _) in found.items()]
    frame = pd.DataFrame(rows).assign(n=len(counted), clusters=counted[CLUSTER].nunique(), se=np.nan, df=np.nan)
    frame = frame[["part", *NUMBERS, "between", "within"]]
    frame.attrs["method"] = _facts(setting, found["full"][1])
    return frame


def _fit(setting: Setting, name: str) -> models.Fit:
    known, where = setting.respondents, setting.source.where or None
    given = (known.frame, setting.outcome, setting.predictors, known.design)
    if name == "logistic":
        return models.logistic(*given, where=where)
    return (models.ordinal if name == "ordinal" else models.linear)(*given, where=where)


def _tested(setting: Setting, fit: models.Fit) -> tuple[pd.DataFrame, dict[str, object]]:
    """The tests, or rows without any: that an assumption cannot be tested is no reason to hide the model."""
    method = _facts(setting, dict(fit.method))
    try:
        found = models.proportional_odds(fit).rename(columns={"statistic": "estimate"})
    except ModelError as error:
        nothing = dict.fromkeys(("estimate", "df", "df_error", "p"), np.nan)
        return pd.DataFrame({"term": [ALL, *setting.predictors], **nothing}), method | {"untested": str(error)}
    return found, found.attrs["method"] | method


def _of_shares(source: Source) -> tuple[Setting, models.Fit]:
    setting = Setting(source, SHORT)
    return setting, _fit(setting, "linear" if setting.skill == ALL else "logistic")


def _multilevel(setting: Setting) -> pd.DataFrame:
    _needs_departments(setting)
    frame = setting.respondents.frame
    made = models.multilevel(frame, GAP, setting.predictors, CLUSTER, where=setting.source.where or None)
    table = _framed(setting, made.table(), weighted=False)
    beside = _fit(setting, "linear").table()
    for name in WEIGHTED:
        table["weighted" if name == "estimate" else f"weighted_{name}"] = beside[name]
    return table


def _needs_departments(setting: Setting) -> None:
    if CLUSTER not in setting.respondents.frame:
        raise UsageError("multilevel: the study declares no cluster; take the linear model")


def _variances(counted: pd.DataFrame, predictors: list[str]) -> tuple[dict[str, float], dict[str, object]]:
    made = models.multilevel(counted, GAP, predictors, CLUSTER)
    table = made.variances().set_index("measure")
    numbers = {name: float(table[name].to_dict()["icc"]) for name in ("estimate", "low", "high")}
    within = float(table["estimate"].to_dict()["var_resid"])
    return numbers | {"between": made.between**0.5, "within": within**0.5}, dict(made.method)


def _framed(setting: Setting, table: pd.DataFrame, *, weighted: bool = True) -> pd.DataFrame:
    """The rows of a model with their reference, and the respondents and departments behind each."""
    method = _facts(setting, dict(table.attrs["method"]))
    references = method.get("reference", {})
    frame = table.copy()
    if "reference" not in frame:
        assert isinstance(references, Mapping)
        frame["reference"] = [str(references.get(term, "")) for term in frame["term"]]
    counted = setting.counted(weighted=weighted)
    bases = [_base(counted, setting, str(row.term), str(row.level), str(row.reference)) for row in frame.itertuples()]
    frame["n"], frame["clusters"] = zip(*bases, strict=True)
    order = ["term", "level", "reference", *NUMBERS, *(["p"] if "p" in frame else [])]
    frame = with_notes(frame[order])
    frame.attrs["method"] = method
    return frame


def _base(counted: pd.DataFrame, setting: Setting, term: str, level: str, reference: str) -> tuple[int, int]:
    """Respondents and departments of the smaller of the categories compared."""
    if term == INTERCEPT:
        every = [_smallest(counted, name, 0) for name in setting.predictors]
        return min(n for n, _ in every), min(clusters for _, clusters in every)
    column = setting.outcome if term == THRESHOLD else term
    named = level.split("|") if term == THRESHOLD else [name for name in (level, reference) if name]
    found = [_size(counted[counted[column].astype(object).eq(name).to_numpy()]) for name in named]
    return min(n for n, _ in found), min(clusters for _, clusters in found)


def _smallest(counted: pd.DataFrame, name: str, only: int | None = None) -> tuple[int, int]:
    """Respondents and departments of the smallest category of a predictor, or of one by its place."""
    categories = list(counted[name].cat.categories)
    chosen = categories if only is None else categories[only : only + 1]
    sizes = [_size(counted[counted[name].astype(object).eq(category).to_numpy()]) for category in chosen]
    met = [size for size in sizes if size[0]] or sizes
    return min(n for n, _ in met), min(clusters for _, clusters in met)


def _size(rows: pd.DataFrame) -> tuple[int, int]:
    return len(rows), int(rows[CLUSTER].nunique()) if CLUSTER in rows else len(rows)


def _facts(setting: Setting, method: Mapping[str, object]) -> dict[str, object]:
    about = {GAP: GAP, SHORT: SHORT}.get(setting.outcome, "held")
    words = str(method.get("model", "")).replace("proportional odds", "ordinal (proportional odds)")
    return {**method, "model": words, "about": about, "skill": setting.skill, "predictors": setting.predictors}


def _mean(counted: pd.DataFrame, outcome: str, term: str, level: str) -> float:
    rows = counted[counted[term].astype(object).eq(level).to_numpy()]
    return float(np.average(rows[outcome].to_numpy(dtype=float), weights=rows[WEIGHT].to_numpy(dtype=float)))
