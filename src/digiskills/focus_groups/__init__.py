"""Focus groups and documents coded passage by passage: who said what, under which code, by which coder."""

from digiskills.focus_groups.coded import CONSENSUS, EVERYTHING, PARTICIPANTS, FocusGroups
from digiskills.focus_groups.reading import read, why_absent

__all__ = ["CONSENSUS", "EVERYTHING", "PARTICIPANTS", "FocusGroups", "read", "why_absent"]
