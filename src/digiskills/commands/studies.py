"""`data`, `check`, `renew`, `simulate`, `inspect`: a study's files before any report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from digiskills.commands.root import app, waiting


@app.command(epilog="Example: digiskills data ontario")
def data(study: Annotated[str | None, typer.Argument(help="All studies by default.")] = None) -> None:
    """Make the processed data of a study from its raw files."""
    from digiskills import paths, survey
    from digiskills import study as studies

    for name in [study] if study else studies.names():
        with waiting(f"reading the answers of {name}"):
            made = survey.process(studies.read(name))
        for path in made:
            print(os.path.relpath(path, paths.root()))


@app.command(epilog="Example: digiskills check my-study")
def check(
    name: Annotated[str | None, typer.Argument(metavar="[STUDY]", help="All studies by default.")] = None,
    option: Annotated[str | None, typer.Option("--study", help="The same, as for other commands.")] = None,
) -> None:
    """Validate a study: every problem at once, by file, row and column; then what is still guessed or open."""
    from digiskills import check as checks
    from digiskills import study as studies

    study = name or option
    absent = {} if study else {one: files for one in studies.names() if (files := checks.to_fetch(one))}
    for one, files in absent.items():
        print(f"{one}: not checked, its data are not here ({', '.join(files)}); its README says where they are")
    problems = {}
    for checked in [one for one in ([study] if study else studies.names()) if one not in absent]:
        with waiting(f"checking {checked}"):
            problems[checked] = found = checks.study(checked)
        count = {0: "no problem found", 1: "1 problem"}.get(len(found), f"{len(found)} problems")
        print(f"{checked}: {count}")
        for line in [*map(str, found), *checks.notes(checked)]:
            print(f"  {line}")
    if any(problems.values()):
        raise typer.Exit(1)


@app.command(epilog="Example: digiskills renew my-study")
def renew(study: Annotated[str, typer.Argument(help="A study whose raw files were changed on purpose.")]) -> None:
    """Write sizes and SHA-256 of a study's files into its passport."""
    from digiskills import paths
    from digiskills import study as studies
    from digiskills.errors import UsageError, nearest
    from digiskills.intake import passport

    if study not in studies.names():
        raise UsageError(f"there is no study ‘{study}’ in data/raw: {nearest(study, studies.names())}")
    with waiting(f"reading the files of {study}"):
        renewed = passport.renew(paths.raw(study))
    for path in renewed:
        print(path)


@app.command(epilog="Example: digiskills simulate ontario")
def simulate(study: Annotated[str, typer.Argument(help="A study with a truth.toml.")]) -> None:
    """Write a study's synthetic survey from its declared truth."""
    from digiskills import paths, simulate
    from digiskills import study as studies

    with waiting(f"making answers for {study}"):
        made = simulate.write(studies.read(study).folder)
    for path in made:
        print(os.path.relpath(path, paths.root()))


@app.command(epilog="Example: digiskills inspect interviews.qdpx")
def inspect(
    file: Annotated[Path, typer.Argument(help="A project (.qdpx), a codebook (.qdc), or a table as received.")],
) -> None:
    """Say what a file holds: numbers of rows and names of columns, never a value or a text."""
    from digiskills.intake.inspected import inspected

    with waiting(f"reading {file.name}"):
        told = inspected(file)
    print(*told, sep="\n")
