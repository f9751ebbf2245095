"""What the received file must hold, as a pandera schema built from the codebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pandera.pandas as pa

from digiskills.codebook import Codebook, Item
from digiskills.errors import Problem, nearest
from digiskills.study import Study, Wave
from digiskills.survey import slips

MOST_ALIKE, FEW = 20, 3  # of one slip: as many rows are listed, or else the first few
_HEADER_ROWS = 2  # the first respondent stands in row 2 of the file


def schema(codebook: Codebook, needed: tuple[str, ...] = (), weights: tuple[str, ...] = ()) -> pa.DataFrameSchema:
    """Return the schema of a received survey file.

    Parameters
    ----------
    codebook : Codebook
        Questions and answers.
    needed : tuple of str
        Columns that may not be blank: weight, stratum, cluster.
    weights : tuple of str
        Columns of weights, which are finite numbers of 0 or more.

    Returns
    -------
    pandera.DataFrameSchema
        One text column per item; blanks are allowed but in `needed`.
    """
    columns = {
        item.name: pa.Column(str, _checks(item, item.name in needed, item.name in weights))
        for item in codebook.items.values()
    }
    return pa.DataFrameSchema(columns, strict=True)


def problems(frame: pd.DataFrame, study: Study, wave: Wave) -> list[Problem]:
    """Return everything in a received survey that its codebook does not allow.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, text, empty where blank; columns as received.
    study : Study
        The study, with its codebook and design.
    wave : Wave
        The wave that the file is to hold.

    Returns
    -------
    list of Problem
        Each with file, row, column, value and what is allowed.
    """
    try:
        schema(study.codebook, _needed(study), _weights(study)).validate(frame, lazy=True)
        failures = []
    except pa.errors.SchemaErrors as error:
        failures = list(_problems(error.failure_cases, study.codebook, wave))
    if failures:
        return failures
    return [*_wrong_wave(frame, study.codebook, wave), *_answered_unasked(frame, study.codebook, wave)]


def _needed(study: Study) -> tuple[str, ...]:
    """Columns of the design; a blank in one of them leaves a respondent without a place in the sample."""
    design = study.design
    named = [*_weights(study), design.stratum, design.cluster, *study.replicate_weights]
    return tuple(name for name in named if name)


def _weights(study: Study) -> tuple[str, ...]:
    """Columns of weights, but for replicates, of which some methods make negative ones."""
    declared = study.design.calibration
    before = [declared.design_weight] if declared and not declared.makes_weights else []
    return tuple(name for name in [study.design.weight, *before] if name)


def _checks(item: Item, needed: bool, weight: bool = False) -> list[pa.Check]:
    checks = [pa.Check(lambda given: given.str.strip().ne(""), name="blank")] if needed else []
    if weight:
        checks.append(pa.Check(lambda given: _is_weight(given) | ~_is_number(given), name="weight"))
    if item.kind in ("integer", "decimal") or item.role == "weight":
        checks.append(pa.Check(lambda given: _is_number(given) | given.eq(""), name="number"))
    elif item.choices and item.kind == "select_multiple":
        checks.append(pa.Check(lambda given: _all_known(given, item), name="choices"))
    elif item.choices:
        checks.append(pa.Check.isin([*(choice.name for choice in item.choices), ""], name="choice"))
    return checks


def _is_number(given: pd.Series) -> pd.Series:
    return pd.to_numeric(given, errors="coerce").notna()


def _is_weight(given: pd.Series) -> pd.Series:
    return pd.to_numeric(given, errors="coerce").between(0, np.inf, inclusive="left")


def _all_known(given: pd.Series, item: Item) -> pd.Series:
    """Tell whether every code is known and a reason or ‘none’ does not stand beside an answer."""
    known = {choice.name for choice in item.choices}
    alone = {choice.name for choice in item.reasons} | ({"none"} & known)

    def fits(text: str) -> bool:
        codes = text.split()
        return set(codes) <= known and len(set(codes)) == len(codes) and (len(codes) < 2 or not alone & set(codes))

    distinct = pd.Series({text: fits(text) for text in given.unique()}, dtype=bool)
    return given.map(distinct).astype(bool)


def _problems(cases: pd.DataFrame, codebook: Codebook, wave: Wave) -> Iterator[Problem]:
    """Yield each wrong column and cell; of a slip that stands in many rows the first few, and how many there are."""
    same = cases.groupby(["check", "column", "failure_case"], dropna=False)
    times, before = same["check"].transform("size"), same.cumcount()
    listed = (times <= MOST_ALIKE) | (before < FEW)
    for case in cases[listed].itertuples():
        if case.check == "column_in_dataframe":
            absent = str(case.failure_case)
            yield Problem(wave.file, 1, absent, None, "column is missing", "the codebook asks for it")
        elif case.check == "column_in_schema":
            extra = str(case.failure_case)
            yield Problem(wave.file, 1, extra, None, "column is not in the codebook", nearest(extra, codebook.items))
        else:
            yield _wrong_cell(case, codebook, wave)
    further = ~listed & before.eq(FEW)
    for case, count in zip(cases[further].itertuples(), times[further], strict=True):
        message = f"stands in {count} such rows in all"
        yield replace(_wrong_cell(case, codebook, wave), row=None, message=message, allowed="the same way out for each")


def _wrong_cell(case: tuple, codebook: Codebook, wave: Wave) -> Problem:  # type: ignore[type-arg]
    column, index, value, check = (getattr(case, name) for name in ("column", "index", "failure_case", "check"))
    row = None if pd.isna(index) else int(index) + _HEADER_ROWS
    if check == "blank":
        return Problem(wave.file, row, column, None, "is blank", "the design needs a value on every row")
    if check == "weight":
        return Problem(wave.file, row, column, str(value), "is no weight", "a number of 0 or more")
    if check == "number":
        return Problem(wave.file, row, column, str(value), *slips.of_number(str(value)))
    message, allowed = slips.of_choice(str(value), codebook.item(column))
    several = ", several separated by spaces, a missing reason or none alone" if check == "choices" else ""
    return Problem(wave.file, row, column, str(value), message, f"{allowed}{several}")


def _wrong_wave(frame: pd.DataFrame, codebook: Codebook, wave: Wave) -> Iterator[Problem]:
    for item in codebook.with_role("wave"):
        for index in frame.index[frame[item.name].ne(wave.name)]:
            given = str(frame.at[index, item.name])
            yield Problem(wave.file, index + _HEADER_ROWS, item.name, given, "is another wave", wave.name)


def _answered_unasked(frame: pd.DataFrame, codebook: Codebook, wave: Wave) -> Iterator[Problem]:
    for item in codebook.items.values():
        if item.relevant is None:
            continue
        asked = item.relevant.asked({name: frame[name] for name in item.relevant.names})
        for index in frame.index[~asked & frame[item.name].ne("")]:
            given = str(frame.at[index, item.name])
            message = "is an answer to a question that was not asked"
            yield Problem(wave.file, index + _HEADER_ROWS, item.name, given, message, item.relevant.source)
