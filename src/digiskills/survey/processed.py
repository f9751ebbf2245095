"""The processed table: made from raw files once, read many times, private."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from digiskills import intake, paths
from digiskills.errors import Problem, StudyError, nearest
from digiskills.study import Study, Wave
from digiskills.survey.received import from_received
from digiskills.survey.table import Survey

_KEY = b"digiskills_inputs"


def read(study: Study, wave: str = "latest") -> Survey:
    """Return one wave of a study's survey, made anew where its raw files have changed.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : str
        A wave's name, or ``latest``.

    Returns
    -------
    Survey
        The typed table with the population counts of its wave.

    Raises
    ------
    StudyError
        If files are missing, changed since their passport was written, or not as the codebook says.
    """
    declared = study.wave(wave)
    return Survey(
        study,
        declared,
        pd.read_parquet(typed_file(study, declared.name)),
        clusters_in_population(study, declared),
        people_in_clusters(study, declared),
        heads(study, declared),
        inputs_digest(study, declared),
    )


def typed_file(study: Study, wave: str = "latest") -> Path:
    """Return the Parquet file of one wave's typed table, made anew where its raw files have changed.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : str
        A wave's name, or ``latest``.

    Returns
    -------
    Path
        Readable by its owner alone.
    """
    declared = study.wave(wave)
    wrong = design_problems(study)
    if wrong:
        raise StudyError(wrong)
    digest = inputs_digest(study, declared)
    path = _path(study, declared)
    if not path.is_file() or pq.read_schema(path).metadata.get(_KEY) != digest.encode():
        _write(study, declared, path, digest)
    return path


def design_problems(study: Study) -> list[Problem]:
    """Return what the declared design names and the survey does not have.

    Parameters
    ----------
    study : Study
        What the study declares.

    Returns
    -------
    list of Problem
        Columns that are not in the codebook, files of counts without their columns; empty where all is well.
    """
    design, items = study.design, study.codebook.items
    columns = {"weight": design.weight, "stratum": design.stratum, "cluster": design.cluster}
    found = [
        Problem("study.toml", None, f"design.{key}", name, "is no column of the codebook", nearest(name, items))
        for key, name in columns.items()
        if name and name not in items
    ]
    for file, key in ((design.population, "stratum"), (design.people, design.cluster)):
        header = intake.read_listed(study.folder, file).frame.columns if file and not found else [key]
        if key not in header:
            found.append(Problem(file, 1, key, None, "column is missing", f"columns here: {', '.join(header)}"))
    return found


def process(study: Study) -> list[Path]:
    """Return the processed files of all waves, made from the raw ones.

    Parameters
    ----------
    study : Study
        What the study declares.

    Returns
    -------
    list of Path
        One Parquet file per wave, readable by their owner alone.
    """
    for wave in study.waves:
        read(study, wave.name)
    return [_path(study, wave) for wave in study.waves]


def inputs_digest(study: Study, wave: Wave) -> str:
    """Return the digest of every file that a wave's typed table is made from.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    names = [wave.file, "study.toml", "codebook/survey.csv", "codebook/choices.csv"]
    names += [name for name in (study.design.population, study.design.people, study.population_file) if name]
    absent = [name for name in names if not (study.folder / name).is_file()]
    if absent:
        advice = "the study’s README says where it is published"
        raise StudyError([Problem(name, None, None, None, "is not in the study’s folder", advice) for name in absent])
    digest = hashlib.sha256()
    for name in names:
        digest.update(hashlib.sha256((study.folder / name).read_bytes()).digest())
    return digest.hexdigest()


def clusters_in_population(study: Study, wave: Wave) -> pd.Series | None:
    """Return the clusters of each stratum in the population.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    Series of int or None
        By stratum; None where the study does not know.
    """
    return _counts_by("stratum", study, study.design.population, wave)


def people_in_clusters(study: Study, wave: Wave) -> pd.Series | None:
    """Return the people of each cluster in the population.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    Series of int or None
        By cluster; None where the study does not know.
    """
    return _counts_by(study.design.cluster, study, study.design.people, wave)


def heads(study: Study, wave: Wave) -> pd.DataFrame | None:
    """Return the heads of the population by cell of dimensions.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    DataFrame or None
        One row per cell: the dimensions' columns and ``heads``; None where the study does not know.
    """
    return _counts(study, study.population_file, wave) if study.population_file else None


def _counts_by(key: str, study: Study, file: str, wave: Wave) -> pd.Series | None:
    """Return the counts of a file by one of its columns; None where the study names no file."""
    if not file:
        return None
    table = _counts(study, file, wave)
    return table.set_index(key)[table.columns[-1]]


def _counts(study: Study, file: str, wave: Wave) -> pd.DataFrame:
    """Return the rows of one wave, the last column as whole numbers."""
    table = intake.read_listed(study.folder, file).frame
    if "wave" in table:
        table = table[table["wave"].eq(wave.name)].drop(columns="wave")
    count = table.columns[-1]
    wrong = table.index[~table[count].str.fullmatch(r"\d+")]
    if len(wrong):
        raise StudyError(
            [Problem(file, row + 2, count, str(table.at[row, count]), "is not a whole number") for row in wrong]
        )
    return table.astype({count: int}).reset_index(drop=True)


def _path(study: Study, wave: Wave) -> Path:
    return paths.processed(study.name) / f"survey_{wave.name}.parquet"


def _write(study: Study, wave: Wave, path: Path, digest: str) -> None:
    received = intake.read_listed(study.folder, wave.file).frame
    table = pa.Table.from_pandas(from_received(study, wave, received).frame, preserve_index=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.touch(mode=0o600)
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: digest.encode()}), aside)
    aside.replace(path)
