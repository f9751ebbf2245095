"""The attack on a build: read back what it published, set up what follows, look for what must not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from digiskills import answers, survey
from digiskills.answers import Answers
from digiskills.disclosure import Plan, Source, editions
from digiskills.disclosure.plan import Rows, waves
from digiskills.disclosure.source import Count
from digiskills.disclosure.table import DeclaredTable
from digiskills.disclosure.told import ALL, ANSWERED, ASKED, Told, told
from digiskills.release.attack import Leak, attack
from digiskills.release.collected import TEXTS, Found, collect, plain
from digiskills.study import Study
from digiskills.survey import Survey

NUMBERS = ("n", "clusters", "estimate", "low", "high", "se", "before", "after", "observed")
COUNTED = re.compile(r"(?<![\w.,])\d{1,3}(?:[,\u00a0\u202f]\d{3})*(?![\w%.,]\d|[\w%]|\u00a0%|\u202f%)")


@dataclass(frozen=True, eq=False)
class Checked:
    """What the attack found.

    Parameters
    ----------
    tables : int
        Published tables of the survey that were read, once per file.
    told : mapping of Told to tuple of str
        What they tell, and which files say so.
    leaks : list of Leak
        What a reader can derive and must not.
    faults : list of str
        Files that hold what no plan released.
    """

    tables: int
    told: Mapping[Told, tuple[str, ...]]
    leaks: list[Leak]
    faults: list[str]


def check(study: Study, plan: Plan, folder: Path, count: Count | None = None) -> Checked:
    """Return what a reader of all built files can derive.

    Parameters
    ----------
    study : Study
        The study.
    plan : Plan
        The plan of the build, which says what each table is; what it withholds is not used.
    folder : Path
        Where ``site`` and ``exhibits`` are.
    count : callable, optional
        Takes a wave and dimensions, returns the survey and its answers; read from the study unless given.

    Returns
    -------
    Checked
        Without leaks and faults where the build is safe.
    """
    counted = count or _count(study)
    by_id: dict[str, list[DeclaredTable]] = {}
    for table in plan.tables:
        by_id.setdefault(table.id, []).append(table)
    seen: dict[Told, set[str]] = {}
    every: list[Rows] = []
    faults: list[str] = []
    read = 0
    for found in collect(folder, study.name):
        declared = _declared(found, by_id)
        if declared is None:
            faults.append(f"{found.file}: ‘{found.id}’ is in no plan; run digiskills build")
            continue
        if declared.evidence != "survey":
            continue
        read += 1
        rows = told(found.frame, Source(declared, study, counted))
        shown = _shown(found.frame)
        every.append(Rows(declared, [], [""] * len(rows), rows))
        for cells, is_shown in zip(rows, shown, strict=True):
            for cell in cells if is_shown else ():
                seen.setdefault(cell, set()).add(str(found.file))
        faults += _beside(found, rows, shown, counted)
    published = {cell: tuple(sorted(files)) for cell, files in seen.items()}
    leaks = [leak for wave in waves(study, every, counted) for leak in attack(wave, published)]
    return Checked(read, published, leaks, list(dict.fromkeys([*faults, *_names(study, counted, folder)])))


def edition(study: Study, checked: Checked, name: str, count: Count | None = None) -> Path:
    """Return the file that keeps what a published edition told.

    Parameters
    ----------
    study : Study
        The study.
    checked : Checked
        What its files tell.
    name : str
        The edition.
    count : callable, optional
        As for `check`.

    Returns
    -------
    Path
        In ``reports/editions``.
    """
    counted = count or _count(study)
    return editions.keep(study.name, name, _values(checked.told, counted))


def _count(study: Study) -> Count:
    @cache
    def count(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        read = survey.read(study, wave)
        return read, answers.read(read, dimensions)

    return count


def _declared(found: Found, by_id: Mapping[str, list[DeclaredTable]]) -> DeclaredTable | None:
    """Return the declared table that a file holds."""
    wave = str(found.frame["wave"].iloc[0]) if "wave" in found.frame and len(found.frame) else ""
    scoped = [each for each in by_id.get(found.id, []) if tuple(sorted(each.where)) == found.scope]
    mine = [each for each in scoped if each.wave == wave] or [each for each in scoped if not each.wave]
    return mine[0] if mine else None


def _shown(frame: pd.DataFrame) -> pd.Series:
    """Return which rows have a number, whatever they say of themselves."""
    return frame[[name for name in NUMBERS if name in frame]].notna().any(axis=1)


def _values(cells: Iterable[Told], count: Count) -> dict[Told, float]:
    """Return the true values of cells."""
    from digiskills.disclosure.pattern import Wave, groups_of, item_of
    from digiskills.study import Release

    found: dict[Told, float] = {}
    known = tuple(cells)
    for name in sorted({cell.wave for cell in known}):
        mine = tuple(cell for cell in known if cell.wave == name)
        dimensions = tuple(sorted({one for cell in mine for one, _ in cell.domain}))
        wave = Wave(name, count(name, dimensions)[1], mine, Release())
        parts = [groups_of(wave), *(item_of(wave, item, {}) for item in sorted({cell.item for cell in mine} - {""}))]
        for part in parts:
            found |= dict(zip(part.cells, part.relations.values.tolist(), strict=True))
    return {cell: found[cell] for cell in known}


def _beside(found: Found, rows: list[tuple[Told, ...]], shown: pd.Series, count: Count) -> list[str]:
    """Return the counts of withheld rows that a figure, a caption or a table says all the same."""
    hidden = {cell for cells, is_shown in zip(rows, shown, strict=True) if not is_shown for cell in cells}
    hidden -= {cell for cells, is_shown in zip(rows, shown, strict=True) if is_shown for cell in cells}
    bases = {cell for cell in hidden if cell.sum[0] in (ALL, ANSWERED, ASKED)}
    if not bases:
        return []
    numbers = found.frame.select_dtypes("number").to_numpy(float).ravel()
    numbers = numbers[np.isfinite(numbers)]
    told_here = {f"{value:g}" for value in numbers} | {f"{abs(value) * 100:.0f}" for value in numbers}
    withheld = int((~shown).sum())
    secret = {f"{value:g}": cell for cell, value in _values(bases, count).items() if value > 0}
    secret = {text: cell for text, cell in secret.items() if text not in told_here | {str(withheld)}}
    said = {re.sub(r"\D", "", each) for text in found.texts for each in COUNTED.findall(text)}
    return [
        f"{found.file}: the text beside ‘{found.id}’ says {text}, a withheld count"
        for text in sorted(said & secret.keys())
        if int(text) % 10 or int(text) > 100  # numbers of an axis are no counts
    ]


def _names(study: Study, count: Count, folder: Path) -> list[str]:
    """Return the files in which a department is named as the survey names it."""
    if study.release.departments or not study.design.cluster:
        return []
    labels = {str(label) for wave in study.waves for label in count(wave.name, ())[0].cluster.unique()}  # type: ignore[union-attr]
    words = sorted(label for label in labels if not label.isdigit() and len(label) > 2)
    if not words:
        return []
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b")
    found = []
    for file in _texts(folder, study.name):
        met = pattern.search(plain(file.read_text(encoding="utf-8")))
        if met:
            found.append(f"{file.relative_to(folder)}: names the department {met.group()}")
    return found


def _texts(folder: Path, study: str) -> list[Path]:
    """Return the built files that are text."""
    kinds = {*TEXTS, ".csv"} - {".xlsx"}
    bases = (folder / "exhibits" / study, folder / "site" / study)
    return sorted(path for base in bases for path in base.rglob("*") if path.suffix in kinds)
