"""Weights of a survey calibrated to the heads that its study names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from digiskills import intake
from digiskills.errors import DesignError, Problem, StudyError, UsageError, nearest
from digiskills.study import Calibration, Study, Wave
from digiskills.survey.counts import of_wave
from digiskills.survey.raking import AGREE, rake
from digiskills.survey.table import Survey

HEADS = "heads"
ROUNDED = 0.02  # how far apart rounding may leave the factors of one cell
_KEY = "design.calibration"


def target_problems(study: Study) -> list[Problem]:
    """Return what is wrong with the heads to which a study calibrates, before any respondent is read.

    Parameters
    ----------
    study : Study
        What the study declares.

    Returns
    -------
    list of Problem
        Files that are not there or lack a column, categories that are none, heads that are no numbers, and
        margins that do not add up to the same number; in any wave.
    """
    if study.design.calibration is None:
        return []
    found = [problem for wave in study.waves for problem in _file_problems(study, study.design.calibration, wave)]
    return list(dict.fromkeys(found))


def calibrated(survey: Survey) -> Survey:
    """Return a survey whose weights add up to the heads of each margin.

    Parameters
    ----------
    survey : Survey
        With the weights as received.

    Returns
    -------
    Survey
        The same where the study calibrates nothing, or the weights came calibrated. Otherwise the column of
        weights is calibrated and `Calibration.design_weight` holds those received.

    Raises
    ------
    StudyError
        With everything that stands in the way: targets that are wrong, respondents without a category,
        categories without a respondent or without heads, and more categories than the sample can bear.
    """
    declared = survey.study.design.calibration
    if declared is None:
        return survey
    wrong = _file_problems(survey.study, declared, survey.wave)
    if wrong:
        raise StudyError(wrong)
    frame = _categories(survey, declared)
    counted = frame["weight"] > 0
    targets = [_target(survey.study, *named, survey.wave) for named in _files(declared)]
    found = [*_without_category(survey, frame), *_too_many(survey, declared, frame)]
    found += _not_of_margins(survey, declared, frame)
    for (margin, file), target in zip(_files(declared), targets, strict=True):
        found += _unmatched(file, margin, frame[counted], target)
    if found:
        raise StudyError(found)
    return _with_weights(survey, declared, frame[counted], targets) if targets else survey


def _with_weights(survey: Survey, declared: Calibration, counted: pd.DataFrame, targets: list[pd.DataFrame]) -> Survey:
    try:
        made = rake(counted, "weight", targets, HEADS)
    except DesignError as error:
        raise StudyError([Problem("study.toml", None, _KEY, declared.method, str(error))]) from None
    name = survey.study.design.weight
    frame = survey.frame.assign(**{declared.design_weight: survey.frame[name]})
    frame[name] = made.reindex(frame.index, fill_value=0.0)
    return Survey(survey.study, survey.wave, frame)


def _categories(survey: Survey, declared: Calibration) -> pd.DataFrame:
    """Each respondent's categories of the margins, null where there is none, and the weight."""
    columns = {name: pd.Series(survey.dimension(name), index=survey.frame.index) for name in declared.dimensions}
    return pd.DataFrame(columns).assign(weight=survey.weight)


