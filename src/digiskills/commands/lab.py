"""`lab`: JupyterLab on the notebooks."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from digiskills.commands.root import app

WARM = "Kernels start at once, forked from a process that has imported what the notebooks import (on Linux)."


@app.command(epilog="Example: digiskills lab")
def lab(warm: Annotated[bool, typer.Option("--warm", help=WARM)] = False) -> None:
    """Open JupyterLab on the notebooks."""
    from digiskills import paths

    if warm and not sys.platform.startswith("linux"):
        print(f"kernels start as ever: a process cannot be forked safely on {sys.platform}", file=sys.stderr)
        warm = False
    module = "digiskills.warm_kernels.server" if warm else "jupyterlab"
    os.chdir(paths.root())
    os.execv(sys.executable, [sys.executable, "-m", module, f"--notebook-dir={paths.notebooks()}"])
