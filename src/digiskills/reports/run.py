"""Running notebooks into pages: what is stale, two at a time, each on its own."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from digiskills import study as studies
from digiskills.reports import attributions, freshness, imports, left_out, placing
from digiskills.reports.declared import Report
from digiskills.reports.engines import CLUSTER, FORK, PAPERMILL, Call, Work, cluster, forks, kernels
from digiskills.reports.engines.forks import Zygote
from digiskills.reports.freshness import Ledger
from digiskills.study import Study

if TYPE_CHECKING:
    from digiskills.answers import Answers
    from digiskills.disclosure import DeclaredTable
    from digiskills.survey import Survey


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How one report ended.

    Parameters
    ----------
    report : Report
        The report.
    status : str
        ``fresh`` (nothing to do), ``made`` or ``failed``.
    seconds : float
        How long it took.
    error : str
        One line, for a failed report.
    files : tuple of Path
        What was written.
    """

    report: Report
    status: str
    seconds: float = 0.0
    error: str = ""
    files: tuple[Path, ...] = ()


DECIDING = "estimating tables and deciding which cells may be shown; this takes minutes where data or tables are new"
PAUSE = 1.0  # seconds between two writings of run.json, which tells of all reports each time
Tell = Callable[[Outcome], None]
Note = Callable[[str], None]


def build(
    reports: Sequence[Report],
    planned: Sequence[Report],
    folder: Path,
    jobs: int = 2,
    force: bool = False,
    tell: Tell = lambda outcome: None,
    engine: str = FORK,
    timeout: float = 0.0,
    memory: int = 0,
    note: Note = lambda text: None,
    scheduler: str = "",
    zygote: Zygote | None = None,
) -> list[Outcome]:
    """Return how each report ended; pages of those that were stale are made.

    Parameters
    ----------
    reports : sequence of Report
        The pages wanted, all of one study.
    planned : sequence of Report
        All reports whose tables the release plan is decided over.
    folder : Path
        Where ``site``, ``exhibits``, ``runs`` and ``run.json`` are.
    jobs : int
        Notebooks that run at once.
    force : bool
        Run those that are fresh, too.
    tell : callable
        Called with each outcome as soon as it is known.
    engine : str
        One of `digiskills.reports.engines.ENGINES`; where processes cannot be forked, papermill's own.
    timeout : float
        Seconds that one report may take (one cell, with papermill's own engine); 0 for no limit.
    memory : int
        MiB that one report may use beyond what all share; 0 for no limit.
    note : callable
        Called with what the user should know.
    scheduler : str
        Address of the scheduler of a Dask cluster whose workers make the reports; this machine makes them by default.
    zygote : Zygote, optional
        Of so many jobs, warming up since before anything was read; by default one is started for what is stale.

    Returns
    -------
    list of Outcome
        One per report, in the order given.

    Raises
    ------
    StudyError
        The study's data cannot be read; no notebook was run.
    """
    ledger = freshness.read(folder)
    parts = parts_of(reports, planned)
    keys = {name: freshness.key(found) for name, found in parts.items()}
    stale = [r for r in reports if force or freshness.state(r, keys[r.key], ledger, folder) != "fresh"]
    outcomes = {report.key: Outcome(report, "fresh") for report in reports if report not in stale}
    for outcome in outcomes.values():
        tell(outcome)
    if stale:
        placing.sweep(folder)
        # One that began to import before the digests above were taken may hold an older package than they tell of.
        is_current = zygote is not None and zygote.code == imports.code_state()
        warm = contextlib.nullcontext(zygote) if is_current else _warming("" if scheduler else engine, jobs, note)
        with warm as zygote:
            gone = _prepared(zygote, stale[0].study, planned, note)
            for name in sorted(gone):
                note(f"left out: {name} (with so few answers it could be protected only if a headline went, too)")
            stale = [left_out.without(report, gone) for report in stale]
            work = Work(_longest_first(stale, ledger), _pages(planned), folder, jobs, timeout, memory)
            with _kept(ledger, folder) as keep:
                for outcome, used in _run(zygote, work, note, scheduler):
                    outcomes[outcome.report.key] = outcome
                    _remember(outcome, parts[outcome.report.key], ledger, folder, used)
                    keep()
                    tell(outcome)
                for outcome in attributions.refused([outcomes[report.key] for report in stale], work.pages, folder):
                    name = outcome.report.key
                    outcomes[name] = outcome
                    _remember(outcome, parts[name], ledger, folder, ledger[name]["engine"])
                    tell(outcome)
    return [outcomes[report.key] for report in reports]


