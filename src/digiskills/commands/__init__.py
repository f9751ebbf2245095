"""The commands. Each decides whether there is anything to do before it imports anything heavy.

A file per group, and a line here that names it; what several share is in `root`:

- `build`: build, with all that it says on the way;
- `listing`: list;
- `studies`: what is done to a study's files before any report (data, check, renew, simulate, inspect);
- `new`: a study from received files (new), and its questionnaire for others to use (form);
- `export`, `paper`, `release`: the commands of these names, each with commands below it;
- `lab`: JupyterLab.
"""

from __future__ import annotations

from digiskills.commands import build, export, lab, listing, new, paper, release, studies
from digiskills.commands.root import app

__all__ = ["app", "build", "export", "lab", "listing", "new", "paper", "release", "studies"]
