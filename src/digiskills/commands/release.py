"""`release`: what leaves a study, the attack on the built files and its report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digiskills.commands.root import StudyOption, app

if TYPE_CHECKING:
    from digiskills.disclosure import Plan
    from digiskills.study import Study

releasing = typer.Typer(
    help="What leaves a study: the attack on the built files, and its report.", no_args_is_help=True
)
app.add_typer(releasing, name="release")
BuiltOption = Annotated[Path | None, typer.Option("--output", help="Folder that was built instead of reports/.")]


@releasing.command("check", epilog="Example: digiskills release check --study ontario")
def check_release(study: StudyOption = None, output: BuiltOption = None) -> None:
    """Play the reader: derive what the built files give away; exit 1 with the arithmetic if it is too much."""
    from digiskills import release

    declared, plan, folder = _released(study, output)
    found = release.check(declared, plan, folder)
    for line in [*map(str, found.leaks), *found.faults]:
        print(line)
    counts = f"{found.files} files, {found.tables} tables, {len(found.told)} counts"
    print(f"{declared.name}: {counts}, {len(found.leaks)} leaks, {len(found.faults)} faults")
    if found.leaks or found.faults:
        raise typer.Exit(1)


@releasing.command("report", epilog="Example: digiskills release report --study ontario --edition 2025-06")
def report_release(
    study: StudyOption = None,
    output: BuiltOption = None,
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
