"""Several kinds of evidence side by side, from released numbers: barriers, recommendations, research questions."""

from digiskills.joint_display.indicators_layout import questions_laid_out, recommendations_laid_out
from digiskills.joint_display.layout import laid_out
from digiskills.joint_display.lens import lens
from digiskills.joint_display.questions import answered
from digiskills.joint_display.recommendations import indicated, problems
from digiskills.joint_display.relations import RELATIONS, overruled, relation
from digiskills.joint_display.side_by_side import COMMON, Parts, side_by_side
from digiskills.joint_display.voices import codes_voiced, levels_of, paraphrases, voiced

__all__ = [
    "COMMON",
    "RELATIONS",
    "Parts",
    "answered",
    "codes_voiced",
    "indicated",
    "laid_out",
    "lens",
    "levels_of",
    "overruled",
    "paraphrases",
    "problems",
    "questions_laid_out",
    "recommendations_laid_out",
    "relation",
    "side_by_side",
    "voiced",
]
