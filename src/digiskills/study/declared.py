"""A study as its ``study.toml`` declares it, and the reading of that file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from digiskills import codebook, frameworks, paths
from digiskills.codebook import Codebook
from digiskills.errors import Problem, StudyError, UsageError, nearest
from digiskills.frameworks import Frameworks
from digiskills.study.design import Design, design
from digiskills.study.dimensions import Dimension, dimensions
from digiskills.study.evidence import Evidence, evidence
from digiskills.study.literacy import Literacy, literacy
from digiskills.study.problems import FILE, Problems
from digiskills.study.release import Release, release
from digiskills.study.waves import LATEST, Wave, waves

_KEYS = ("title", "without", "evidence", "dimensions", "waves", "design", "release", "population", "literacy")


@dataclass(frozen=True)
class Study:
    """A study as declared: evidence, dimensions, waves, design, release rules and codebook.

    Parameters
    ----------
    name : str
        Name of its folder.
    folder : Path
        Its folder in ``data/raw``.
    title : mapping of str to str
        By language.
    evidence, dimensions : mapping
        By name.
    waves : tuple of Wave
        In order of time.
    design : Design
        The survey's.
    release : Release
        The study's rules.
    population_file : str
        File of heads per cell of dimensions, empty where unknown.
    literacy : Literacy or None
        The minimum of digital literacy, None where the study declares none.
    """

    name: str
    folder: Path
    title: Mapping[str, str]
    evidence: Mapping[str, Evidence]
    dimensions: Mapping[str, Dimension]
    waves: tuple[Wave, ...] = ()
    design: Design = field(default_factory=Design)
    release: Release = field(default_factory=Release)
    population_file: str = ""
    literacy: Literacy | None = None

    @cached_property
    def codebook(self) -> Codebook:
        """The survey's questions and answers."""
        return codebook.read(self.folder / "codebook")

    @property
    def replicate_weights(self) -> tuple[str, ...]:
        """Columns of the replicate weights, as the codebook has them; none where the study declares none."""
        declared = self.design.replicates
        return () if declared is None else declared.among(self.codebook.items)

    @cached_property
    def frameworks(self) -> frameworks.Frameworks:
        """Labels of skills, barriers and what else the study's documents name."""
        return frameworks.read(self.folder / "frameworks")

    def described_by(self, given: Frameworks) -> Study:
        """Return the study with other words, such as those for what a received project leaves unsaid.

        Parameters
        ----------
        given : Frameworks
            Instead of those in its folder.

        Returns
        -------
        Study
            Otherwise the same.
        """
        study = replace(self)
        study.__dict__["frameworks"] = given  # where the cached property keeps what it has read
        return study

    def wave(self, name: str = LATEST) -> Wave:
        """Return one wave.

        Parameters
        ----------
        name : str
            A wave's name, or ``latest``.

        Returns
        -------
        Wave
            The wave.

        Raises
        ------
        UsageError
            If the study has no such wave.
        """
        if name == LATEST and self.waves:
            return self.waves[-1]
        for wave in self.waves:
            if wave.name == name:
                return wave
        known = [LATEST, *(wave.name for wave in self.waves)]
        raise UsageError(f"study {self.name} has no wave ‘{name}’: {nearest(name, known)}")

    def dimension(self, name: str) -> Dimension:
        """Return one dimension.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Dimension
            The dimension.

        Raises
        ------
        UsageError
            If the study has no such dimension.
        """
        if name not in self.dimensions:
            raise UsageError(f"study {self.name} has no dimension ‘{name}’: {nearest(name, self.dimensions)}")
        return self.dimensions[name]


def names() -> list[str]:
    """Return the names of the studies in ``data/raw``.

    Returns
    -------
    list of str
        Folders that hold a ``study.toml``, in alphabetical order.
    """
    return sorted(path.parent.name for path in paths.raw("").glob(f"*/{FILE}"))


def read(name: str) -> Study:
    """Return what a study declares.

    Parameters
    ----------
    name : str
        Its folder in ``data/raw``.

    Returns
    -------
    Study
        The study; its codebook is read when first asked for.

    Raises
    ------
    UsageError
        If there is no such study.
    StudyError
        With every problem of ``study.toml``.
    """
    path = paths.raw(name) / FILE
    if name not in names():
        raise UsageError(f"there is no study ‘{name}’ in data/raw: {nearest(name, names())}")
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError([Problem(FILE, None, None, None, f"is not TOML: {error}")]) from None
    problems = Problems()
    study = _study(name, path.parent, declared, problems)
    if problems:
        raise StudyError(problems)
    return study


def _study(name: str, folder: Path, declared: Mapping[str, Any], problems: Problems) -> Study:
    problems.known("", declared, _KEYS)
    return Study(
        name=name,
        folder=folder,
        title=problems.labels("title", declared.get("title")),
        evidence=evidence(declared.get("evidence", {}), problems),
        dimensions=dimensions(declared.get("dimensions", {}), problems, declared.get("without", ())),
        waves=waves(declared.get("waves", []), problems),
        design=design(declared.get("design", {}), declared.get("dimensions", {}).keys(), problems),
        release=release(declared.get("release", {}), problems),
        population_file=_population(declared.get("population", {}), problems),
        literacy=literacy(declared.get("literacy"), problems),
    )


def _population(table: Mapping[str, Any], problems: Problems) -> str:
    """The file of heads."""
    problems.known("population", table, ("file",))
    return str(table.get("file", ""))
