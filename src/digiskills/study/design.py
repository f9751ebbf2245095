"""How a survey was sampled: ``[design]``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from digiskills.study.calibration import Calibration, calibration
from digiskills.study.problems import Problems
from digiskills.study.replicates import Replicates, replicates

LONELY_RULES = ("adjust", "average", "certainty", "fail")
_TEXTS = ("weight", "stratum", "cluster", "population", "people", "lonely_cluster")


@dataclass(frozen=True)
class Design:
    """How the survey was sampled: names of columns, empty where the survey has none.

    Parameters
    ----------
    weight, stratum, cluster : str
        Columns of the survey.
    population : str
        File with the columns wave, stratum and the number of clusters in the stratum.
    people : str
        File with the columns wave, cluster's name and the number of its people: the second stage.
    lonely_cluster : str
        What to do with a stratum of one sampled cluster.
    intervals : bool
        False where the sample's clusters exist and are not known: then no standard error is right.
    replicates : Replicates or None
        Replicate weights, from which errors are then made in the place of strata and clusters.
    calibration : Calibration or None
        Margins to which the weights are calibrated; they carry the received weights' name.
    """

    weight: str = ""
    stratum: str = ""
    cluster: str = ""
    population: str = ""
    people: str = ""
    lonely_cluster: str = "adjust"
    intervals: bool = True
    replicates: Replicates | None = None
    calibration: Calibration | None = None


def design(table: Mapping[str, Any], dimensions: Collection[str], problems: Problems) -> Design:
    """Return the design; what is wrong is added to the problems."""
    problems.known("design", table, (*_TEXTS, "intervals", "replicates", "calibration"))
    if type(table.get("intervals", True)) is not bool:
        problems.add("design.intervals", table["intervals"], "is neither true nor false")
    texts = {word: str(table[word]) for word in _TEXTS if word in table}
    found = Design(
        **texts,
        intervals=bool(table.get("intervals", True)),
        replicates=replicates(table.get("replicates"), problems),
        calibration=calibration(table.get("calibration"), texts.get("weight", ""), dimensions, problems),
    )
    problems.choice("design.lonely_cluster", found.lonely_cluster, LONELY_RULES)
    if found.replicates and found.calibration:
        message = "stands beside replicates, which hold the calibration that they were made with"
        problems.add("design.calibration", None, message, "leave one of the two out")
    if found.replicates and not found.weight:
        problems.add("design.weight", None, "is missing", "the weight of which the replicates are")
    return found
