"""The commands. Each decides whether there is anything to do before it imports anything heavy."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digiskills import unchanged

if TYPE_CHECKING:
    from digiskills.disclosure import Plan
    from digiskills.intake.refi_qda import Project
    from digiskills.reports.declared import Report
    from digiskills.reports.run import Note, Outcome, Tell
    from digiskills.study import Study

app = typer.Typer(
    help="Notebooks about digital skills that become reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

export = typer.Typer(help="Write a study's coded passages for programs for qualitative analysis.", no_args_is_help=True)
app.add_typer(export, name="export")

releasing = typer.Typer(
    help="What leaves a study: the attack on the built files, and its report.", no_args_is_help=True
)
app.add_typer(releasing, name="release")

StudyOption = Annotated[str | None, typer.Option("--study", help="Study; the default is the one of reports.toml.")]
OutputOption = Annotated[Path | None, typer.Option("--output", help="Folder to write to instead of reports/.")]


@app.command()
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
    force: Annotated[bool, typer.Option("--force", help="Run reports that are fresh, too.")] = False,
    output: OutputOption = None,
) -> None:
    """Run what is stale and write the site."""
    from digiskills import paths
    from digiskills.errors import UsageError, nearest
    from digiskills.reports import declared, engines, run
    from digiskills.reports.engines import forks

    os.environ |= {name: value for name, value in forks.SINGLE.items() if name not in os.environ}
    before = unchanged.inputs()
    if engine not in engines.ENGINES:
        raise UsageError(f"--engine {engine}: {nearest(engine, engines.ENGINES)}")
    texts = _settings(settings or [])
    study, language = _everywhere("study", study, texts), _language(language, texts)
    everything = declared.reports(study)
    chosen = declared.chosen(everything, report or [])
    if texts:
        chosen = declared.reports(study, texts=texts, notebooks={one.notebook for one in chosen})
    chosen = [one for one in chosen if language in ("both", one.language)]
    folder = output.absolute() if output else paths.reports()
    planned = list({one.key: one for one in [*everything, *chosen]}.values())
    if not (report or texts):
        run.forget(everything, folder)
        for notebook, lacks in declared.left_out(study).items():
            print(f"left out: {notebook} (the study has no {lacks})", file=sys.stderr)
    with _progress(len(chosen)) as (tell, note):
        outcomes = run.build(chosen, planned, folder, jobs, force, tell, engine, timeout, memory, note, scheduler)
    _close(outcomes, folder, before)


@app.command("list")
def list_reports(
    study: StudyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    output: OutputOption = None,
) -> None:
    """List reports, their parameters, whether they are fresh, and their last run."""
    from digiskills import paths
    from digiskills.reports import declared, freshness, run

    folder = output or paths.reports()
    reports, ledger = declared.reports(study), freshness.read(folder)
    parts = run.parts_of(reports, reports)
    states = {one.key: freshness.state(one, freshness.key(parts[one.key]), ledger, folder) for one in reports}
    rows = [
        {
            "report": one.key,
            "parameters": dict(one.parameters),
            "state": states[one.key],
            "changed": freshness.changed(one, parts[one.key], ledger) if states[one.key] == "stale" else [],
            "last_run": ledger.get(one.key, {}).get("finished", ""),
            "seconds": ledger.get(one.key, {}).get("seconds"),
        }
        for one in reports
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        _table(rows, reports)


@app.command()
def data(study: Annotated[str | None, typer.Argument(help="All studies by default.")] = None) -> None:
    """Make the processed data of a study from its raw files."""
    from digiskills import paths, survey
    from digiskills import study as studies

    for name in [study] if study else studies.names():
        for path in survey.process(studies.read(name)):
            print(os.path.relpath(path, paths.root()))


@app.command()
def check(study: Annotated[str | None, typer.Argument(help="All studies by default.")] = None) -> None:
    """Validate a study: every problem at once, by file, row and column."""
    from digiskills import check as checks
    from digiskills import study as studies

    waiting = {} if study else {name: files for name in studies.names() if (files := checks.to_fetch(name))}
    for name, files in waiting.items():
        print(f"{name}: not checked, its data are not here ({', '.join(files)}); its README says where they are")
    problems = {name: checks.study(name) for name in ([study] if study else studies.names()) if name not in waiting}
    for name, found in problems.items():
        count = {0: "no problem found", 1: "1 problem"}.get(len(found), f"{len(found)} problems")
        print(f"{name}: {count}")
        for problem in found:
            print(f"  {problem}")
    if any(problems.values()):
        raise typer.Exit(1)


@app.command()
def renew(study: Annotated[str, typer.Argument(help="A study whose raw files were changed on purpose.")]) -> None:
    """Write sizes and SHA-256 of a study's files into its passport."""
    from digiskills import paths
    from digiskills import study as studies
    from digiskills.errors import UsageError, nearest
    from digiskills.intake import passport

    if study not in studies.names():
        raise UsageError(f"there is no study ‘{study}’ in data/raw: {nearest(study, studies.names())}")
    for path in passport.renew(paths.raw(study)):
        print(path)


