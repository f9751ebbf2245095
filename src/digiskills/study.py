"""What a study declares in its ``study.toml``; no data are read here."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from digiskills import codebook, frameworks, paths
from digiskills.codebook import Codebook
from digiskills.errors import Problem, StudyError, UsageError, nearest

EVIDENCE_KINDS = ("synthetic", "collected", "published")
LONELY_RULES = ("adjust", "average", "certainty", "fail")
REQUIRED_DIMENSIONS = ("department_size", "level")
LATEST = "latest"

_KEYS = {
    "": {"title", "evidence", "dimensions", "waves", "design", "release", "population", "literacy"},
    "evidence": {"kind", "label", "folder"},
    "dimensions": {"label", "item", "categories"},
    "categories": {"name", "label", "code"},
    "waves": {"name", "date", "file"},
    "design": {"weight", "stratum", "cluster", "population", "people", "lonely_cluster", "intervals"},
    "release": {"smallest_group", "fewest_clusters", "departments"},
    "population": {"file"},
    "literacy": {"tasks", "tasks_score", "quiz", "quiz_score"},
}


@dataclass(frozen=True)
class Evidence:
    """One kind of evidence of a study; its banner follows it to every page and figure.

    Parameters
    ----------
    name : str
        ``survey``, ``focus_groups`` or ``published``.
    kind : str
        ``synthetic``, ``collected`` or ``published``.
    labels : mapping of str to str
        Its name for the reader, by language.
    folder : str
        Folder of its files inside the study's, empty for the survey's own files.
    """

    name: str
    kind: str
    labels: Mapping[str, str]
    folder: str = ""


@dataclass(frozen=True)
class Category:
    """One category of a dimension and its code in the received file."""

    name: str
    labels: Mapping[str, str]
    code: str


@dataclass(frozen=True)
class Dimension:
    """What answers are broken down by, with its categories in order.

    Parameters
    ----------
    name : str
        ``department_size``, ``level`` and others the study has.
    labels : mapping of str to str
        Its name for the reader, by language.
    item : str
        The survey's column that holds it.
    categories : tuple of Category
        In the order in which they are shown.
    """

    name: str
    labels: Mapping[str, str]
    item: str
    categories: tuple[Category, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the categories in order."""
        return tuple(category.name for category in self.categories)

    def label(self, category: str, language: str) -> str:
        """Return the words of a category.

        Parameters
        ----------
        category : str
            Its name.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            Its label.

        Raises
        ------
        UsageError
            If the dimension has no such category.
        """
        for known in self.categories:
            if known.name == category:
                return known.labels[language]
        raise UsageError(f"{self.name} has no category ‘{category}’: {nearest(category, self.names)}")


@dataclass(frozen=True)
class Wave:
    """One round of the survey: its name, the date of its data and its file."""

    name: str
    date: datetime.date
    file: str


@dataclass(frozen=True)
class Design:
    """How the survey was sampled: names of columns, empty where the survey has none.

    Parameters
    ----------
    weight, stratum, cluster : str
        Columns of the survey.
    population : str
        File with the columns wave, stratum and the number of clusters in the stratum.
    people : str
        File with the columns wave, cluster's name and the number of its people: the second stage.
    lonely_cluster : str
        What to do with a stratum of one sampled cluster.
    intervals : bool
        False where the sample's clusters exist and are not known: then no standard error is right.
    """

    weight: str = ""
    stratum: str = ""
    cluster: str = ""
    population: str = ""
    people: str = ""
    lonely_cluster: str = "adjust"
    intervals: bool = True


@dataclass(frozen=True)
class Release:
    """What may leave: the fewest answers and clusters behind a published number, and single departments or not."""

    smallest_group: int = 10
    fewest_clusters: int = 3
    departments: bool = False


@dataclass(frozen=True)
class Literacy:
    """The minimum of digital literacy: items (or roles) and the score that each of them has to reach."""

    tasks: tuple[str, ...]
    tasks_score: float
    quiz: tuple[str, ...] = ()
    quiz_score: float = 1.0


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

    @cached_property
    def frameworks(self) -> frameworks.Frameworks:
        """Labels of skills, barriers and what else the study's documents name."""
        return frameworks.read(self.folder / "frameworks")

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
    return sorted(path.parent.name for path in paths.raw("").glob("*/study.toml"))


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
    path = paths.raw(name) / "study.toml"
    if name not in names():
        raise UsageError(f"there is no study ‘{name}’ in data/raw: {nearest(name, names())}")
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError([Problem("study.toml", None, None, None, f"is not TOML: {error}")]) from None
    return _Reader().study(name, path.parent, declared)


