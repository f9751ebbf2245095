"""The comparison of builds measures what it says, and stops where contenders do not agree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

BENCH = Path(__file__).parents[1] / "bench"
sys.path.insert(0, str(BENCH))
import build  # noqa: E402
import contenders  # noqa: E402
import measured  # noqa: E402
import standard  # noqa: E402

sys.path.remove(str(BENCH))
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
BUSY = """import time
while time.process_time() < {seconds}: pass
kept = bytearray(b'x' * 2**20 * {mebibytes})
time.sleep(1)"""
ORPHAN = """import os, sys
if os.fork() == 0:
    os.setsid(); os.close(1); os.close(2)
    exec(sys.argv[1])"""
# In a process of its own, as it waits for all processes that it has.
MEASURE = """import json, sys
sys.path.insert(0, sys.argv[1])
import measured
print(json.dumps(measured.cost([sys.executable, *sys.argv[2:]], {}, 0.1)))"""


def cost(*arguments: str) -> measured.Cost:
    command = [sys.executable, "-c", MEASURE, str(BENCH), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return measured.Cost(*json.loads(done.stdout))


@linux
def test_what_a_command_starts_is_measured_with_it_even_if_it_lives_on() -> None:
    alone = cost("-c", BUSY.format(seconds=0.6, mebibytes=50))
    assert 0.6 <= alone.cpu < 2 and 50 < alone.memory < 150 and alone.wall > 1
    assert cost("-c", ORPHAN, BUSY.format(seconds=0.6, mebibytes=1)).cpu >= 0.6


@linux
def test_a_command_that_fails_ends_the_comparison() -> None:
    with pytest.raises(RuntimeError, match="it has a word"):
        cost("-c", "raise ValueError('it has a word')")


def test_the_standard_job_is_what_its_page_says() -> None:
    node = nbformat.read(standard.NOTEBOOK, as_version=4)
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    assert len(code) == 15 and sum(cell.source.count("show_figure(") for cell in code) == 4 + 1
    assert all(cell.execution_count is None and not cell.outputs for cell in code)
    survey = standard.survey()
    assert survey.shape == (20_000, 43) and 0.03 < survey.filter(like="item").isna().to_numpy().mean() < 0.05
    assert len(standard.scopes()) == 12


def test_contenders_that_disagree_write_nothing() -> None:
    build._same({"a": ["1 2"], "b": ["1 2"]})
    for other in (["1 3"], []):
        with pytest.raises(SystemExit, match="do not show what the others show"):
            build._same({"a": ["1 2"], "b": other})


def test_a_page_is_compared_by_the_words_of_its_table(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p>1</p><table id="T_tests" border><tr><td>a&nbsp;b</td>\n<td>2</td></table>')
    assert standard.shown(tmp_path / "a.html") == "a b 2"


def test_the_results_say_how_much_faster_ours_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "versions", lambda: "papermill 2")
    # the first run is for memory; of the others the fastest by the clock, and the median of processor seconds
    timed = [measured.Cost(25, 20, 0), measured.Cost(20, 40, 0)]
    costs = {
        "loop": [measured.Cost(500, 500, 400), measured.Cost(100, 90, 0)],
        build.OURS: [measured.Cost(1, 1, 700), *timed],
    }
    text = build.page(costs, 12, ["More."])
    assert "nbconvert command, one after the other | 100.0 | 5.00 x | 90.0 | 3.00 x | 400 |" in text
    assert "runs of each, in turns: 2." in text and "| 20.0 | 1.00 x | 30.0 | 1.00 x | 700 |" in text
    assert "More." in text and "papermill 2." in text


def test_every_contender_that_is_told_of_can_be_run() -> None:
    assert build.TOLD.keys() - {build.OURS, "stock"} == contenders.CONTENDERS.keys()


def test_a_brief_site_has_the_parameters_of_the_standard_one(tmp_path: Path) -> None:
    standard.site(tmp_path, standard.scopes(3), brief=True)
    cells = json.loads((tmp_path / "notebooks/standard.ipynb").read_text())["cells"]
    assert len(cells) == 5 and cells[2]["metadata"]["tags"] == ["parameters"]
    assert (tmp_path / "notebooks/reports.toml").read_text().count("department_size") == 3
