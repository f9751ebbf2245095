"""`export`: coded passages for programs for qualitative analysis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digiskills.commands.root import app

if TYPE_CHECKING:
    from digiskills.intake.refi_qda import Project

export = typer.Typer(help="Write a study's coded passages for programs for qualitative analysis.", no_args_is_help=True)
app.add_typer(export, name="export")

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
