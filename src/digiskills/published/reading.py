"""Reads the tables of published surveys and refuses figures without source or words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from digiskills import intake
from digiskills.errors import Problem, StudyError
from digiskills.frameworks import Frameworks
from digiskills.published.figures import DESCRIBED, FITS, TOLD, Published
from digiskills.study import Study

EVIDENCE = "published"
FIGURES, SOURCES, FRENCH = "workforce_surveys", "sources", "french"
ABSENT = {
    "en": "This study has no published surveys: study.toml declares no evidence of that name.",
    "fr": "Cette étude n’a pas de sondages publiés : study.toml ne déclare aucune donnée de ce nom.",
}

_KEY = ["survey", "year", "item", "department_size", "level"]
_COUNTS = ("n_answers", "n_favourable", "n_neutral", "n_barrier", "n_dont_know_or_not_applicable")
_PERCENTS = {"percent_favourable": "share_favourable", "percent_barrier": "share_barrier"}
_AS = r"as (\d{4})"


def read(study: Study) -> Published | None:
    """Return the published surveys of a study.

    Parameters
    ----------
    study : Study
        Declares the evidence ``published`` and its folder, or does not.

    Returns
    -------
    Published or None
        None where the study has none; `why_absent` says so for the reader.

    Raises
    ------
    StudyError
        With every figure without source or words, duplicated key and cell that is no number.
    """
    if EVIDENCE not in study.evidence:
        return None
    folder = study.evidence[EVIDENCE].folder
    tables = {
        name: intake.read_listed(study.folder, f"{folder}/{name}.csv").frame for name in (FIGURES, SOURCES, FRENCH)
    }
    problems = _figure_problems(tables, study.frameworks, folder)
    if problems:
        raise StudyError(problems)
    words = tables[FRENCH]
    french = dict(zip(zip(words["field"], words["value"], strict=True), words["label_fr"], strict=True))
    return Published(_figures(tables[FIGURES]), _sources(tables[SOURCES]), french, study.frameworks)


def why_absent(study: Study, language: str) -> str:
    """Return the sentence that stands where a study without published surveys would show them.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    str
        A sentence; empty where the study has published surveys.
    """
    return "" if EVIDENCE in study.evidence else ABSENT[language]


def _figures(table: pd.DataFrame) -> pd.DataFrame:
    """Return typed figures; percentages become shares of the same precision."""
    shares = {new: (pd.to_numeric(table[old]) / 100).round(6) for old, new in _PERCENTS.items()}
    counts = {name: pd.to_numeric(table[name]).astype("Int64") for name in _COUNTS}
    typed = table.rename(columns=_PERCENTS).assign(**shares, **counts, year=table["year"].astype(int))
    return typed.assign(fit=pd.Categorical(typed["fit"], categories=FITS, ordered=True))


def _sources(table: pd.DataFrame) -> pd.DataFrame:
    """Return typed sources; a cell "as 2017" takes what the same survey's row of 2017 says."""
    filled = table.copy()
    rows = {(str(row["survey"]), str(row["year"])): row for _, row in table.iterrows()}
    for name in TOLD:
        same = table[name].str.extract(f"^{_AS}$")[0]
        for place in same.index[same.notna()]:
            filled.loc[place, name] = rows[str(table.at[place, "survey"]), str(same[place])][name]
    numbers = {name: pd.to_numeric(filled[name]).astype("Int64") for name in ("respondents", "invited")}
    response = (pd.to_numeric(filled["response_percent"]) / 100).round(6).rename("response_share")
    typed = filled.drop(columns="response_percent").assign(**numbers, response_share=response)
    return typed.assign(year=filled["year"].astype(int))


def _figure_problems(tables: Mapping[str, pd.DataFrame], frameworks: Frameworks, folder: str) -> list[Problem]:
    figures, sources = tables[FIGURES], tables[SOURCES]
    found = _absent_columns(tables, folder)
    if found:
        return found
    known = set(zip(sources["survey"], sources["year"], strict=True))
    unsourced = pd.Series([pair not in known for pair in zip(figures["survey"], figures["year"], strict=True)])
    checks = [
        ("item", figures.duplicated(_KEY), "stands twice for the same survey, year and group", ""),
        ("survey", unsourced, "has no row of this year in sources.csv", ""),
        ("fit", ~figures["fit"].isin(FITS), "is no fit", ", ".join(FITS)),
        *((name, ~_is_number(figures[name], r"\d{1,12}"), "is no whole number", "") for name in _COUNTS),
        *((name, ~_is_percent(figures[name]), "is no percentage", "0 to 100") for name in _PERCENTS),
    ]
    for name in DESCRIBED:
        words = frameworks.values(name)
        checks.append((name, ~figures[name].isin(words), "is not in descriptors.csv", ""))
    barriers = {*frameworks.table("barriers")["code"], ""}
    checks.append(("barrier", ~figures["barrier"].isin(barriers), "is not in frameworks/barriers.csv", ""))
    given = (figures["percent_favourable"] != "") | (figures["percent_barrier"] != "")
    checks.append(
        (
            "withheld",
            given & (figures["withheld"] != ""),
            "but a percentage is given",
            "leave the percentage empty",
        )
    )
    return [
        Problem(f"{folder}/{FIGURES}.csv", int(row) + 2, name, str(figures.at[row, name]), message, allowed)
        for name, wrong, message, allowed in checks
        for row in figures.index[wrong]
    ]


def _absent_columns(tables: Mapping[str, pd.DataFrame], folder: str) -> list[Problem]:
    needed = {
        FIGURES: [*_KEY, *_COUNTS, *_PERCENTS, *DESCRIBED, "barrier", "fit", "withheld"],
        SOURCES: ["survey", "year", "respondents", "invited", "response_percent", *TOLD],
        FRENCH: ["field", "value", "label_fr"],
    }
    return [
        Problem(f"{folder}/{name}.csv", 1, column, None, "column is missing")
        for name, columns in needed.items()
        for column in dict.fromkeys(columns)
        if column not in tables[name]
    ]


def _is_number(column: pd.Series, pattern: str) -> pd.Series:
    return column.str.fullmatch(pattern) | column.eq("")


def _is_percent(column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    return _is_number(column, r"\d{1,3}(\.\d+)?") & (numbers.between(0, 100) | column.eq(""))
