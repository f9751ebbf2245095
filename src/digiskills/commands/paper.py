"""`paper`: exhibits and numbers for the authors of a paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digiskills.commands.root import StudyOption, app

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
