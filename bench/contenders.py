"""Ways of making the standard reports; `build.py` runs each as a process of its own: contenders.py NAME FOLDER.

A folder holds the notebook, its data and `scopes.json`; each way leaves one executed notebook and one page per scope.
Each is written as the documentation of its tool has it; the tools are in bench/.venv.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NOTEBOOK = "standard.ipynb"
JOBS = 2
BIN = Path(sys.executable).parent
Scope = dict[str, str]

SNAKEFILE = """import json, pathlib
SCOPES = {{"-".join(one.values()): one for one in json.loads(pathlib.Path("scopes.json").read_text())}}
rule all:
    input: expand("{{name}}.html", name=SCOPES)
rule run:
    input: "standard.ipynb", "survey.parquet"
    output: "{{name}}.ipynb"
    params: lambda wildcards: " ".join(f"-p {{name}} {{value}}" for name, value in SCOPES[wildcards.name].items())
    shell: "{bin}/papermill standard.ipynb {{output}} {{params}} --no-progress-bar --log-level ERROR"
rule page:
    input: "{{name}}.ipynb"
    output: "{{name}}.html"
    shell: "{bin}/jupyter-nbconvert --to html {{input}} --log-level ERROR"
"""


def loop(scopes: list[Scope]) -> None:
    """The papermill command for each scope, then the nbconvert command."""
    for scope in scopes:
        given = [word for name, value in scope.items() for word in ("-p", name, value)]
        quiet = ("--log-level", "ERROR")
        executed = f"{_name(scope)}.ipynb"
        subprocess.run([BIN / "papermill", NOTEBOOK, executed, *given, "--no-progress-bar", *quiet], check=True)
        subprocess.run([BIN / "jupyter-nbconvert", "--to", "html", executed, *quiet], check=True)


def pool(scopes: list[Scope]) -> None:
    """papermill's function in two processes, each with one exporter."""
    with multiprocessing.get_context("spawn").Pool(JOBS) as workers:
        workers.map(_with_papermill, scopes, chunksize=1)


def pool_files(scopes: list[Scope]) -> None:
    """The same, where the notebook shows the picture file that it has just saved and does not draw it once more."""
    os.environ["SHOWN"] = "file"
    pool(scopes)


def _with_papermill(scope: Scope) -> None:
    import papermill

    executed = f"{_name(scope)}.ipynb"
    papermill.execute_notebook(NOTEBOOK, executed, parameters=scope, progress_bar=False)
    _page(executed)


def cache(scopes: list[Scope]) -> None:
    """jupyter-cache, which runs as many notebooks at once as there are processors; parameters are put in before."""
    import nbformat
    from jupyter_cache import get_cache
    from jupyter_cache.executors import load_executor
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    store = get_cache(".jupyter_cache")
    for scope in scopes:
        node = parameterize_notebook(load_notebook_node(NOTEBOOK), scope)
        node.metadata.pop("papermill", None)
        nbformat.write(node, f"{_name(scope)}.ipynb")
        store.add_nb_to_project(f"{_name(scope)}.ipynb")
    load_executor("local-parallel", store).run_and_cache(timeout=600)
    for scope in scopes:
        path = f"{_name(scope)}.ipynb"
        _, merged = store.merge_match_into_file(path)
        nbformat.write(merged, path)
        _page(path)


def snakemake(scopes: list[Scope]) -> None:
    """Two rules, two jobs at once: the papermill command, then the nbconvert command."""
    Path("Snakefile").write_text(SNAKEFILE.format(bin=BIN), encoding="utf-8")
    subprocess.run([BIN / "snakemake", "-j", str(JOBS), "--quiet", "all"], check=True)


def ploomber(scopes: list[Scope]) -> None:
    """ploomber-engine: cells in this very process, one notebook after the other, nothing kept apart."""
    from ploomber_engine import execute_notebook

    for scope in scopes:
        executed = f"{_name(scope)}.ipynb"
        execute_notebook(NOTEBOOK, executed, parameters=scope, progress_bar=False, log_output=False)
        _page(executed)


_EXPORTER: list = []


def _page(executed: str) -> None:
    import nbformat
    from nbconvert.exporters import HTMLExporter

    if not _EXPORTER:
        _EXPORTER.append(HTMLExporter())
    html, _ = _EXPORTER[0].from_notebook_node(nbformat.read(executed, as_version=4))
    Path(executed).with_suffix(".html").write_text(html, encoding="utf-8")


def limit(scopes: list[Scope]) -> None:
    """No notebook: its code as one function, in processes forked from one that has imported all; a bare page."""
    import matplotlib

    matplotlib.use("agg")
    os.environ["SHOWN"] = "file"
    cells = json.loads(Path(NOTEBOOK).read_text(encoding="utf-8"))["cells"]
    source = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    exec(source[1], {})  # the imports
    context = multiprocessing.get_context("fork")
    with context.Pool(JOBS, maxtasksperchild=1) as workers:
        workers.starmap(_plainly, [(scope, source) for scope in scopes], chunksize=1)


def _plainly(scope: Scope, source: list[str]) -> None:
    import IPython.display

    shown: list[str] = []
    IPython.display.display = lambda html: shown.append(html.data)
    names: dict[str, object] = {}
    exec(source[0], names)
    names |= scope
    exec("\n".join(source[1:]), names)
    Path(f"{_name(scope)}.html").write_text("\n".join(shown), encoding="utf-8")


def _name(scope: Scope) -> str:
    return "-".join(scope.values())


CONTENDERS: dict[str, Callable[[list[Scope]], None]] = {
    "loop": loop,
    "pool": pool,
    "pool_files": pool_files,
    "cache": cache,
    "snakemake": snakemake,
    "ploomber": ploomber,
    "limit": limit,
}

if __name__ == "__main__":
    os.chdir(sys.argv[2])
    CONTENDERS[sys.argv[1]](json.loads(Path("scopes.json").read_text(encoding="utf-8")))
