"""Forked reports are what stock kernels make of them, and whatever happens to one happens to it alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from tiny_site import declare, notebook, site

from digiskills.reports import declared, index, run
from digiskills.reports.engines import FORK, PAPERMILL, Call, Done, ahead, forks
from digiskills.reports.engines.forks import Refused, begun, warming

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
ENGLISH = 'languages = ["en"]'
SHOW = """import json, os
from IPython.display import HTML
def show(told): return HTML(f'<div data-release="{json.loads(os.environ["DIGISKILLS_RUN"])["release"]}">{told}</div>')
"""
LEAK = """import os, random, sys
import matplotlib, numpy, pandas
leaked = True
matplotlib.rcParams["font.size"] = 33
pandas.set_option("display.max_rows", 7)
os.environ["LEAKED"] = "yes"
os.chdir("/")
sys.path.insert(0, "/nowhere")
random.seed(1); numpy.random.seed(1)
pandas.DataFrame.leaked = True
unclosed = open("/dev/null")"""
CLEAN = """import os, random, sys
import matplotlib, numpy, pandas
assert "leaked" not in globals() and not hasattr(pandas.DataFrame, "leaked")
assert matplotlib.rcParams["font.size"] == 10 and pandas.get_option("display.max_rows") == 60
assert "LEAKED" not in os.environ and os.path.basename(os.getcwd()) == "notebooks"
assert "/nowhere" not in sys.path and __name__ == "__main__"
assert sys.path[sys.path.index("") + 1].endswith("site-packages") and sys.path.count("") == 1
assert matplotlib.rcParams._get("backend") == "module://matplotlib_inline.backend_inline", "figures would not show"
drawn = random.random(), numpy.random.random()"""
THREADS = """import threading, duckdb, pyarrow as pa, pyarrow.compute, tempfile, pyarrow.parquet as pq
from concurrent.futures import ThreadPoolExecutor
assert duckdb.sql("select sum(range) from range(100000)").fetchall() == [(4999950000,)]
with tempfile.TemporaryDirectory() as folder:
    pq.write_table(pa.table({"x": range(100000)}), f"{folder}/x.parquet")
    assert pyarrow.compute.sum(pq.read_table(f"{folder}/x.parquet")["x"]).as_py() == 4999950000
