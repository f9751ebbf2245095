"""One passage, one attribution, over every page of the site: two of them would tell the finer one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digiskills.errors import StudyError, UsageError
from digiskills.reports import execute, placing
from digiskills.reports.declared import Report

if TYPE_CHECKING:
    import pandas as pd

    from digiskills.reports.run import Outcome
    from digiskills.study import Study

SAID = "passages under two attributions, of which one tells the other: {passages}; build all reports of the study"
_MARK = b"data-passage="


def refused(outcomes: Sequence[Outcome], pages: Mapping[str, str], folder: Path) -> Iterator[Outcome]:
    """Yield the reports just made that show a passage under another attribution than a page of the site does.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What was made, all of one study.
    pages : mapping of str to str
        The page behind each ``language/name``, for the page that says why.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.

    Yields
    ------
    Outcome
        ``failed``: page and exhibits have given way to a page that says so.
    """
    from digiskills.disclosure.passages import two_attributions

    made = {page_of(one.report, folder): one for one in outcomes if one.status == "made"}
    if not made:
        return
    shown = on_pages(folder / "site" / next(iter(made.values())).report.study)
    twice = set(two_attributions(shown.values()))
    for page, outcome in made.items():
        wrong = [name for name in shown[page]["passage"] if name in twice] if page in shown else []
        if wrong:
            reason = SAID.format(passages=", ".join(dict.fromkeys(wrong)))
            aside = placing.aside_of(outcome.report, folder)
            yield execute.rescue(outcome.report, pages, folder, aside, reason)


def log(study: Study) -> None:
    """Write what the gate does with each passage, and which ones wait for a person, for the study's owner alone.

    Parameters
    ----------
    study : Study
        Nothing is written where it has no focus groups or no texts to show; pages say what is wrong with them.
    """
    from digiskills import focus_groups
    from digiskills.disclosure import passages

    with contextlib.suppress(StudyError, UsageError):
        coded = focus_groups.read(study)
        if coded is not None:
            described = study.described_by(coded.frameworks)
            passages.write_log(study.name, passages.release(coded, described, scope=focus_groups.EVERYTHING))


def on_pages(folder: Path) -> dict[Path, pd.DataFrame]:
    """Return the passages that each page shows.

    Parameters
    ----------
    folder : Path
        A site, or a study's part of one.

    Returns
    -------
    dict of Path to pandas.DataFrame
        Pages that show any, in alphabetical order; see `digiskills.disclosure.passages.shown`.
    """
    from digiskills.disclosure import passages

    read = {path: path.read_bytes() for path in sorted(folder.rglob("*.html"))}
    return {path: passages.shown(page.decode()) for path, page in read.items() if _MARK in page}


def page_of(report: Report, folder: Path) -> Path:
    """Return where the page of a report is.

    Parameters
    ----------
    report : Report
        The report.
    folder : Path
        Where ``site`` is.

    Returns
    -------
    Path
        It need not exist.
    """
    return folder / "site" / report.study / report.language / f"{report.page}.html"
