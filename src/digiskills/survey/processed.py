"""The processed table: made from raw files once, read many times, private."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from digiskills import intake, one_language, paths
from digiskills.errors import Problem, StudyError, nearest
from digiskills.study import Study, Wave
from digiskills.survey.calibration import target_problems
from digiskills.survey.counts import clusters_in_population, heads, people_in_clusters
from digiskills.survey.received import from_received
from digiskills.survey.replicates import column_problems, rscales_problems
from digiskills.survey.table import Survey

MADE_BY = ("codebook", "intake", "study", "survey")  # parts of the package that make the typed table
DECLARED = ("study.toml", "codebook/survey.csv", "codebook/choices.csv")
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
    digest = f"{inputs_digest(study, declared)} {code_digest(*MADE_BY)}"
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
    if design.calibration and not design.calibration.makes_weights:
        columns["calibration.design_weight"] = design.calibration.design_weight
    found = [
        Problem("study.toml", None, f"design.{key}", name, "is no column of the codebook", nearest(name, items))
        for key, name in columns.items()
        if name and name not in items
    ]
    for file, key in ((design.population, "stratum"), (design.people, design.cluster)):
        header = intake.read_listed(study.folder, file).frame.columns if file and not found else [key]
        if key not in header:
            found.append(Problem(file, 1, key, None, "column is missing", f"columns here: {', '.join(header)}"))
    return [*found, *column_problems(study), *rscales_problems(study), *target_problems(study)]


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
    """Return the digest of all that a wave's typed table is made from.

    Parameters
    ----------
    study : Study
        What the study declares.
    wave : Wave
        The wave.

    Returns
    -------
    str
        Hexadecimal SHA-256. Words for readers, of either language, do not count: no answer is matched by them.
    """
    received = [wave.file, *(name for name in _beside(study) if name)]
    names = [*received, *DECLARED]
    absent = [name for name in names if not (study.folder / name).is_file()]
    if absent:
        advice = "the study’s README says where it is published"
        raise StudyError([Problem(name, None, None, None, "is not in the study’s folder", advice) for name in absent])
    digest = hashlib.sha256()
    for name in received:
        digest.update(hashlib.sha256((study.folder / name).read_bytes()).digest())
    for name in DECLARED:
        digest.update(one_language.digest(study.folder / name, "").encode())
    return digest.hexdigest()


@contextmanager
def written_aside(path: Path) -> Iterator[IO[bytes]]:
    """Yield a private file that takes the place of a file once it is whole.

    Parameters
    ----------
    path : Path
        The file to replace; its folder is made where it is absent.

    Yields
    ------
    file object
        Readable and writable by its owner alone, with a name that no other process or thread has.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(suffix=".tmp", prefix=f"{path.stem}.", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


@cache
def code_digest(*parts: str) -> str:
    """Return the digest of parts of this package, so that what they made is made anew when they change.

    Parameters
    ----------
    *parts : str
        Folders and modules of the package.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    digest, package = hashlib.sha256(), Path(__file__).parents[1]
    found = [path for part in parts for path in (*(package / part).rglob("*.py"), package / f"{part}.py")]
    for path in sorted(path for path in found if path.is_file()):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _beside(study: Study) -> list[str]:
    """Files that a design names, each once."""
    design = study.design
    targets = design.calibration.targets if design.calibration else ()
    rscales = design.replicates.rscales_file if design.replicates else ""
    return list(dict.fromkeys([design.population, design.people, study.population_file, *targets, rscales]))


def _path(study: Study, wave: Wave) -> Path:
    return paths.processed(study.name) / f"survey_{wave.name}.parquet"


def _write(study: Study, wave: Wave, path: Path, digest: str) -> None:
    received = intake.read_listed(study.folder, wave.file).frame
    table = pa.Table.from_pandas(from_received(study, wave, received).frame, preserve_index=False)
    with written_aside(path) as aside:
        pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: digest.encode()}), aside)
