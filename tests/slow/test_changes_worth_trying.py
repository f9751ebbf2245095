"""What each notebook tells a reader to try runs, as it is written there, on the default study."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
sys.path.insert(0, str(CHECKOUT / "tests"))

import in_process  # noqa: E402

TRIED = [
    (path.stem, line)
    for path in sorted((CHECKOUT / "notebooks").glob("*.ipynb"))
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "markdown" and "## Next" in "".join(cell["source"])
    for line in re.findall(r"^- `(\w+ = [^`]+)`", "".join(cell["source"]).split("## Next")[1], re.MULTILINE)
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "line"), TRIED, ids=lambda value: str(value))
def test_it_runs(monkeypatch: pytest.MonkeyPatch, name: str, line: str) -> None:
    parameter, _, value = line.partition(" = ")
    assert all(in_process.execute(name, monkeypatch, **{parameter: ast.literal_eval(value)}))
