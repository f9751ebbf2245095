"""`build`: run what is stale, write the site; nothing heavy is imported before it is known what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digiskills import unchanged
from digiskills.commands.root import OutputOption, StudyOption, app

if TYPE_CHECKING:
    from digiskills.reports.declared import Report
    from digiskills.reports.engines.forks import Zygote
    from digiskills.reports.run import Note, Outcome, Tell


@app.command(epilog="Example: digiskills build 05 --study ontario --language fr --set level=executive")
def build(
    report: Annotated[
        list[str] | None, typer.Argument(help="Pages, notebooks or their numbers; all by default.")
    ] = None,
    study: StudyOption = None,
    language: Annotated[str, typer.Option(help="en, fr or both.")] = "both",
    settings: Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE, for a scope of your own.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks that run at once.")] = 2,
    engine: Annotated[str, typer.Option(help="fork (fast), or papermill with a kernel per notebook.")] = "fork",
    timeout: Annotated[float, typer.Option(min=0, help="Seconds that one report may take; 0 for no limit.")] = 0,
    memory: Annotated[int, typer.Option(min=0, help="MiB that one report may use; 0 for no limit.")] = 0,
    scheduler: Annotated[str, typer.Option(help="Scheduler of a Dask cluster that runs notebooks, as tcp://…")] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print each page as a tagged PDF; needs Chromium.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Run reports that are fresh, too.")] = False,
    output: OutputOption = None,
) -> None:
    """Run what is stale and write the site."""
    from digiskills import paths
    from digiskills.errors import UsageError, nearest
    from digiskills.reports import engines
    from digiskills.reports.engines import forks

    os.environ |= {name: value for name, value in forks.SINGLE.items() if name not in os.environ}
    before = unchanged.inputs()
    if engine not in engines.ENGINES:
        raise UsageError(f"--engine {engine}: {nearest(engine, engines.ENGINES)}")
    folder = output.absolute() if output else paths.reports()
    with forks.begun(jobs if engine == engines.FORK and not scheduler else 0) as zygote:
        from digiskills.reports import chromium, run

        program = chromium.needed("--pdf") if pdf else ""
        chosen, planned = _reports(report or [], study, language, settings or [], folder)
        with _progress(len(chosen)) as (tell, note):
            limits = timeout, memory, note, scheduler, zygote
            outcomes = run.build(chosen, planned, folder, jobs, force, tell, engine, *limits)
        _write_pages(outcomes, folder, zygote)
    if program:
        _print(outcomes, folder, program, jobs)
    _close(outcomes, folder, before)


def _reports(
    named: Sequence[str], study: str | None, language: str, settings: Sequence[str], folder: Path
) -> tuple[list[Report], list[Report]]:
    """Return the reports wanted and all that the release plan is decided over; forget what is declared no more."""
    from digiskills.reports import carried, declared, run

    texts = _settings(settings)
    study, language = _everywhere("study", study, texts), _language(language, texts)
    _refuse_unanswered(study)
    everything = declared.reports(study)
    chosen = declared.chosen(everything, named)
    if texts:
        chosen = declared.reports(study, texts=texts, notebooks={one.notebook for one in chosen})
    chosen = [one for one in chosen if language in ("both", one.language)]
    if not (named or texts):
        run.forget(everything, folder)
        for notebook, lacks in declared.reasons_left_out(study).items():
            print(f"left out: {notebook} (the study has no {carried.words(lacks, 'en')})", file=sys.stderr)
    return chosen, list({one.key: one for one in [*everything, *chosen]}.values())


def _refuse_unanswered(study: str | None) -> None:
    """Refuse a study with a survey that nobody has answered yet."""
    from digiskills import study as studies
    from digiskills.errors import UsageError

    declared = studies.read(study) if study else None
    if declared and "survey" in declared.evidence and not declared.waves:
        where = f"put them into data/raw/{study}, list them in datapackage.json, and declare [[waves]] in study.toml"
        raise UsageError(f"study {study} has no answers to its survey yet: {where}")


def _settings(given: Sequence[str]) -> dict[str, str]:
    """Return what ``--set`` gives as name and text."""
    from digiskills.errors import UsageError

    wrong = [text for text in given if "=" not in text]
    if wrong:
        raise UsageError("\n".join(f"--set {text}: write NAME=VALUE" for text in wrong))
    return {name.strip(): value for name, _, value in (text.partition("=") for text in given)}


def _everywhere(name: str, option: str | None, texts: dict[str, str]) -> str | None:
    """Return a value that has an option of its own and may be given with ``--set``, too."""
    from digiskills.errors import UsageError

    text = texts.pop(name, None)
    if text is not None and option is not None and text != option:
        raise UsageError(f"--{name} {option} and --set {name}={text} do not agree: give one of them")
    return option if text is None else text


def _language(option: str, texts: dict[str, str]) -> str:
    """Return the language wanted."""
    from digiskills.errors import UsageError, nearest

    language = _everywhere("language", None if option == "both" else option, texts) or "both"
    if language not in ("en", "fr", "both"):
        raise UsageError(f"--language {language}: {nearest(language, ('en', 'fr', 'both'))}")
    return language


@contextmanager
def _progress(total: int) -> Iterator[tuple[Tell, Note]]:
    """Give functions that show each outcome and each note: a bar on a terminal, a line each in a log."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, highlight=False)
    times = TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *times
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reports", total=total)

        def tell(outcome: Outcome) -> None:
            progress.advance(task)
            if outcome.status != "fresh":
                took = f"{outcome.report.key}  {outcome.seconds:.1f} s"
                mark = "[green]made  [/]" if outcome.status == "made" else "[bold red]failed[/]"
                progress.console.print(f"{mark} {escape(took)}", soft_wrap=True)
            if outcome.error:
                progress.console.print(f"       {escape(outcome.error)}", soft_wrap=True)

        yield tell, lambda text: progress.console.print(escape(text), soft_wrap=True)


