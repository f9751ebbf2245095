"""A root of its own for tests of the panel: a small survey, and the notebook 00 alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from digiskills import simulate
from digiskills.intake import passport

CHECKOUT = Path(__file__).parents[1]


def made(root: Path, share: float = 0.1, tables: tuple[str, ...] = ()) -> Path:
    """Return a root with a part of the default study's people and the first entry of ``reports.toml``.

    Where tables are named, only those are declared, of the latest wave alone: a plan is made sooner.
    """
    shutil.copytree(CHECKOUT / "data" / "raw" / "ontario", root / "data" / "raw" / "ontario")
    (root / "notebooks").mkdir()
    declared = (CHECKOUT / "notebooks" / "reports.toml").read_text(encoding="utf-8").split("[[report]]\n")
    own = next(part for part in declared if '"00-start-here"' in part)
    if tables:
        head, *declared = own.split("[[report.table]]\n")
        kept = [each.replace('["all"]', '["latest"]') for each in declared if each.split('"')[1] in tables]
        own = "[[report.table]]\n".join([head, *kept])
    (root / "notebooks" / "reports.toml").write_text(f'study = "ontario"\n[[report]]\n{own}', encoding="utf-8")
    shutil.copy(CHECKOUT / "notebooks" / "00-start-here.ipynb", root / "notebooks")
    study = root / "data" / "raw" / "ontario"
    simulate.write(study, simulate.smaller(simulate.read(study), share))
    passport.renew(study)
    return root
