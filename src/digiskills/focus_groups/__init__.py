"""Focus groups and documents coded passage by passage: who said what, under which code, by which coder."""

from digiskills.focus_groups.coded import BREAKDOWNS, CONSENSUS, EVERYTHING, PARTICIPANTS, FocusGroups
from digiskills.focus_groups.exchange import to_project
from digiskills.focus_groups.reading import from_project, from_table, read, why_absent

__all__ = [
    "BREAKDOWNS",
    "CONSENSUS",
    "EVERYTHING",
    "PARTICIPANTS",
    "FocusGroups",
    "from_project",
    "from_table",
    "read",
    "to_project",
    "why_absent",
]
