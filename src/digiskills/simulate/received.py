"""The survey as it would be received: unanswered questions, refusals, and files."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd

from digiskills.simulate.draws import uniforms
from digiskills.simulate.population import not_asked, population, with_reason
from digiskills.simulate.reading import read
from digiskills.simulate.sample import sample
from digiskills.simulate.truth import Truth


def received(respondents: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Return respondents as the survey tool would hand them over.

    Parameters
    ----------
    respondents : DataFrame
        Those who answered in one wave, as `sample` gives them.
    truth : Truth
        Declares refusals, blanks and how many stop before the end.

    Returns
    -------
    DataFrame
        One row per respondent, in an order that says nothing; the codebook's columns in its order, all
        text, blank where a question was not asked or not answered.
    """
    wave = str(respondents[truth.column("wave")].iloc[0])
    answers = respondents.copy()
    for item in truth.asked:
        given = pd.Categorical(answers[item.name])
        for reason in ("refused", "skipped"):
            given = with_reason(given, item, respondents, truth, reason, f"{wave}/received/{item.name}")
        answers[item.name] = given
    answers = not_asked(_stopped(answers, truth, wave), truth.asked)
    weights = answers[truth.column("weight")].map("{:.6f}".format)
    order = np.argsort(uniforms(truth.seed, f"{wave}/order", len(answers)), kind="stable")
    columns = list(truth.codebook.items)
    text = answers.assign(**{truth.column("weight"): weights})[columns].astype(object)
    return text.where(text.notna(), "").iloc[order].reset_index(drop=True)


def departments_in_strata(truth: Truth) -> pd.DataFrame:
    """Return how many departments the population has.

    Parameters
    ----------
    truth : Truth
        The declared truth.

    Returns
    -------
    DataFrame
        One row per wave and stratum: departments in the population.
    """
    strata = truth.numbers["departments"]["strata"]
    rows = [
        (wave, ".".join(given[name] for name in truth.frame_columns), given["departments"])
        for wave in truth.waves
        for given in strata
    ]
    return pd.DataFrame(rows, columns=[truth.column("wave"), truth.column("stratum"), "departments"])


def heads_in_departments(everyone: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Return how many people the departments have, sampled or not.

    Parameters
    ----------
    everyone : DataFrame
        The population.
    truth : Truth
        The declared truth.

    Returns
    -------
    DataFrame
        One row per wave and department: its stratum and heads. A variance that counts the people drawn
        within departments needs it.
    """
    names = [truth.column(role) for role in ("wave", "stratum", "cluster")]
    return everyone.groupby(names, observed=True, sort=True).size().reset_index(name="heads")


def heads(everyone: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Return how many people the population has.

    Parameters
    ----------
    everyone : DataFrame
        The population.
    truth : Truth
        Declares by what the heads are published, as ``weights.heads``.

    Returns
    -------
    DataFrame
        One row per wave and cell of ``weights.heads``: heads.
    """
    names = [truth.column("wave"), *truth.numbers["weights"]["heads"]]
    return everyone.groupby(names, observed=True, sort=True).size().reset_index(name="heads")


def write(study_folder: Path, truth: Truth | Path | None = None, destination: Path | None = None) -> list[Path]:
    """Write the synthetic survey of a study, and return the files written.

    Parameters
    ----------
    study_folder : Path
        Holds ``codebook/`` and ``truth.toml``.
    truth : Truth or Path, optional
        Another truth, or its file, instead of the study's.
    destination : Path, optional
        Where to write; the study's folder unless given.

    Returns
    -------
    list of Path
        ``survey_<wave>.csv.gz`` for each wave, ``strata.csv``, ``departments.csv`` and ``population.csv``.

    Raises
    ------
    StudyError
        If the truth does not fit the questionnaire.
    """
    told = truth if isinstance(truth, Truth) else read(study_folder, truth)
    folder = destination or study_folder
    folder.mkdir(parents=True, exist_ok=True)
    everyone = population(told)
    files = {
        f"survey_{wave}.csv.gz": _zipped(_csv(received(sample(everyone, told, wave), told))) for wave in told.waves
    }
    files["strata.csv"] = _csv(departments_in_strata(told))
    files["departments.csv"] = _csv(heads_in_departments(everyone, told))
    files["population.csv"] = _csv(heads(everyone, told))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def _stopped(answers: pd.DataFrame, truth: Truth, wave: str) -> pd.DataFrame:
    """Return answers of which some people gave only the first ones; who they are is never left out."""
    asked = [item.name for item in truth.asked if item.name not in truth.numbers["people"]]
    stops = uniforms(truth.seed, f"{wave}/stops", len(answers)) < truth.numbers["stopped"]["share"]
    last = np.ceil(uniforms(truth.seed, f"{wave}/last", len(answers)) * (len(asked) - 1))
    kept = {name: answers[name].where(~stops | (place <= last)) for place, name in enumerate(asked)}
    return answers.assign(**kept)


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _zipped(content: bytes) -> bytes:
    """Compress without the time or a file name, so that the same survey gives the same file."""
    zipped = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=zipped, mtime=0) as file:
        file.write(content)
    return zipped.getvalue()
