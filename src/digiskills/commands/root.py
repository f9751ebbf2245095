"""What all commands hang on, and options that several of them have."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

PATIENCE = 2.0
"""Seconds after which somebody wants to know what takes so long."""

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


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Say on the error stream what is being done, once it takes longer than two seconds.

    Parameters
    ----------
    text : str
        Such as ``checking my-study``.

    Yields
    ------
    None
        While it is done.
    """
    timer = threading.Timer(PATIENCE, print, [f"{text} …"], {"file": sys.stderr, "flush": True})
    timer.daemon = True  # it holds nothing up
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


StudyOption = Annotated[
    str | None,
    typer.Option("--study", help="Study; the default is the one of reports.toml.", autocompletion=studies_that_begin),
]
OutputOption = Annotated[Path | None, typer.Option("--output", help="Folder to write to instead of reports/.")]