with ThreadPoolExecutor(2) as pool:
    assert list(pool.map(abs, [-1, -2])) == [1, 2]"""


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    yield tmp_path


def built(root: Path, engine: str = FORK, **more: object) -> dict[str, run.Outcome]:
    reports = declared.reports(languages=["en"])
    found = run.build(reports, reports, root / "reports", engine=engine, **more)
    return {outcome.report.notebook: outcome for outcome in found}


def executed(root: Path, name: str) -> nbformat.NotebookNode:
    return nbformat.read(root / f"reports/runs/tiny/en/{name}.ipynb", as_version=4)


@linux
def test_nothing_leaks_from_one_notebook_to_another(at: Path) -> None:
    names = ["01-leak", "02-clean", "03-leak", "04-clean"]
    leak, clean = notebook(LEAK), notebook(CLEAN)
    site(at, declare(*names), n01_leak=leak, n02_clean=clean, n03_leak=leak, n04_clean=clean)
    found = built(at, jobs=1)
    assert {name: outcome.error for name, outcome in found.items()} == dict.fromkeys(names, "")


def test_a_stock_kernel_finds_the_same_world(at: Path) -> None:
    site(at, declare("01-clean"), n01_clean=notebook(CLEAN))
    assert built(at, PAPERMILL)["01-clean"].error == ""


def test_a_table_that_could_not_be_protected_gives_way_to_a_sentence(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = '[[report.table]]\nid = "01-fine"\nevidence = "survey"\nkind = "respondents"\nwaves = []'
    page = notebook('publish("01-fine", never)')
    page.cells.insert(3, nbformat.v4.new_markdown_cell("## Fine\nFine.", metadata={"tags": ["en"]}, id="fine"))
    site(at, declare("01-one", more=table), n01_one=page)
    monkeypatch.setattr(run, "_prepared", lambda zygote, study, planned, note: frozenset({"01-fine"}))
    said: list[str] = []
    assert built(at, note=said.append)["01-one"].error == ""
    assert "could be found by subtraction" in (at / "reports/site/tiny/en/01-one.html").read_text(encoding="utf-8")
    assert [line for line in said if "01-fine" in line] == said != []


@linux
def test_random_numbers_are_drawn_anew(at: Path) -> None:
    draw = SHOW + "import random, numpy\nshow(f'{random.random()} {numpy.random.random()}')"
    site(at, declare("01-one", "02-two"), n01_one=notebook(draw), n02_two=notebook(draw))
    built(at)
    told = [executed(at, name).cells[-1].outputs[0].data["text/html"].split() for name in ("01-one", "02-two")]
    assert told[0][0] != told[1][0] and told[0][1] != told[1][1]


@linux
def test_both_engines_make_the_same_bytes(at: Path) -> None:
    rich = SHOW + "import sys; print('old', file=sys.stderr)\nshow('<b>62&nbsp;%</b>')"
    fail = "raise ValueError('it has a word')"
    notebooks = {"n01_rich": notebook(rich, "x = 1"), "n02_fail": notebook("1", fail, "never")}
    site(at, declare("01-rich", "02-fail"), **notebooks)
    pages = []
    for engine in (FORK, PAPERMILL):
        assert [one.status for one in built(at, engine, force=True).values()] == ["made", "failed"]
        files = [*at.glob("reports/site/**/*.html"), *at.glob("reports/runs/**/*.ipynb")]
        pages.append({path.relative_to(at): path.read_bytes() for path in files})
    assert pages[0] == pages[1] and len(pages[0]) == 4
    assert "ValueError. What Python said" in (at / "reports/site/tiny/en/02-fail.html").read_text(encoding="utf-8")


@linux
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
        ("import ctypes\nctypes.string_at(0)", "ended by SIGSEGV"),
        ("import os\nos._exit(3)", "left with code 3"),
    ],
)
def test_a_lost_process_fails_its_report_only_and_its_output_is_kept(at: Path, source: str, told: str) -> None:
    wait = SHOW + "import time; time.sleep(1.2)\nshow('so far')"
    site(at, declare("01-lost", "02-well"), n01_lost=notebook(wait, source), n02_well=notebook("1 + 1;"))
    found = built(at)
    assert told in found["01-lost"].error and found["02-well"].error == ""
    assert told in (at / "reports/site/tiny/en/01-lost.html").read_text(encoding="utf-8")
    shown = [out for cell in executed(at, "01-lost").cells for out in cell.get("outputs", [])]
    assert "so far" in str(shown)
    assert not list(at.glob("reports/runs/**/.making*"))


@linux
def test_a_report_that_takes_too_long_ends_with_the_cell_it_was_in(at: Path) -> None:
    deaf = "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\ntime.sleep(60)"
    notebooks = {"n01_slow": notebook("while True:\n    pass"), "n02_deaf": notebook(deaf), "n03_well": notebook("1;")}
    site(at, declare("01-slow", "02-deaf", "03-well"), **notebooks)
    started = time.monotonic()
    found = built(at, timeout=2.0)
    assert time.monotonic() - started < 50
    assert found["01-slow"].error == "TimeoutError: the report took longer than 2 s"
    assert "longer than 2 s" in found["02-deaf"].error and "SIGKILL" in found["02-deaf"].error
    assert found["03-well"].error == ""


@linux
def test_a_report_has_no_more_memory_than_it_may(at: Path) -> None:
    site(at, declare("01-big", "02-well"), n01_big=notebook("x = bytearray(10**9)"), n02_well=notebook("1;"))
    found = built(at, memory=300)
    assert found["01-big"].error.startswith("MemoryError") and found["02-well"].error == ""


@linux
def test_threads_and_their_libraries_work_in_a_child(at: Path) -> None:
    site(at, declare("01-threads"), n01_threads=notebook(THREADS))
    assert built(at)["01-threads"].error == ""


@linux
def test_an_import_that_starts_a_thread_gets_stock_kernels(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (at / "modules").mkdir()
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
    (at / "modules" / "starts_a_thread.py").write_text(thread, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(at / "modules"), os.environ.get("PYTHONPATH", "")]))
    site(at, declare("01-ok"), n01_ok=notebook("import starts_a_thread"))
    notes: list[str] = []
    with begun(2) as zygote:
        assert built(at, note=notes.append, zygote=zygote)["01-ok"].status == "made"
    assert len(notes) == 1 and "2 threads run before the fork" in notes[0]
    ledger = (at / "reports/run.json").read_text(encoding="utf-8")
    assert '"engine": "papermill"' in ledger


def test_other_systems_get_stock_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(Refused, match="darwin"), warming(2):
        pass


@linux
def test_no_report_outlives_a_builder_that_is_killed(at: Path) -> None:
    sleep = f"import os, pathlib, time\npathlib.Path({str(at)!r}, 'pid').write_text(str(os.getpid()))\ntime.sleep(300)"
    site(at, declare("01-sleeps"), n01_sleeps=notebook(sleep))
    builder = subprocess.Popen([sys.executable, "-m", "digiskills", "build"], stderr=subprocess.PIPE)
    child = int(waited_for(at / "pid"))
    builder.send_signal(signal.SIGKILL)
    builder.communicate()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()
    # The next build starts where that one ended.
    nbformat.write(notebook("1;"), at / "notebooks" / "01-sleeps.ipynb")
    assert built(at)["01-sleeps"].status == "made"


def waited_for(path: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.1)
    raise AssertionError(f"{path.name} was never written")


@linux
def test_calls_are_done_each_in_a_process_and_what_was_not_done_comes_back(at: Path) -> None:
    site(at, declare("01-clean"), n01_clean=notebook(CLEAN))
    good, wrong, lost = Call("os:listdir", (str(at),)), Call("os:listdir", (str(at / "no"),)), Call("os:abort")
    with warming(2) as zygote:
        assert zygote.do([wrong, good, lost, good]) == [None, Done(good()), None, Done(good())]
        told: list[str] = []
        assert zygote.do([Call("time:sleep", (1.0,))], lambda: told.append("late")) == [Done(None)] and not told
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(forks, "LATE", 0.1)
            assert zygote.do([Call("time:sleep", (1.0,))], lambda: told.append("late")) == [Done(None)]
        assert told == ["late"]
        zygote.process.kill()
        zygote.process.wait()
        assert zygote.do([good]) == [None]
    with pytest.raises(FileNotFoundError):
        wrong()


@linux
def test_pages_beside_the_reports_are_the_same_whoever_makes_them(at: Path) -> None:
    site(at, declare("01-clean"), n01_clean=notebook(CLEAN))
    built(at)
    folder, other = at / "reports", at / "other"
    shutil.copytree(folder, other)
    index.write(other)
    with warming(2) as zygote, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Call, "__call__", lambda call: pytest.fail(f"{call} was not done"))
        index.write(folder, zygote)
    made, expected = ({path.relative_to(top): path for path in (top / "site").rglob("*.*")} for top in (folder, other))
    assert made.keys() == expected.keys() and Path("site/tiny/fr/explorer.html") in made
    assert all(path.read_bytes() == expected[name].read_bytes() for name, path in made.items() if path.is_file())


@linux
def test_a_process_that_nothing_was_asked_of_ends_at_once() -> None:
    with begun(0) as none:
        assert none is None
    started = time.monotonic()
    with begun(2) as zygote:
        assert zygote is not None
    assert zygote.process.returncode and time.monotonic() - started < 5


@linux
def test_a_build_takes_a_process_that_began_before_it_and_none_that_holds_older_code(
    at: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(at, declare("01-clean"), n01_clean=notebook(CLEAN))
    monkeypatch.setattr(run, "_warming", lambda *given: pytest.fail("another one was started"))
    with begun(1) as zygote:
        assert built(at, zygote=zygote)["01-clean"].error == ""
        zygote.code = ()
        with pytest.raises(pytest.fail.Exception, match="another one"):
            built(at, zygote=zygote, force=True)


def test_what_notebooks_import_is_found_without_running_them(at: Path) -> None:
    site(at, declare("01-ok"), n01_ok=notebook("import json, os.path\nfrom html import escape", "not python ("))
    assert ahead.imported_by_notebooks(at / "notebooks") == ["json", "os.path", "html"]
