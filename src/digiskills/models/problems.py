"""What makes a model impossible, said with a way out, before a number comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import optimize

from digiskills.errors import DigiskillsError
from digiskills.models.coding import Column

DEPENDENT = 1e-9  # what is left of a column, relative to itself, once the columns before it are taken out
LAST_STEPS = 20
SETTLED = 1e-16  # squared length of a step, in standard errors of an unweighted model
FREE = 1e-6  # a direction of separation has moves of up to 1


class ModelError(DigiskillsError):
    """These answers cannot give the model that was asked for; the message says why and what would do."""


def refuse(problems: Sequence[str]) -> None:
    """Raise every problem at once, if there is one.

    Raises
    ------
    ModelError
        With one line per problem.
    """
    if problems:
        raise ModelError("\n".join(problems))


def dependent(matrix: np.ndarray, columns: Sequence[Column]) -> list[str]:
    """One line per column of the design matrix that the columns before it give already.

    Parameters
    ----------
    matrix : ndarray, respondents x columns
        The design matrix.
    columns : sequence of Column
        What its columns are about.

    Returns
    -------
    list of str
        Empty where the columns are independent.
    """
    triangle = np.linalg.qr(matrix).R
    kept: list[int] = []
    problems = []
    for at, column in enumerate(columns):
        own = triangle[:, at]
        size = np.linalg.norm(own)
        if size == 0:
            problems.append(f"{column}: nobody in the model; join categories or leave the term out")
            continue
        share = np.linalg.lstsq(triangle[:, kept], own)[0] if kept else np.empty(0)
        if np.linalg.norm(own - triangle[:, kept] @ share) > DEPENDENT * size:
            kept.append(at)
            continue
        others = [str(columns[one]) for one, part in zip(kept, share, strict=True) if abs(part) > DEPENDENT]
        problems.append(f"{column}: given already by {', '.join(others)} (collinear); leave one of them out")
    return problems


def separating(rows: np.ndarray, columns: Sequence[Column]) -> list[str]:
    """Columns along which the likelihood rises for ever; none where the estimates are finite.

    Parameters
    ----------
    rows : ndarray, comparisons x parameters
        Each row times the parameters must grow for an answer to become likelier.
    columns : sequence of Column
        What the parameters are about.

    Returns
    -------
    list of str
        The columns that take part in a separation.

    Notes
    -----
    There is separation, complete or in part, where a direction d has rows @ d >= 0 and not all 0: a linear
    programme. A. Albert and J. A. Anderson, Biometrika 71 (1984) 1-10; K. Konis, Linear Programming Algorithms
    for Detecting Separated Data (thesis, Oxford 2007).
    """
    scaled = rows / np.maximum(np.abs(rows).max(axis=0), np.finfo(float).tiny)
    distinct = np.unique(scaled, axis=0)
    found = optimize.linprog(
        -distinct.sum(axis=0), A_ub=-distinct, b_ub=np.zeros(len(distinct)), bounds=(-1, 1), method="highs"
    )
    if found.x is None:
        raise ModelError(f"whether an answer is predicted perfectly could not be found: {found.message}")
    if -found.fun <= FREE:
        return []
    return [str(column) for column, move in zip(columns, found.x, strict=True) if abs(move) > FREE]


def settled(near: np.ndarray, slope: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], name: str) -> np.ndarray:
    """Take the last Newton steps to the top of a likelihood, and make sure that it is one.

    Parameters
    ----------
    near : ndarray
        Parameters close to the top.
    slope : callable
        Gradient and information at parameters.
    name : str
        The outcome, for messages.

    Returns
    -------
    ndarray
        Parameters where a further step is nothing beside their errors.

    Raises
    ------
    ModelError
        If the steps do not settle.
    """
    at = near
    for _ in range(LAST_STEPS):
        gradient, information = slope(at)
        step = np.linalg.lstsq(information, gradient)[0]
        if not np.isfinite(step).all():
            break
        at = at + step
        if abs(gradient @ step) < SETTLED:
            return np.asarray(at)
    raise ModelError(f"‘{name}’: the model did not settle; join rare answers or categories, or take fewer predictors")


def check_errors(covariance: np.ndarray, columns: Sequence[Column]) -> None:
    """Refuse errors that are not numbers, or 0 where a design had nothing to compare.

    Raises
    ------
    ModelError
        With every estimate that has no error.
    """
    variance = np.diag(covariance)
    wrong = [str(column) for column, one in zip(columns, variance, strict=True) if not one > 0]
    if wrong:
        raise ModelError(
            f"no standard error for {', '.join(wrong)}: the clusters that they rest on were all taken, or are alone; "
            "name the people of each cluster (population of two stages), or leave them out"
        )
