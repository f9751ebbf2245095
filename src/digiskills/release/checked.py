"""The attack on a build: read back what it published, set up what follows, look for what must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from digiskills import answers, survey
from digiskills.answers import Answers
from digiskills.disclosure import JOINT, Plan, Source, editions, joint
from digiskills.disclosure.keys import cell_keys
from digiskills.disclosure.parts import groups_of, item_of
from digiskills.disclosure.plan import Rows, waves
from digiskills.disclosure.source import Count
from digiskills.disclosure.table import DEPARTMENT, DeclaredTable
from digiskills.disclosure.told import Told, told
from digiskills.disclosure.wave import Wave
from digiskills.errors import ReleaseError
from digiskills.release import beside, quotes, scanned, workbooks
from digiskills.release.attack import Leak, attack
from digiskills.release.collected import Found, collect
from digiskills.study import Release, Study
from digiskills.survey import Survey

SURVEY = "survey"


@dataclass(frozen=True, eq=False)
class Checked:
    """What the attack found.

    Parameters
    ----------
    tables : int
        Published tables of the survey that were read, once per file.
    files : int
        Published files that were read.
    told : mapping of Told to tuple of str
        What the tables tell, and which files say so.
    leaks : list of Leak
        What a reader can derive and must not.
    faults : list of str
        Files that hold what no plan released.
    published : mapping
        For each survey table's specification, the cells of the rows that it was published with: a table may be
        planned with measures that no page shows.
    """

    tables: int
    files: int
    told: Mapping[Told, tuple[str, ...]]
    leaks: list[Leak]
    faults: list[str]
    published: Mapping[tuple[object, ...], set[tuple[str, ...]]] = field(default_factory=dict)


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

    Raises
    ------
    ReleaseError
        If the folder holds no file of the study: an attack on nothing finds nothing, which proves nothing.

    Notes
    -----
    Tables (CSV files, those inside pages, the parts of joint displays) say what is known of which group; all sums
    among them are used. Whatever else a file says (pictures, alternative texts, captions, sentences, notes in JSON,
    worksheets, quotations) is held against them, and scanned for what is in no released table at all.
    """
    files = len(scanned.files(folder, study.name))
    if not files:
        raise ReleaseError(f"{folder}: nothing of study {study.name} was built here; run digiskills build")
    counted = count or _count(study)
    known = collect(folder, study.name)
    faults = [*_unplanned(known, plan)]
    seen: dict[Told, set[str]] = {}
    every: list[Rows] = []
    cells_of: dict[tuple[object, ...], set[tuple[str, ...]]] = {}
    for found, declared in _of_survey(known, plan, study):
        source = Source(declared, study, counted)
        rows, shown = told(found.frame, source), beside.numbered(found.frame, declared.by)
        every.append(Rows(declared, [], [""] * len(rows), rows))
        cells_of.setdefault(declared.specification, set()).update(cell_keys(found.frame, declared.by))
        for cells, is_shown in zip(rows, shown, strict=True):
            for cell in cells if is_shown else ():
                seen.setdefault(cell, set()).add(str(found.file))
        values = true_values(beside.hidden_bases(rows, shown), counted)
        faults += beside.said_beside(found, rows, shown, values, source)
    published = {cell: tuple(sorted(files)) for cell, files in seen.items()}
    leaks = [leak for wave in waves(study, every, counted) for leak in attack(wave, published)]
    faults += [*workbooks.read_back(folder, study.name, known), *quotes.read_back(study, folder)]
    public = frozenset(each.id for each in plan.tables) - {each.id for each in plan.tables if each.evidence == SURVEY}
    faults += scanned.scan(study, folder, _departments(study, counted), public)
    return Checked(len(every), files, published, leaks, list(dict.fromkeys(faults)), cells_of)


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
    return editions.keep(study.name, name, true_values(checked.told, count or _count(study)))


def true_values(cells: Iterable[Told], count: Count) -> dict[Told, float]:
    """Return the true values of cells.

    Parameters
    ----------
    cells : iterable of Told
        Of any waves and items.
    count : callable
        Takes a wave and dimensions, returns the survey and its answers.

    Returns
    -------
    dict of Told to float
        One per cell.
    """
    found: dict[Told, float] = {}
    known = tuple(cells)
    for name in sorted({cell.wave for cell in known}):
        mine = tuple(cell for cell in known if cell.wave == name)
        dimensions = tuple(sorted({one for cell in mine for one, _ in cell.domain} - {DEPARTMENT}))
        wave = Wave(name, count(name, dimensions)[1], mine, Release())
        parts = [groups_of(wave), *(item_of(wave, item, {}) for item in sorted({cell.item for cell in mine} - {""}))]
        for part in parts:
            found |= dict(zip(part.cells, part.relations.values.tolist(), strict=True))
    return {cell: found[cell] for cell in known}


def _count(study: Study) -> Count:
    @cache
    def count(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        read = survey.read(study, wave)
        return read, answers.read(read, dimensions)

    return count


def _unplanned(known: Iterable[Found], plan: Plan) -> Iterator[str]:
    """Yield the files that hold a table of no plan."""
    for found in known:
        if _declared(found, plan) is None:
            yield f"{found.file}: ‘{found.id}’ is in no plan; run digiskills build"


def _of_survey(known: Iterable[Found], plan: Plan, study: Study) -> Iterator[tuple[Found, DeclaredTable]]:
    """Yield every published table of the survey, those inside joint displays too."""
    for found in known:
        declared = _declared(found, plan)
        if declared is not None and declared.evidence == SURVEY:
            yield found, declared
        elif declared is not None and declared.evidence == JOINT:
            for name, part in joint.parts(declared, study).items():
                rows = found.frame[found.frame["part"].eq(name)].reset_index(drop=True)
                if part.evidence == SURVEY and len(rows):
                    yield replace(found, frame=rows.dropna(axis=1, how="all"), texts=()), part


def _declared(found: Found, plan: Plan) -> DeclaredTable | None:
    """Return the declared table that a file holds."""
    wave = str(found.frame["wave"].iloc[0]) if "wave" in found.frame and len(found.frame) else ""
    scoped = [each for each in plan.tables if each.id == found.id and tuple(sorted(each.where)) == found.scope]
    mine = [each for each in scoped if each.wave == wave] or [each for each in scoped if not each.wave]
    return mine[0] if mine else None


def _departments(study: Study, count: Count) -> set[str]:
    """Return the names of departments that no file may hold."""
    if study.release.departments or not study.design.cluster:
        return set()
    return {str(label) for wave in study.waves for label in count(wave.name, ())[0].cluster.unique()}  # type: ignore[union-attr]
