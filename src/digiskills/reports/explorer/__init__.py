"""The explorer: every number that tables about skills, barriers and answers release, on one page to sort and filter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digiskills import aside
from digiskills import study as studies
from digiskills.codebook import LANGUAGES
from digiskills.reports import declared, freshness, imports
from digiskills.study import Study

if TYPE_CHECKING:
    from digiskills.disclosure import Released

NAME = "explorer"
SOURCE = "from digiskills.reports.explorer import page, rows"


def write(study: str, folder: Path, languages: Collection[str] = LANGUAGES) -> list[Path]:
    """Return what was written of a study's explorer; nothing where it is still what its inputs would give.

    Parameters
    ----------
    study : str
        Name of the study.
    folder : Path
        Where ``site`` is.
    languages : collection of str
        Of the pages.

    Returns
    -------
    list of Path
        The pages, one per language, and the CSV files beside them.
    """
    stale = {name: key for name, key in keys(study, languages).items() if not is_fresh(study, name, key, folder)}
    return [path for name, key in stale.items() for path in _write(studies.read(study), name, key, folder)]


def keys(study: str, languages: Collection[str] = LANGUAGES) -> dict[str, str]:
    """Return the digest of all that the explorer of a study rests on, by language.

    Parameters
    ----------
    study : str
        Name of the study.
    languages : collection of str
        Those wanted.

    Returns
    -------
    dict of str to str
        Of its data, the declared tables, the package's files behind the page, the installed packages.
    """
    planned = declared.reports(study)
    inputs = freshness.inputs(study, planned)
    return {
        language: freshness.key({**inputs[language], "code": imports.digest(SOURCE, language)})
        for language in languages
    }


def is_fresh(study: str, language: str, key: str, folder: Path) -> bool:
    """Tell whether a page is there and was made from what gives a key.

    Parameters
    ----------
    study, language : str
        Whose page it is.
    key : str
        What `keys` gives.
    folder : Path
        Where ``site`` is.

    Returns
    -------
    bool
        As the page says of itself.
    """
    path = _path(study, language, folder)
    return path.is_file() and f'data-key="{key}"' in path.read_text(encoding="utf-8")


def _write(study: Study, language: str, key: str, folder: Path) -> Iterator[Path]:
    """Write the page of one language and its files aside and put them in place."""
    from digiskills.reports.explorer import page, rows

    shown = list(_released(study, language))
    path = _path(study.name, language, folder)
    files = dict(_csv(shown))
    for name, content in files.items():
        yield _put(path.with_name(f"{NAME}-files") / name, content)
    links = [(f"{NAME}-files/{name}", name.replace("/", ": ").removesuffix(".csv")) for name in files]
    document = page.page(study, rows.rows(shown), links, language, key)
    yield _put(path, document.encode())


def _released(study: Study, language: str) -> Sequence[Released]:
    """Return the tables that the plan of the last build lets out; the plan is made where it is not of these data."""
    from digiskills.disclosure import read_plan
    from digiskills.reports.explorer import rows
    from digiskills.reports.run import declared_tables, prepare

    planned = declared.reports(study.name)
    tables = [table for report in planned for table in declared_tables(report, study)]
    plan = read_plan(study.name)
    if plan is None or not {table.id for table in set(tables) - set(plan.tables)} <= set(plan.left_out):
        prepare(study, planned)
        plan = read_plan(study.name)
    if plan is None:
        return []
    return list(rows.released(study, [table for table in tables if table.id not in plan.left_out], plan, language))


def _csv(tables: Sequence[Released]) -> Iterator[tuple[str, bytes]]:
    """Yield the same numbers as files, in a folder per wave and scope, under the first id of each table."""
    from digiskills import exhibits

    for table in tables:
        scope = "".join(f"--{name}-{category}" for name, category in table.where.items())
        yield f"{table.wave}{scope}/{min(table.ids)}.csv", exhibits.csv(table)


def _path(study: str, language: str, folder: Path) -> Path:
    return folder / "site" / study / language / f"{NAME}.html"


def _put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return aside.put(path, content)
