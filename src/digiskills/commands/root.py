"""What all commands hang on, and options that several of them have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Notebooks about digital skills that become reports.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def studies_that_begin(with_these: str) -> list[str]:
    """Return the names of studies that begin with some letters, for a shell that completes them.

    Parameters
    ----------
    with_these : str
        What was typed so far.

    Returns
    -------
    list of str
        Folders of data/raw with a ``study.toml``.
    """
    from digiskills import paths

    names = sorted(path.parent.name for path in paths.raw("").glob("*/study.toml"))
    return [name for name in names if name.startswith(with_these)]


StudyOption = Annotated[
    str | None,
    typer.Option("--study", help="Study; the default is the one of reports.toml.", autocompletion=studies_that_begin),
]
OutputOption = Annotated[Path | None, typer.Option("--output", help="Folder to write to instead of reports/.")]