class _Reader:
    """Turns the TOML tables into a study and gathers what is wrong on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, key: str, value: object, message: str, allowed: str = "") -> None:
        shown = None if value is None else str(value)
        self.problems.append(Problem("study.toml", None, key, shown, message, allowed))

    def study(self, name: str, folder: Path, declared: dict[str, Any]) -> Study:
        self.known("", declared, _KEYS[""])
        study = Study(
            name=name,
            folder=folder,
            title=self.labels("title", declared.get("title")),
            evidence=self.evidence(declared.get("evidence", {})),
            dimensions=self.dimensions(declared.get("dimensions", {})),
            waves=self.waves(declared.get("waves", [])),
            design=self.design(declared.get("design", {})),
            release=self.release(declared.get("release", {})),
            population_file=self.population(declared.get("population", {})),
            literacy=self.literacy(declared.get("literacy")),
        )
        if self.problems:
            raise StudyError(self.problems)
        return study

    def known(self, key: str, table: dict[str, Any], words: set[str]) -> None:
        for word in table.keys() - words:
            self.problem(f"{key}.{word}".strip("."), None, "is no key of study.toml", nearest(word, sorted(words)))

    def labels(self, key: str, given: object) -> dict[str, str]:
        given = given if isinstance(given, dict) else {}
        for language in ("en", "fr"):
            if not isinstance(given.get(language), str) or not given[language].strip():
                self.problem(f"{key}.{language}", None, "is missing", "a text")
        return {language: str(given.get(language, "")) for language in ("en", "fr")}

    def choice(self, key: str, value: object, allowed: tuple[str, ...]) -> str:
        if value not in allowed:
            self.problem(key, value, "is not known", f"one of {', '.join(allowed)}")
        return str(value)

    def evidence(self, tables: dict[str, Any]) -> dict[str, Evidence]:
        if not tables:
            self.problem("evidence", None, "is missing", "at least one table [evidence.<name>]")
        found = {}
        for name, table in tables.items():
            self.known(f"evidence.{name}", table, _KEYS["evidence"])
            kind = self.choice(f"evidence.{name}.kind", table.get("kind"), EVIDENCE_KINDS)
            labels = self.labels(f"evidence.{name}.label", table.get("label"))
            found[name] = Evidence(name, kind, labels, str(table.get("folder", "")))
        return found

    def dimensions(self, tables: dict[str, Any]) -> dict[str, Dimension]:
        for name in REQUIRED_DIMENSIONS:
            if name not in tables:
                self.problem(f"dimensions.{name}", None, "is missing", "its label and its categories in order")
        found = {}
        for name, table in tables.items():
            key = f"dimensions.{name}"
            self.known(key, table, _KEYS["dimensions"])
            categories = self.categories(f"{key}.categories", table.get("categories", []))
            labels = self.labels(f"{key}.label", table.get("label"))
            found[name] = Dimension(name, labels, str(table.get("item", name)), categories)
        return found

    def categories(self, key: str, tables: list[dict[str, Any]]) -> tuple[Category, ...]:
        if not tables:
            self.problem(key, None, "is missing", "[{ name, label.en, label.fr }, …] in order")
        found: dict[str, Category] = {}
        for number, table in enumerate(tables, start=1):
            self.known(f"{key}[{number}]", table, _KEYS["categories"])
            name = str(table.get("name", ""))
            if not name or name == "all" or name in found:
                self.problem(f"{key}[{number}].name", name, "is missing, used twice or the word ‘all’", "a new name")
            labels = self.labels(f"{key}[{number}].label", table.get("label"))
            found[name] = Category(name, labels, str(table.get("code", name)))
        return tuple(found.values())

    def waves(self, tables: list[dict[str, Any]]) -> tuple[Wave, ...]:
        found = []
        for number, table in enumerate(tables, start=1):
            key = f"waves[{number}]"
            self.known(key, table, _KEYS["waves"])
            date = table.get("date")
            if type(date) is not datetime.date:
                self.problem(f"{key}.date", date, "is not a date", "a date such as 2025-05-31, without quotes")
                date = datetime.date.min
            for word in ("name", "file"):
                if not isinstance(table.get(word), str):
                    self.problem(f"{key}.{word}", table.get(word), "is missing or not a text")
            found.append(Wave(str(table.get("name")), date, str(table.get("file"))))
        return tuple(sorted(found, key=lambda wave: wave.date))

    def design(self, table: dict[str, Any]) -> Design:
        self.known("design", table, _KEYS["design"])
        if type(table.get("intervals", True)) is not bool:
            self.problem("design.intervals", table["intervals"], "is neither true nor false")
        names = {word: str(table[word]) for word in _KEYS["design"] & table.keys() - {"intervals"}}
        design = Design(**names, intervals=bool(table.get("intervals", True)))
        self.choice("design.lonely_cluster", design.lonely_cluster, LONELY_RULES)
        return design

    def release(self, table: dict[str, Any]) -> Release:
        self.known("release", table, _KEYS["release"])
        for word, lowest in (("smallest_group", 3), ("fewest_clusters", 1)):
            given = table.get(word, getattr(Release, word))
            if type(given) is not int or given < lowest:
                self.problem(f"release.{word}", given, "is too low or not a whole number", f"{lowest} or more")
                table = {key: value for key, value in table.items() if key != word}
        if type(table.get("departments", False)) is not bool:
            self.problem("release.departments", table["departments"], "is neither true nor false")
        return Release(**{word: table[word] for word in _KEYS["release"] & table.keys()})

    def population(self, table: dict[str, Any]) -> str:
        self.known("population", table, _KEYS["population"])
        return str(table.get("file", ""))

    def literacy(self, table: dict[str, Any] | None) -> Literacy | None:
        if table is None:
            return None
        self.known("literacy", table, _KEYS["literacy"])
        words = {word: table.get(word, []) for word in ("tasks", "quiz")}
        named = {word: (given,) if isinstance(given, str) else tuple(given) for word, given in words.items()}
        if not named["tasks"]:
            self.problem("literacy.tasks", None, "is missing", "a role of the codebook, or a list of items")
        for word in ("tasks_score", "quiz_score"):
            if type(table.get(word, 1)) not in (int, float):
                self.problem(f"literacy.{word}", table[word], "is not a number", "the score that has to be reached")
                return None
        scores = float(table.get("tasks_score", 1)), float(table.get("quiz_score", 1))
        return Literacy(named["tasks"], scores[0], named["quiz"], scores[1])