def _files(declared: Calibration) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each margin and its file; none where the weights came calibrated."""
    return zip(declared.margins, declared.targets, strict=False)


def _target(study: Study, margin: tuple[str, ...], file: str, wave: Wave) -> pd.DataFrame:
    """Heads of each category of a margin; a file by more dimensions is added up."""
    table = of_wave(intake.read_listed(study.folder, file).frame, wave)
    sums = table.astype({HEADS: float}).groupby(list(margin), sort=False)[HEADS].sum()
    return sums.reset_index()


def _file_problems(study: Study, declared: Calibration, wave: Wave) -> list[Problem]:
    found, sums = list[Problem](), {}
    for margin, file in _files(declared):
        wrong = list(_margin_problems(study, margin, file, wave))
        found += wrong
        if not wrong:
            sums[f"{' × '.join(margin)} {file}"] = float(_target(study, margin, file, wave)[HEADS].sum())
    if sums and max(sums.values()) - min(sums.values()) > AGREE * max(sums.values()):
        each = ", ".join(f"{margin}: {heads:g}" for margin, heads in sums.items())
        message = f"add up to different numbers of people in wave {wave.name}: {each}"
        found.append(Problem("study.toml", None, f"{_KEY}.targets", None, message, "the same population in each"))
    return found


def _margin_problems(study: Study, margin: tuple[str, ...], file: str, wave: Wave) -> Iterator[Problem]:
    try:
        whole = intake.read_listed(study.folder, file).frame
    except (StudyError, UsageError) as error:
        problems = getattr(error, "problems", None)
        yield from problems or [Problem("study.toml", None, f"{_KEY}.targets", file, str(error))]
        return
    for name in (*margin, HEADS):
        if name not in whole:
            yield Problem(file, 1, name, None, "column is missing", f"columns here: {', '.join(whole.columns)}")
    if not {*margin, HEADS} <= set(whole.columns):
        return
    table = of_wave(whole, wave)
    if table.empty:
        yield Problem(file, None, "wave", wave.name, "has no rows")
    yield from _row_problems(study, margin, file, table)


def _row_problems(study: Study, margin: tuple[str, ...], file: str, table: pd.DataFrame) -> Iterator[Problem]:
    for name in margin:
        known = study.dimension(name).names
        for row in table.index[~table[name].isin(known)]:
            given = str(table.at[row, name])
            yield Problem(file, row + 2, name, given, "is no category", nearest(given, known))
    numbers = pd.to_numeric(table[HEADS], errors="coerce")
    for row in table.index[~(numbers >= 0) | np.isinf(numbers)]:
        yield Problem(file, row + 2, HEADS, str(table.at[row, HEADS]), "is no number of people")
    cells = [name for name in table.columns if name != HEADS]
    for row in table.index[table[cells].duplicated()]:
        yield Problem(file, row + 2, " × ".join(cells), _cell(table.loc[row, cells]), "stands there twice")


def _without_category(survey: Survey, frame: pd.DataFrame) -> Iterator[Problem]:
    """Yield each dimension of which respondents with a weight have no category, with the first of them."""
    for name in (column for column in frame.columns if column != "weight"):
        rows = np.flatnonzero((frame[name].isna() & (frame["weight"] > 0)).to_numpy())
        if len(rows):
            item = survey.study.dimension(name).item
            message = f"is no category of {name}, to which weights are calibrated; so it is for {len(rows)} respondents"
            given = str(survey.frame[item].iloc[rows[0]])
            yield Problem(
                survey.wave.file, int(rows[0]) + 2, item, given, message, "give them one, or leave the margin out"
            )


def _unmatched(file: str, margin: Sequence[str], counted: pd.DataFrame, target: pd.DataFrame) -> Iterator[Problem]:
    """Yield categories of a margin with heads or with respondents, but not with both."""
    names, word = list(margin), " × ".join(margin)
    heads = dict(zip(_cells(target[names]), target[HEADS], strict=True))
    met = Counter(_cells(counted[names].dropna()))
    for key, number in heads.items():
        if number > 0 and key not in met:
            message = f"has {number:g} heads and no respondent"
            yield Problem(file, None, word, key, message, "join it with another category, or leave the margin out")
    for key, respondents in sorted(met.items()):
        if not heads.get(key, 0) > 0:
            message = f"has no heads and {respondents} respondents"
            yield Problem(file, None, word, key, message, "its number of people, above 0")


def _not_of_margins(survey: Survey, declared: Calibration, frame: pd.DataFrame) -> Iterator[Problem]:
    """Yield the received weights where no calibration to these margins can have made them from the design weights.

    Calibration multiplies the weights of a cell of all margins by one factor; rounded weights come near it.
    """
    if declared.makes_weights or declared.design_weight not in survey.frame:
        return
    counted = frame[frame["weight"] > 0]
    before = survey.frame.loc[counted.index, declared.design_weight].to_numpy(dtype=float)
    factor = pd.Series(before / counted["weight"].to_numpy(), index=counted.index)
    by_cell = factor.groupby([counted[name].astype(str) for name in declared.dimensions])
    apart = float((by_cell.max() / by_cell.min() - 1).max())
    if not apart <= ROUNDED:
        message = f"differs from the weight by factors {apart:.1%} apart within one cell of the margins"
        allowed = "the margins that the weights were calibrated to, or no design_weight (trimmed weights)"
        yield Problem("study.toml", None, f"{_KEY}.design_weight", declared.design_weight, message, allowed)


def _too_many(survey: Survey, declared: Calibration, frame: pd.DataFrame) -> Iterator[Problem]:
    """Yield the margins where they take all degrees of freedom that the sample has."""
    stratum, cluster = survey.stratum, survey.cluster
    strata = 1 if stratum is None else stratum.astype(str).nunique()
    drawn = len(frame) if cluster is None else cluster.astype(str).nunique()
    units = "respondents" if cluster is None else "clusters"
    free = _rank(frame, declared) - 1
    if free >= max(drawn - strata, 1):
        message = f"leave no degree of freedom: {free} free categories, {drawn} {units} in {strata} strata"
        margins = ", ".join(" × ".join(margin) for margin in declared.margins)
        yield Problem("study.toml", None, f"{_KEY}.margins", margins, message, "fewer margins, or categories joined")


def _rank(frame: pd.DataFrame, declared: Calibration) -> int:
    """Categories of all margins that do not follow from others."""
    cells = frame[list(declared.dimensions)].dropna().astype(str).drop_duplicates()
    parts = [
        pd.get_dummies(pd.MultiIndex.from_frame(cells[list(margin)]).to_flat_index()) for margin in declared.margins
    ]
    return int(np.linalg.matrix_rank(np.hstack([part.to_numpy(dtype=float) for part in parts]))) if len(cells) else 0


def _cells(categories: pd.DataFrame) -> list[str]:
    """The categories of each row in one word."""
    return [_cell(row) for row in categories.astype(str).to_numpy()]


def _cell(key: Iterable[object]) -> str:
    return ", ".join(str(part) for part in key)