@app.command()
def simulate(study: Annotated[str, typer.Argument(help="A study with a truth.toml.")]) -> None:
    """Write a study's synthetic survey from its declared truth."""
    from digiskills import paths, simulate
    from digiskills import study as studies

    for path in simulate.write(studies.read(study).folder):
        print(os.path.relpath(path, paths.root()))


CodedArgument = Annotated[str, typer.Argument(help="A study with coded passages.")]
TextsOption = Annotated[str, typer.Option(help="en or fr: whose paraphrases are the texts.")]
FileOption = Annotated[Path | None, typer.Option("--output", help="File to write; by default STUDY.qdpx or STUDY.qdc.")]


@export.command(epilog="Example: digiskills export qdpx ontario --language fr --output ontario_fr.qdpx")
def qdpx(study: CodedArgument, language: TextsOption = "en", output: FileOption = None) -> None:
    """Write passages, codes, coders and descriptors as a REFI-QDA project."""
    from digiskills.intake import refi_qda

    _export(study, language, output or Path(f"{study}.qdpx"), refi_qda.write)


@export.command(epilog="Example: digiskills export qdc ontario")
def qdc(study: CodedArgument, output: FileOption = None) -> None:
    """Write the codes, without any passage, as a REFI-QDA codebook."""
    from digiskills.intake import refi_qda

    _export(study, "en", output or Path(f"{study}.qdc"), refi_qda.write_codebook)


@app.command(epilog="Example: digiskills inspect interviews.qdpx")
def inspect(
    file: Annotated[Path, typer.Argument(help="A project (.qdpx), a codebook (.qdc), or a table as received.")],
) -> None:
    """Say what a file holds: numbers of rows and names of columns, never a value or a text."""
    from digiskills.intake.inspected import inspected

    print(*inspected(file), sep="\n")


paper = typer.Typer(help="Exhibits and numbers for the authors of a paper.", no_args_is_help=True)
app.add_typer(paper, name="paper")


@paper.command("bundle", epilog="Example: digiskills paper bundle paper/ontario --exhibit 05-gap-by-level")
def paper_bundle(
    folder: Annotated[Path, typer.Argument(help="New, empty, or an earlier bundle, which is replaced.")],
    study: StudyOption = None,
    language: Annotated[str, typer.Option(help="en or fr.")] = "en",
    exhibit: Annotated[list[str] | None, typer.Option(help="Id of an exhibit; all by default.")] = None,
    preset: Annotated[str, typer.Option(help="Size of the pictures, such as “single column”.")] = "",
    output: Annotated[Path | None, typer.Option("--output", help="Folder that was built to, not reports/.")] = None,
) -> None:
    """Copy built figures, tables and numbers, with captions and snippets for LaTeX, Quarto, MyST and Word."""
    from digiskills.paper import bundle

    files = bundle(folder, study, language, exhibit or (), preset, output)
    print(f"{len(files)} files. Open {folder / 'README.md'}")


@paper.command("check", epilog="Example: digiskills paper check paper/manuscript.tex")
def paper_check(
    file: Annotated[Path, typer.Argument(help="A .tex, .md, .qmd or .docx file; it is only read.")],
    study: StudyOption = None,
    language: Annotated[str | None, typer.Option(help="en or fr; that of the bundle by default.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Folder of its bundle; looked for beside the file.")] = None,
    output: Annotated[Path | None, typer.Option("--output", help="Folder that was built to, not reports/.")] = None,
) -> None:
    """List the numbers and figures of a manuscript that are not those of the present build."""
    from digiskills.paper import check

    checked = check(file, study, language, bundle, output)
    for finding in checked.findings:
        print(finding)
    print(checked.summary)
    for note in checked.notes:
        print(note)
    if checked.findings:
        raise typer.Exit(1)


