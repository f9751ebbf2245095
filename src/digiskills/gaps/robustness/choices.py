"""The choices behind a headline, declared once: how it is counted, and what else could be defended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from digiskills.answers import Answers, ItemTotals
from digiskills.errors import UsageError, nearest

Choices = Mapping[str, Sequence[str]]
Specification = Mapping[str, str]  # each choice and the option taken

_OF_SURVEYS: Choices = {
    "weighted": ("yes", "no"),
    "stages": ("two_stages", "one_stage", "none"),  # populations known to the error: clusters and people; clusters
    "df_rule": ("domain", "design"),
}
CHOICES: Mapping[str, Choices] = {
    "short_by_one": {
        "missing": ("excluded", "not_short"),  # who did not say both what is needed and what is held
        "threshold": ("one_level", "two_levels"),
        **_OF_SURVEYS,
    },
    "mean_gap": _OF_SURVEYS,
    "barrier_side": {
        "dont_know": ("excluded", "in_base"),
        "neutral": ("not_barrier", "left_out", "barrier"),
        "side": ("whole", "strongest"),  # of the scale
        **_OF_SURVEYS,
    },
    "below_minimum": {
        "quiz": ("counts", "left_out"),
        "weighted": ("yes", "no"),
        "stages": ("two_stages", "one_stage", "none"),
    },
    "t_shaped": {
        "deep": ("advanced", "expert"),
        "breadth": ("five", "four", "six"),
        "weighted": ("yes", "no"),
        "stages": ("two_stages", "one_stage", "none"),
    },
}
"""For each measure its choices and their options; the first option of a choice is the headline's."""
LEVELS_SHORT = {"one_level": 1.0, "two_levels": 2.0}


def taken(measure: str, possible: Choices, given: Choices | None = None) -> dict[str, tuple[str, ...]]:
    """Return the choices of a card.

    Parameters
    ----------
    measure : str
        What the headline measures, a key of `CHOICES`.
    possible : mapping of choice to options
        For choices that not every sample leaves open (weights, stages), the options that this one does.
    given : mapping of choice to options, optional
        Choices to vary, each with the headline's option first; all of the measure's by default.

    Returns
    -------
    dict
        For each choice of the measure its options, the headline's first; one option where nothing is varied.

    Raises
    ------
    UsageError
        If there is no card of the measure; with every choice or option that does not exist or that the sample
        does not allow.
    """
    if measure not in CHOICES:
        raise UsageError(f"measure: no card of ‘{measure}’; {nearest(measure, CHOICES)}")
    declared = {choice: tuple(possible.get(choice, options)) for choice, options in CHOICES[measure].items()}
    if given is None:
        return declared
    problems = [f"choices: no choice ‘{name}’; {nearest(name, declared)}" for name in given if name not in declared]
    for choice, options in given.items():
        known = declared.get(choice, tuple(options))
        problems += [
            f"choices: {choice} has no ‘{name}’; {nearest(name, known)}" for name in options if name not in known
        ]
        problems += [] if options else [f"choices: {choice} was given without an option"]
    if problems:
        raise UsageError("\n".join(problems))
    return {choice: tuple(given.get(choice, options[:1])) for choice, options in declared.items()}


def headline(choices: Choices) -> dict[str, str]:
    """Return the option of each choice that the headline takes: the first."""
    return {choice: options[0] for choice, options in choices.items()}


def left_open(weighted: bool, stages: int) -> Choices:
    """Return the options that a sample leaves open.

    Parameters
    ----------
    weighted : bool
        Whether respondents have different weights.
    stages : int
        Stages whose population is known: 2 with the people of each cluster, 1 with the clusters of each stratum.

    Returns
    -------
    mapping of choice to options
        Of the weights and of the stages.
    """
    every = _OF_SURVEYS["stages"]
    return {"weighted": _OF_SURVEYS["weighted"] if weighted else ("no",), "stages": every[len(every) - 1 - stages :]}


def of_gap(item: ItemTotals, options: Specification) -> tuple[np.ndarray, np.ndarray]:
    """Return which answers to the gap of a skill count as short, and which are in the base.

    Parameters
    ----------
    item : ItemTotals
        The gap, in levels needed less held.
    options : mapping of choice to option
        With ``missing`` and ``threshold``.

    Returns
    -------
    tuple of ndarray of bool
        One entry per answer.
    """
    assert item.scores is not None
    everyone = np.full(len(item.answers), options["missing"] == "not_short")
    return item.scores >= LEVELS_SHORT[options["threshold"]], ~item.missing | everyone


def of_barrier(item: ItemTotals, reverse: bool, options: Specification) -> tuple[np.ndarray, np.ndarray]:
    """Return which answers to a barrier item report the barrier, and which are in the base.

    Parameters
    ----------
    item : ItemTotals
        An item whose answers have scores.
    reverse : bool
        Whether agreeing denies the barrier.
    options : mapping of choice to option
        With ``dont_know``, ``neutral`` and ``side``.

    Returns
    -------
    tuple of ndarray of bool
        One entry per answer.

    Raises
    ------
    UsageError
        If the answers have no scores.
    """
    if item.scores is None:
        raise UsageError(f"‘{item.name}’ has no side: its answers have no scores in the codebook")
    scores = np.where(item.missing, np.nan, item.scores) * (-1 if reverse else 1)
    ends = np.array([np.nanmin(scores), np.nanmax(scores)])
    neutral = scores == ends.mean()
    counts = scores == ends[1] if options["side"] == "strongest" else scores > ends.mean()
    base = ~item.missing
    if options["dont_know"] == "in_base":
        base = base | np.isin(item.answers, ["dont_know"])
    if options["neutral"] == "left_out":
        base = base & ~neutral
    return counts | (neutral & (options["neutral"] == "barrier")), base


def stages_of(answers: Answers) -> int:
    """Return how many stages of the sample have a known population."""
    return 0 if answers.population is None else 1 if answers.people is None else 2
