"""Estimates and plans kept on disk: a table is estimated once, by whoever first asks, in whichever language."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import TypeVar

import pandas as pd

from digiskills import one_language, paths
from digiskills.answers import Answers
from digiskills.disclosure import editions, plan_file
from digiskills.disclosure import plan as plans
from digiskills.disclosure.kinds import estimate
from digiskills.disclosure.plan import Plan
from digiskills.disclosure.source import Count
from digiskills.disclosure.table import DeclaredTable
from digiskills.disclosure.written import CannotBeWritten, dumps, loads
from digiskills.study import Study
from digiskills.survey import Survey
from digiskills.survey.processed import code_digest, inputs_digest, written_aside

Made = TypeVar("Made")

MADE_BY: tuple[str, ...] = (
    "codebook",
    "intake",
    "study",
    "survey",
    "answers",
    "estimates",
    "agreement",
    "gaps",
    "models",
)
MADE_BY += ("themes", "next_survey", "disclosure", "errors", "frameworks", "once", "one_language", "aside")
"""Parts of the package that estimates come from."""
COMPUTED_BY = ("numpy", "pandas", "scipy", "statsmodels", "pyarrow", "patsy", "duckdb")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""In the environment: the last digits of a sum depend on how many threads make it."""
LARGEST = 32 * 2**20
"""Bytes of one file; what is larger is estimated anew, and not read."""
MOST = 256 * 2**20
"""Bytes of all files of a study."""


class Kept:
    """The estimates of a study's tables, made where they are not kept yet.

    Parameters
    ----------
    study : Study
        As read from its folder.

    Notes
    -----
    Kept in ``data/processed/<study>/estimates/``, readable by their owner alone, as nothing of them is released
    yet. A file's name is the digest of all that the estimates are made of: what the table shows, the answers of every
    wave, what the study's folder declares without the words of either language, the code that makes them, the
    packages that compute them. Another of these is another file. Two builds at once do not disturb each other: each
    writes aside and renames; a file that is damaged is no answer. Files hold text, from which nothing is ever run.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.folder = paths.processed(study.name) / "estimates"

    def estimate(self, table: DeclaredTable, study: Study, count: Count) -> pd.DataFrame:
        """Return the estimates that a table shows, before release.

        Parameters
        ----------
        table : DeclaredTable
            What to estimate.
        study : Study
            The same study.
        count : callable
            Takes a wave and dimensions; returns the survey as read from its files, and its answers.

        Returns
        -------
        DataFrame
            Equal to `digiskills.disclosure.estimate` of the same, attributes included.
        """
        if _loaded() != LOADED:
            return estimate(table, study, count)
        used: dict[str, str] = {}

        def noted(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
            """Return what `count` returns, and note the files that it was read from."""
            survey, answers = count(wave, dimensions)
            used[wave] = survey.digest
            return survey, answers

        path = self.path(table)
        frame = _read(path, loads)
        if frame is None:
            frame = estimate(table, study, noted)
            if used.items() <= self.inputs.items():
                _write(path, _text(frame))
        return frame

    def plan(self, tables: Iterable[DeclaredTable], count: Count, may_go: Iterable[str] = ()) -> Plan:
        """Return the plan of a build.

        Parameters
        ----------
        tables : iterable of DeclaredTable
            Every table of every report, scopes and waves included.
        count : callable
            Takes a wave and dimensions; returns the survey as read from its files, and its answers.
        may_go : iterable of str
            Ids of tables that are left out rather than stop a build where a headline would have to go.

        Returns
        -------
        Plan
            Equal to what `digiskills.disclosure.make` gives for the same.
        """
        declared, may_go = sorted(set(tables)), frozenset(may_go)
        if _loaded() != LOADED:
            return plans.make(self.study, declared, count, may_go=may_go)
        told = [[table.id, *table.specification] for table in declared]
        path = self.folder / f"{self._digest([told, sorted(may_go), editions.digest(self.study.name)])}.plan.json"
        plan = _read(path, plan_file.loads)
        if plan is None:
            plan = plans.make(self.study, declared, count, self.estimate, may_go)
            if plan.inputs.items() <= self.inputs.items():
                _write(path, plan.text)
        return plan

    def holds(self, survey: Survey) -> bool:
        """Tell whether a wave is the one whose estimates are kept: its files have not changed since it was read."""
        return self.inputs.get(survey.wave.name) == survey.digest

    def path(self, table: DeclaredTable) -> Path:
        """Return the file that keeps a table's estimates, whether it is there or not.

        Parameters
        ----------
        table : DeclaredTable
            Its own id does not matter, only what it shows.

        Returns
        -------
        Path
            Named by the digest of all that they are made of.
        """
        return self.folder / f"{self._digest(table.specification)}.json"

    def _digest(self, what: object) -> str:
        return hashlib.sha256(f"{self.made_of} {json.dumps(what)}".encode()).hexdigest()

    @cached_property
    def inputs(self) -> dict[str, str]:
        """The digest of the files that each wave is made from."""
        waves = [wave for wave in self.study.waves if (self.study.folder / wave.file).is_file()]
        return {wave.name: inputs_digest(self.study, wave) for wave in waves}

    @cached_property
    def made_of(self) -> str:
        """What the estimates of all tables are made of."""
        declared = _declared(self.study.folder, {wave.file for wave in self.study.waves})
        threads = [os.environ.get(name, "") for name in THREADS]
        return repr((self.inputs, declared, code_digest(*MADE_BY), _computed_by(), threads))

    def forget(self, most: int = MOST) -> None:
        """Remove the files that were used longest ago, until the others are small enough together.

        Parameters
        ----------
        most : int
            Bytes that may stay.
        """
        with contextlib.suppress(OSError):  # another build does the same
            files = [(file.stat(), file) for file in self.folder.iterdir() if file.is_file()]
            for stat, file in sorted(files, key=lambda each: -each[0].st_mtime_ns):
                most -= stat.st_size
                if most < 0:
                    file.unlink(missing_ok=True)


def _declared(folder: Path, waves: set[str]) -> str:
    """Return the digest of what a study's folder holds besides its waves, without the words of a language."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [(path.relative_to(folder).as_posix(), path) for path in files]
    return repr([(name, one_language.digest(path, "")) for name, path in names if name not in waves])


def _loaded() -> tuple[tuple[str, int], ...]:
    """Return names and times of change of the package's files; asked for each table, so it is quick."""
    return tuple(sorted(_times(str(Path(__file__).parents[1]))))


def _times(folder: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _times(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.path, entry.stat().st_mtime_ns


@cache
def _computed_by() -> str:
    """Return the versions of what computes, and for which processor."""
    found = dict.fromkeys(COMPUTED_BY, "")
    for name in found:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return repr((sys.version, platform.machine(), found))


LOADED = _loaded()
"""The package as this process has it: where its files have changed since, nothing is kept and nothing read."""


def _read(path: Path, loads: Callable[[str], Made]) -> Made | None:
    """Return what is kept, None where it is absent or damaged; what is used is not the first to go."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        made = loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, AttributeError, OverflowError, MemoryError):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return made


def _text(frame: pd.DataFrame) -> str:
    """Return a frame as text, empty where it would not come back as it was."""
    try:
        text = dumps(frame)
    except CannotBeWritten:
        return ""
    return text if dumps(loads(text)) == text else ""


def _write(path: Path, text: str) -> None:
    """Keep a text, which may be empty: then nothing is kept."""
    if text and len(text) <= LARGEST:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with written_aside(path) as aside:
            aside.write(text.encode())
