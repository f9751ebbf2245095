"""The private files of the gate, written where only their owner reads them: the log, and what a person must look at."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from digiskills import formulas, paths
from digiskills.disclosure.passages.gate import ReleasedPassages

LOG_FILE, REVIEW_FILE = "passages_log.csv", "passages_to_review.csv"


def write_log(study: str, released: ReleasedPassages) -> Path:
    """Return the file of the private log, beside it those passages that wait for a person.

    Parameters
    ----------
    study : str
        Name of the study.
    released : ReleasedPassages
        From `release`.

    Returns
    -------
    Path
        ``passages_log.csv`` in the study's processed folder; ``passages_to_review.csv`` there has a row per passage
        that waits, with its texts and what was found, as ``reviewed.csv`` wants it once decision, date, role and
        reason are filled in.
    """
    folder = paths.processed(study)
    folder.mkdir(parents=True, exist_ok=True)
    _write(released.waiting, folder / REVIEW_FILE)
    return _write(released.log, folder / LOG_FILE)


def _write(frame: pd.DataFrame, path: Path) -> Path:
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.touch(mode=0o600)
    formulas.guarded(frame).to_csv(aside, index=False)  # a person opens it in a spreadsheet
    aside.replace(path)
    return path