def _write_pages(outcomes: Sequence[Outcome], folder: Path, zygote: Zygote | None) -> None:
    """Write the lists and the pages about studies where something has changed."""
    from digiskills.reports import explorer, index

    if any(one.status != "fresh" for one in outcomes) or not (folder / "site" / "index.html").exists():
        index.write(folder, zygote)
    else:
        if _methods_are_newer(outcomes, folder):
            index.write_about(folder)
        for study in {one.report.study for one in outcomes}:
            explorer.write(study, folder)  # nothing where it is what its inputs would give


def _print(outcomes: Sequence[Outcome], folder: Path, program: str, jobs: int) -> None:
    """Print the pages of the reports that stand as PDF."""
    from digiskills.reports import pdf

    standing = [one.report for one in outcomes if one.status != "failed"]
    if standing:
        made = pdf.of_reports(standing, folder, program, jobs)
        print(f"{len(made)} PDF made", file=sys.stderr)


def _methods_are_newer(outcomes: Sequence[Outcome], folder: Path) -> bool:
    """Tell whether the document on methods was changed after the pages that show it."""
    from digiskills import paths

    document = paths.root() / "docs" / "methods.md"
    places = {folder / "site" / one.report.study / one.report.language / "methods.html" for one in outcomes}
    if not document.is_file():
        return False
    return any(not page.is_file() or page.stat().st_mtime < document.stat().st_mtime for page in places)


def _close(outcomes: Sequence[Outcome], folder: Path, before: str) -> None:
    """Say what was done and where to look; end with 1 if a report failed."""
    done = {status: [one for one in outcomes if one.status == status] for status in ("made", "fresh", "failed")}
    site = folder / "site" / "index.html"
    counts = ", ".join(f"{len(found)} {status}" for status, found in done.items() if found or status == "made")
    print(f"{counts}. Open {os.path.relpath(site)}")
    if done["failed"]:
        from digiskills.reports.failure import command

        print("To repeat what failed:", *(f"  {command(one.report)}" for one in done["failed"]), sep="\n")
        raise typer.Exit(1)
    unchanged.remember(sys.argv[1:], f"{len(outcomes)} fresh. Open {os.path.relpath(site)}", before)