@releasing.command("check")
def check_release(study: StudyOption = None, output: OutputOption = None) -> None:
    """Play the reader: derive what the built files give away; exit 1 with the arithmetic if it is too much."""
    from digiskills import release

    declared, plan, folder = _released(study, output)
    found = release.check(declared, plan, folder)
    for line in [*map(str, found.leaks), *found.faults]:
        print(line)
    counts = f"{found.tables} tables, {len(found.told)} counts, {len(found.leaks)} leaks, {len(found.faults)} faults"
    print(f"{declared.name}: {counts}")
    if found.leaks or found.faults:
        raise typer.Exit(1)


@releasing.command("report")
def report_release(
    study: StudyOption = None,
    output: OutputOption = None,
    edition: Annotated[str, typer.Option(help="Keep what was told under this name, so that none is subtracted.")] = "",
) -> None:
    """Write the page for a privacy officer, in English and French."""
    from digiskills import release

    declared, plan, folder = _released(study, output)
    found = release.check(declared, plan, folder)
    for language in ("en", "fr"):
        path = folder / "release" / declared.name / f"{language}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(release.page(declared, plan, found, folder, language), encoding="utf-8")
        print(os.path.relpath(path))
    if edition and not (found.leaks or found.faults):
        print(os.path.relpath(release.edition(declared, found, edition)))
    if found.leaks or found.faults:
        print("the attack found something: see the page; no edition was kept", file=sys.stderr)
        raise typer.Exit(1)


def _released(study: str | None, output: Path | None) -> tuple[Study, Plan, Path]:
    """Return a study, the plan of its last build and the folder of what was built."""
    from digiskills import disclosure, paths
    from digiskills import study as studies
    from digiskills.errors import ReleaseError
    from digiskills.reports import declared

    name = study or declared.reports(None)[0].study
    plan = disclosure.read_plan(name)
    if plan is None:
        raise ReleaseError(f"study {name} has no release plan yet: run digiskills build")
    return studies.read(name), plan, output.absolute() if output else paths.reports()


@app.command()
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    from digiskills import paths

    os.chdir(paths.root())
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", f"--notebook-dir={paths.notebooks()}"])


def _export(study: str, language: str, output: Path, write: Callable[[Project, Path], None]) -> None:
    """Write a study's coded passages and say where."""
    from digiskills import focus_groups
    from digiskills import study as studies
    from digiskills.errors import UsageError

    declared = studies.read(study)
    coded = focus_groups.read(declared)
    if coded is None:
        raise UsageError(focus_groups.why_absent(declared, "en"))
    project = focus_groups.to_project(coded, declared.name, language)
    try:
        write(project, output)
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written ({error.strerror})") from None
    print(output)


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


def _close(outcomes: Sequence[Outcome], folder: Path, before: str) -> None:
    """Write the index, say what was done and where to look; end with 1 if a report failed."""
    done = {status: [one for one in outcomes if one.status == status] for status in ("made", "fresh", "failed")}
    site = folder / "site" / "index.html"
    if done["made"] or done["failed"] or not site.exists():
        from digiskills.reports import index

        index.write(folder)
    counts = ", ".join(f"{len(found)} {status}" for status, found in done.items() if found or status == "made")
    print(f"{counts}. Open {os.path.relpath(site)}")
    if done["failed"]:
        from digiskills.reports.failure import command

        print("To repeat what failed:", *(f"  {command(one.report)}" for one in done["failed"]), sep="\n")
        raise typer.Exit(1)
    unchanged.remember(sys.argv[1:], f"{len(outcomes)} fresh. Open {os.path.relpath(site)}", before)


def _table(rows: Sequence[dict[str, object]], reports: Sequence[Report]) -> None:
    """Print the reports as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("report", "parameters", "state", "last run", "seconds", box=None)
    for row, report in zip(rows, reports, strict=True):
        scope = ", ".join(f"{name}={value}" for name, value in report.scope.items())
        why = ", ".join(row["changed"])  # type: ignore[arg-type]
        state = f"{row['state']} ({why})" if why else str(row["state"])
        table.add_row(report.key, scope, state, str(row["last_run"]), str(row["seconds"] or ""))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