def _longest_first(reports: Sequence[Report], ledger: Ledger) -> list[Report]:
    """Return reports in the order in which they are to start: those that took longest last time first."""
    return sorted(reports, key=lambda report: -ledger.get(report.key, {}).get("seconds", float("inf")))


def parts_of(reports: Sequence[Report], planned: Sequence[Report]) -> dict[str, dict[str, str]]:
    """Return the digests of all that each report rests on, by its name."""
    inputs = {name: freshness.inputs(name, planned) for name in {report.study for report in reports}}
    return {report.key: freshness.parts(report, inputs[report.study]) for report in reports}


def forget(reports: Sequence[Report], folder: Path) -> None:
    """Remove what was made for reports of the same study that are no longer declared; scopes made on request stay.

    Parameters
    ----------
    reports : sequence of Report
        All that are declared for the study, in every language.
    folder : Path
        Where ``site``, ``exhibits``, ``runs`` and ``run.json`` are.
    """
    ledger = freshness.read(folder)
    known, at = {report.key for report in reports}, {report.study for report in reports}
    asked = {name for name, entry in ledger.items() if entry.get("on_request")}
    gone = [name for name in ledger if name.split("/")[0] in at and name not in known | asked]
    for name in gone:
        for file in ledger.pop(name).get("outputs", {}):
            (folder / file).unlink(missing_ok=True)
    if gone:
        freshness.write(ledger, folder)


def _prepared(zygote: Zygote | None, study: str, planned: Sequence[Report], note: Note) -> frozenset[str]:
    """Prepare a study where everything is imported already; here where that cannot be, or to say what is wrong."""
    call = Call(f"{__name__}:prepare_named", (study, planned))
    done = zygote.do([call], lambda: note(DECIDING))[0] if zygote else None
    return frozenset(done.value) if done else prepare_named(study, planned)


def prepare_named(study: str, planned: Iterable[Report]) -> frozenset[str]:
    """Do what `prepare` does, for the study of a name."""
    return prepare(studies.read(study), planned)


