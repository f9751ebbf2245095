"""One notebook, one process: run it, judge the run, make its page; write aside, then put in place."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from digiskills import paths
from digiskills import study as studies
from digiskills.reports import freshness
from digiskills.reports.cleaned import clean
from digiskills.reports.declared import Report
from digiskills.reports.failure import Failure, Stopped, of_notebook, scrub
from digiskills.reports.gate import pass_released
from digiskills.reports.placing import aside_of, log_of, making, put_in_place

IN_PROCESS = "digiskills-in-process"
if TYPE_CHECKING:
    from nbformat import NotebookNode

    from digiskills.reports.run import Outcome


def prepare(scratch: str) -> None:
    """Make this process ready to run notebooks: nothing of the user's own set-up reaches them.

    Parameters
    ----------
    scratch : str
        A private folder that the parent removes.
    """
    # Its grammars take 1.7 s to compile at import and check addresses that notebooks do not hold;
    # jsonschema goes without it.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    Path(scratch, "run").mkdir(mode=0o700, exist_ok=True)
    os.environ |= {
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # Several reports run at once, one core each; and sums come out alike whatever engine runs them.
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"),
        "IPYTHONDIR": f"{scratch}/ipython",
        # Sockets of the kernels: short paths, closed to others.
        "JUPYTER_RUNTIME_DIR": f"{scratch}/run",
        # A kernel named python3 in the user's folder must not take the place of this environment's.
        "JUPYTER_PREFER_ENV_PATH": "1",
        "DIGISKILLS_ROOT": str(paths.root()),
    }


def make(
    report: Report,
    pages: Mapping[str, str],
    folder: Path,
    engine: str | None = None,
    aside: Path | None = None,
    timeout: float = 0.0,
) -> Outcome:
    """Return how a report ended: its page and exhibits are in place, or a page that says why not.

    Parameters
    ----------
    report : Report
        The report.
    pages : mapping of str to str
        The page behind each ``language/name`` of a page or notebook.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.
    engine : str, optional
        Name of a papermill engine; papermill's own by default.
    aside : Path, optional
        A folder that does not exist yet, where everything is made before it is put in place.
    timeout : float
        Seconds that one cell may take in papermill's own engine; 0 for no limit.

    Returns
    -------
    Outcome
        ``made`` or ``failed``.
    """
    from digiskills.reports import pages as page_maker

    started = time.monotonic()
    with making(aside or aside_of(report, folder)) as staging:
        try:
            with _output_to(log_of(report, folder)):
                executed = execute(report, staging, engine, timeout)
                page, error = page_maker.page(executed, report, pages), ""
        except Stopped as stopped:
            page = page_maker.failure_page(stopped.failure, report, pages)
            error = stopped.failure.message
        return _placed(report, page, error, staging, folder, time.monotonic() - started)


def rescue(report: Report, pages: Mapping[str, str], folder: Path, aside: Path, reason: str) -> Outcome:
    """Return how a report ended whose process was lost: with a page that says so, and what it had shown so far.

    Parameters
    ----------
    report : Report
        The report.
    pages : mapping of str to str
        The page behind each ``language/name`` of a page or notebook.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.
    aside : Path
        Where the lost process made it.
    reason : str
        How it was lost.

    Returns
    -------
    Outcome
        ``failed``.
    """
    import nbformat

    from digiskills.reports import pages as page_maker

    with making(aside) as staging:
        output = staging / "run.ipynb"
        if output.exists():
            nbformat.write(clean(nbformat.read(output, as_version=4)), output)
        page = page_maker.failure_page(Failure(reason), report, pages)
        return _placed(report, page, reason, staging, folder, 0.0)


def _placed(report: Report, page: str, error: str, staging: Path, folder: Path, seconds: float) -> Outcome:
    """Put what was made in its place and return how the report ended."""
    from digiskills.reports.run import Outcome

    (staging / "page.html").write_text(page, encoding="utf-8")
    files = put_in_place(report, staging, folder, failed=bool(error))
    return Outcome(report, "failed" if error else "made", seconds, error, tuple(files))


def execute(report: Report, staging: Path, engine: str | None = None, timeout: float = 0.0) -> NotebookNode:
    """Return the notebook as run with a report's parameters, clean of times, paths and warnings.

    Parameters
    ----------
    report : Report
        The report.
    staging : Path
        Where the executed notebook (``run.ipynb``) and the exhibits (``files``) are written.
    engine : str, optional
        Name of a papermill engine; papermill's own by default.
    timeout : float
        Seconds that one cell may take in papermill's own engine; 0 for no limit.

    Returns
    -------
    NotebookNode
        Every code cell of it was run.

    Raises
    ------
    Stopped
        A cell failed, was not reached, or shows what was not released.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    output = staging / "run.ipynb"
    mark = secrets.token_hex(16)
    os.environ["DIGISKILLS_RUN"] = _message(report, staging / "files", mark)
    reason = ""
    try:
        papermill.execute_notebook(
            str(_as_carried(report, staging)),
            str(output),
            engine_name=engine,
            parameters=dict(report.parameters),
            kernel_name="python3",
            language="python",
            cwd=str(report.path.parent),
            progress_bar=False,
            # Where it is saved as it goes, what it had shown outlives a lost process.
            request_save_on_cell_execute=bool(engine),
            autosave_cell_every=1,
            **({} if engine else {"config": _transport(), "execution_timeout": timeout or None}),
        )
    except PapermillExecutionError:
        pass  # the notebook holds the error, with its cell
    except Exception as error:  # noqa: BLE001  a kernel that dies or never starts fails its own report only
        reason = scrub(f"{type(error).__name__}: {error}")
    executed: NotebookNode = nbformat.read(output, as_version=4) if output.exists() else nbformat.v4.new_notebook()
    failure = Failure(reason) if reason else of_notebook(executed) or pass_released(executed, mark)
    nbformat.write(clean(executed), output)
    if failure:
        raise Stopped(failure)
    return executed


def _as_carried(report: Report, staging: Path) -> Path:
    """Return the notebook to run: the report's own, or a copy without what the study's data cannot carry."""
    if not report.lacking:
        return report.path
    from digiskills.reports.trimmed import trimmed

    notebook = json.loads(report.path.read_text(encoding="utf-8"))
    evidence = tuple(studies.read(report.study).evidence)
    notebook["cells"] = trimmed(notebook["cells"], dict(report.lacking), evidence)
    carried = staging / report.path.name
    carried.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return carried


def _message(report: Report, exhibits: Path, mark: str) -> str:
    """Return what a notebook is told about the build that runs it."""
    return json.dumps(
        {
            "report": report.page,
            "notebook": report.notebook,
            "parameters": dict(report.parameters),
            "exhibits": str(exhibits),
            "href": f"{report.page}-files",
            "release": mark,
            "data_digest": freshness.data_digest(report.study, report.language),
        }
    )


def _transport() -> object:
    """Return how kernels are spoken to: over private sockets where there are such, never over the network."""
    from traitlets.config import Config

    if os.name != "posix":
        return Config()
    # A folder each: jupyter_client would name the sockets of all kernels alike, in the working folder.
    sockets = tempfile.mkdtemp(dir=os.environ["JUPYTER_RUNTIME_DIR"])
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})


@contextlib.contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send everything that this process and its kernel print to a file."""
    kept = os.dup(1), os.dup(2)
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, saved in enumerate(kept, start=1):
                os.dup2(saved, number)
                os.close(saved)
