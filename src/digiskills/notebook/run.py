"""What the build says to a notebook that it runs; nothing in JupyterLab."""

from __future__ import annotations

import json
import os
from typing import Any

RUN = "DIGISKILLS_RUN"


def said() -> dict[str, Any]:
    """Return what the build says of this run.

    Returns
    -------
    dict
        Report, notebook, parameters, the folder for exhibits and the mark of this run; empty in JupyterLab.
    """
    return dict(json.loads(os.environ.get(RUN, "{}")))


def marked(shown: str) -> str:
    """Return HTML with the mark of this run, by which the page maker knows that it came through here.

    Parameters
    ----------
    shown : str
        HTML.

    Returns
    -------
    str
        The same HTML in JupyterLab.
    """
    mark = said().get("release", "")
    return f'<div data-release="{mark}">{shown}</div>' if mark else shown