def prepare(study: Study, planned: Iterable[Report]) -> frozenset[str]:
    """Make a study's processed data and its release plan, before any notebook runs.

    Parameters
    ----------
    study : Study
        The study.
    planned : iterable of Report
        All reports whose tables the plan is decided over.

    Returns
    -------
    frozenset of str
        Ids of tables of a default set that the plan left out, as a headline would have had to go for them.
    """
    from digiskills import answers, disclosure, survey

    survey.process(study)
    attributions.log(study)

    @cache
    def count(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
        """Return a wave and its answers, counted once for all tables that need the same."""
        read = survey.read(study, wave)
        return read, answers.read(read, dimensions)

    tables = [table for report in planned for table in declared_tables(report, study)]
    kept = disclosure.Kept(study)
    plan = kept.plan(tables, count, left_out.may_go(study))
    disclosure.write_plan(plan)
    kept.forget()
    return frozenset(plan.left_out)


def declared_tables(report: Report, study: Study) -> list[DeclaredTable]:
    """Return the tables of a report as disclosure control knows them: one per table and wave.

    Parameters
    ----------
    report : Report
        The report; its wave stands where a table is declared for the latest one.
    study : Study
        Its study.

    Returns
    -------
    list of DeclaredTable
        Tables of evidence without waves have none.
    """
    from digiskills.disclosure import JOINT, DeclaredTable, joint

    own = str(report.parameters.get("wave", "latest"))
    found = []
    for table in report.tables:
        items = (table.items,) if isinstance(table.items, str) else table.items
        has_waves = table.evidence in ("survey", JOINT)
        named = _waves(table.waves, study) if has_waves else ()
        waves = [study.wave(own if wave == "latest" else wave).name for wave in named]
        for wave in waves if has_waves else [""]:
            shown = tuple(item for item in items if item)
            what = (study.name, table.evidence, table.kind, shown, table.by, wave, table.where, table.options)
            found.append(DeclaredTable(table.id, *what))
    joined = [table for table in found if table.evidence == JOINT]
    return [*found, *(part for table in joined for part in joint.parts(table, study).values())]


def _waves(waves: Sequence[str], study: Study) -> list[str]:
    """Return names of waves, ``all`` spelt out."""
    return [wave.name for wave in study.waves] if list(waves) == ["all"] else list(waves)


def _run(zygote: Zygote | None, work: Work, note: Note, scheduler: str) -> Iterator[tuple[Outcome, str]]:
    """Yield the outcome of each report as it ends, and the engine that made it."""
    if scheduler:
        yield from ((outcome, CLUSTER) for outcome in cluster.outcomes(work, scheduler, note))
        return
    left = {report.key: report for report in work.reports}
    try:
        for outcome in zygote.outcomes(work) if zygote else ():
            del left[outcome.report.key]
            yield outcome, FORK
    except forks.Refused as why:
        note(f"notebooks run with stock kernels, which is slower: {why}")
    for outcome in kernels.outcomes(work._replace(reports=list(left.values()))) if left else ():
        yield outcome, PAPERMILL


@contextlib.contextmanager
def _warming(engine: str, jobs: int, note: Note) -> Iterator[Zygote | None]:
    """Let the process that is to be forked warm up; none where the engine is papermill or forking is not safe."""
    with contextlib.ExitStack() as stack:
        zygote = None
        if engine == FORK:
            try:
                zygote = stack.enter_context(forks.warming(jobs))
            except forks.Refused as why:
                note(f"notebooks run with stock kernels, which is slower: {why}")
        yield zygote


def _pages(planned: Iterable[Report]) -> dict[str, str]:
    """Return the page behind each ``language/name``: of a page itself, and of a notebook its first one."""
    pages: dict[str, str] = {}
    for report in planned:
        for name in (report.page, report.notebook):
            pages.setdefault(f"{report.language}/{name}", report.page)
    return pages


def _remember(outcome: Outcome, parts: dict[str, str], ledger: Ledger, folder: Path, engine: str) -> None:
    """Put an outcome into the ledger and remove what the report made before and no longer makes."""
    name = outcome.report.key
    outputs = dict(freshness.digests(outcome.files, folder))
    for file in ledger.get(name, {}).get("outputs", {}).keys() - outputs.keys():
        (folder / file).unlink(missing_ok=True)
    ledger[name] = {
        "status": outcome.status,
        "notebook": outcome.report.notebook,
        "parameters": dict(outcome.report.parameters),
        "scope": dict(outcome.report.scope),
        "on_request": outcome.report.on_request,
        "key": freshness.key(parts),
        "parts": parts,
        "engine": engine,
        "seconds": round(outcome.seconds, 1),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "error": outcome.error,
        "outputs": outputs,
    }


@contextlib.contextmanager
def _kept(ledger: Ledger, folder: Path) -> Iterator[Callable[[], None]]:
    """Give a function that writes the ledger if that was not done just now; at the end it is written anyway."""
    written = 0.0

    def keep() -> None:
        nonlocal written
        if time.monotonic() - written > PAUSE:
            freshness.write(ledger, folder)
            written = time.monotonic()

    try:
        yield keep
    finally:
        freshness.write(ledger, folder)
