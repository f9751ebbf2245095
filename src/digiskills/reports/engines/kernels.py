"""The reference engine: stock papermill, a fresh kernel per notebook, a pool of processes that drive them."""

from __future__ import annotations

import multiprocessing
import tempfile
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from digiskills.reports.declared import Report
from digiskills.reports.engines import Made, Work
from digiskills.reports.failure import scrub


def outcomes(work: Work) -> Made:
    """Yield the outcome of each report as it ends; a process that dies fails its reports, not the build.

    Parameters
    ----------
    work : Work
        What to do. The timeout holds for each cell; the memory is not limited, as kernels are not ours.

    Yields
    ------
    Outcome
        One per report.
    """
    from digiskills.reports import execute

    # Not fork: the parent may hold threads, of the progress display and of pyarrow.
    context = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="digiskills-") as scratch,
        ProcessPoolExecutor(work.jobs, context, execute.prepare, (scratch,)) as pool,
    ):
        futures = {
            pool.submit(execute.make, report, work.pages, work.folder, timeout=work.timeout): report
            for report in work.reports
        }
        for future in as_completed(futures):
            yield _outcome(future, futures[future])


def _outcome(future: Future, report: Report):  # type: ignore[type-arg, no-untyped-def]
    """Return how a report ended, even where its process did not live to tell."""
    from digiskills.reports.run import Outcome

    try:
        return future.result()
    except BrokenProcessPool:
        return Outcome(report, "failed", error="the process that ran it ended (out of memory?)")
    except Exception as error:  # noqa: BLE001  one page that cannot be made leaves the others standing
        return Outcome(report, "failed", error=scrub(f"{type(error).__name__}: {error}"))
