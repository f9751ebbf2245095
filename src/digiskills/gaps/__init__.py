"""Skill gaps: who holds less than the job needs, which needs come first, and how sure that order is."""

from __future__ import annotations

from digiskills.gaps.bundles import pairs_short, sets_short
from digiskills.gaps.literacy import against_quiz, below_minimum
from digiskills.gaps.needs import INDICES, joint_needs, needs
from digiskills.gaps.profiles import coverage, reach, t_shaped
from digiskills.gaps.shortfalls import MEASURES, shortfalls

__all__ = [
    "INDICES",
    "MEASURES",
    "against_quiz",
    "below_minimum",
    "coverage",
    "joint_needs",
    "needs",
    "pairs_short",
    "reach",
    "sets_short",
    "shortfalls",
    "t_shaped",
]
