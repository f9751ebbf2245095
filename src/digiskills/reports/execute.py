"""One notebook, one process: run it, judge the run, make its page; write aside, then put in place."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from digiskills import paths
from digiskills.reports import freshness
from digiskills.reports.declared import Report
from digiskills.reports.failure import Failure, Stopped, of_notebook, scrub
from digiskills.reports.gate import pass_released

IN_PROCESS = "digiskills-in-process"
# What a kernel says of its language; the class of highlighted code follows from it.
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}

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
    with _making(aside or aside_of(report, folder)) as staging:
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

    with _making(aside) as staging:
        output = staging / "run.ipynb"
        if output.exists():
            nbformat.write(clean(nbformat.read(output, as_version=4)), output)
        page = page_maker.failure_page(Failure(reason), report, pages)
        return _placed(report, page, reason, staging, folder, 0.0)


def aside_of(report: Report, folder: Path) -> Path:
    """Return a folder of its own for the making of a report.

    Parameters
    ----------
    report : Report
        The report.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.

    Returns
    -------
    Path
        Does not exist yet.
    """
    return folder / "runs" / report.study / report.language / f".making-{report.page}-{secrets.token_hex(4)}"


def log_of(report: Report, folder: Path) -> Path:
    """Return the file that what a report prints goes to.

    Parameters
    ----------
    report : Report
        The report.
    folder : Path
        Where ``site``, ``exhibits`` and ``runs`` are.

    Returns
    -------
    Path
        Beside its executed notebook.
    """
    return folder / "runs" / report.study / report.language / f"{report.page}.log"


@contextlib.contextmanager
def _making(aside: Path) -> Iterator[Path]:
    """Make a folder for what is not in place yet, and remove it; what is in it is for its owner."""
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.parent.chmod(0o700)  # executed notebooks and logs are for their owner
    aside.mkdir(mode=0o700, exist_ok=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _placed(report: Report, page: str, error: str, staging: Path, folder: Path, seconds: float) -> Outcome:
    """Put what was made in its place and return how the report ended."""
    from digiskills.reports.run import Outcome

    (staging / "page.html").write_text(page, encoding="utf-8")
    files = _put_in_place(report, staging, folder, failed=bool(error))
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
            str(report.path),
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


def clean(executed: NotebookNode) -> NotebookNode:
    """Return the notebook without what changes from run to run: times, paths, warnings, ids.

    Parameters
    ----------
    executed : NotebookNode
        As papermill gave it; it is changed in place.

    Returns
    -------
    NotebookNode
        The same notebook. What was printed to the error stream goes to the log.
    """
    executed.metadata.pop("papermill", None)
    executed.metadata["language_info"] = dict(LANGUAGE)
    executed.cells = [
        cell for cell in executed.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])
    ]
    for cell in executed.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                sys.stderr.write(output.text)
            _scrub_output(output)
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    return executed


def _scrub_output(output: NotebookNode) -> None:
    """Take absolute paths out of the texts of an output."""
    if "text" in output:
        output.text = scrub(output.text)
    if "traceback" in output:
        output.traceback = [scrub(line) for line in output.traceback]
    for kind, text in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(text, str):
            output.data[kind] = scrub(text)


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


def _put_in_place(report: Report, staging: Path, folder: Path, failed: bool) -> list[Path]:
    """Move what was made to where it belongs and return where that is; a failed run publishes no exhibit."""
    at = Path(report.study) / report.language
    files = {staging / "page.html": folder / "site" / at / f"{report.page}.html"}
    files[staging / "run.ipynb"] = folder / "runs" / at / f"{report.page}.ipynb"
    made = [] if failed else sorted(path for path in (staging / "files").rglob("*") if path.is_file())
    for path in made:
        files[path] = folder / "site" / at / f"{report.page}-files" / path.relative_to(staging / "files")
    placed = []
    for source, target in files.items():
        if source.exists():
            placed.append(_copy(source, target))
    if not report.scope:
        placed += [_copy(path, folder / "exhibits" / at / path.relative_to(staging / "files")) for path in made]
    return placed


def _copy(source: Path, target: Path) -> Path:
    """Copy a file beside its place and rename it, so that a reader never meets half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, aside)
    return aside.replace(target)
