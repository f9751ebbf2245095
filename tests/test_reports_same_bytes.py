"""Notebooks of the project, made by forked processes and by stock kernels; all of them: tests/slow."""

from __future__ import annotations

import sys
from pathlib import Path

import in_process
import pytest

from digiskills import simulate
from digiskills.intake import passport
from digiskills.reports import declared, run
from digiskills.reports.engines import ENGINES

CHECKOUT = Path(__file__).parents[1]
# Counts and figures; models, whose last digits depend on how many threads add up.
NAMES = ("01-who-answered", "06-gaps-explained")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
def test_both_engines_make_the_same_pages_of_real_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = in_process.copy_of(CHECKOUT, tmp_path / "root")
    study = root / "data" / "raw" / "ontario"
    simulate.write(study, simulate.smaller(simulate.read(study), 0.08))
    passport.renew(study)
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    reports = [one for one in declared.reports("ontario", ["fr"]) if one.page in NAMES]
    made = []
    for engine in ENGINES:
        folder = tmp_path / engine
        outcomes = run.build(reports, reports, folder, engine=engine)
        assert [one.error for one in outcomes] == [""] * len(NAMES)
        files = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("run.json",)]
        made.append({path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.suffix != ".log"})
    assert made[0].keys() == made[1].keys() and len(made[0]) > 40
    assert [name for name, content in made[0].items() if made[1][name] != content] == []
