"""How many answers the next survey needs, for a margin and to see a change."""

from digiskills.next_survey.change import NOTES as CHANGE_NOTES
from digiskills.next_survey.change import change_needed, detectable_change
from digiskills.next_survey.needed import NOTES, answers_needed
from digiskills.next_survey.plan import Plan, Size
from digiskills.next_survey.power import detectable, power
from digiskills.next_survey.simple import simple_random_sample

__all__ = [
    "CHANGE_NOTES",
    "NOTES",
    "Plan",
    "Size",
    "answers_needed",
    "change_needed",
    "detectable",
    "detectable_change",
    "power",
    "simple_random_sample",
]
