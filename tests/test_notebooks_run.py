"""Every notebook, with its defaults and in another scope, on a small study; warnings are errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import in_process
import matplotlib
import pytest

from digiskills import simulate
from digiskills.intake import passport
from digiskills.reports import declared

CHECKOUT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path.stem for path in (CHECKOUT / "notebooks").glob("*.ipynb"))
SCOPE = {"language": "fr", "wave": "2023", "department_size": "large", "level": "staff"}
# Models leave out what a page is limited to; one size of the small study has too few departments for the rest.
SCOPES = {
    "06-gaps-explained": {"language": "fr", "wave": "2023", "level": "staff"},
    # These compare a wave with the one before it.
    "09-change-between-waves": SCOPE | {"wave": "2025"},
    "12-next-survey": SCOPE | {"wave": "2025"},
}
SHARE = 0.08  # of the people of the default study

matplotlib.use("agg")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = in_process.copy_of(CHECKOUT, tmp_path_factory.mktemp("small") / "root")
    study = root / "data" / "raw" / "ontario"
    simulate.write(study, simulate.smaller(simulate.read(study), SHARE))
    passport.renew(study)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        in_process.prepare("ontario")
    return root


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_with_its_defaults_and_publishes_what_it_says(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(small))
    before = dict(matplotlib.rcParams)
    assert all(in_process.execute(name, monkeypatch, tmp_path))
    assert dict(matplotlib.rcParams) == before, "the house style stays in its charts"
    tables = [table for report in declared.reports("ontario") if report.notebook == name for table in report.tables]
    # Passages are read on the page, with no numbers to keep; a curve of sessions needs a study that has them.
    known = {table.id for table in tables if table.kind != "saturation"}
    made = {path.stem for path in tmp_path.glob("*.csv")} | {table.id for table in tables if table.kind == "texts"}
    told = re.search(r"^- Makes: exhibits (.+(?:\n  .+)*)\.$", prose(small, name), re.MULTILINE)
    assert told and made == set(re.split(r",\s+", told[1])), "the title card lists the exhibits"
    assert made == known, "reports.toml declares what is published and nothing else"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_another_scope_and_writes_nothing(
    small: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(small))
    before = written(small)
    assert all(in_process.execute(name, monkeypatch, **SCOPES.get(name, SCOPE)))
    assert written(small) == before


def written(root: Path) -> list[Path]:
    """What is there, but for the counted answers that are kept with the processed data."""
    return sorted(path for path in root.rglob("*") if not path.is_relative_to(root / "data" / "processed"))


def prose(root: Path, name: str) -> str:
    cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
