"""What may be released: thresholds, the plan of a build, and released tables."""

from digiskills.disclosure.plan import Plan, make, read_plan, withheld_reason, write_plan
from digiskills.disclosure.released import Released, release, release_public
from digiskills.disclosure.table import KINDS, SKILLS, DeclaredTable, estimate, items_of

__all__ = [
    "KINDS",
    "SKILLS",
    "DeclaredTable",
    "Plan",
    "Released",
    "estimate",
    "items_of",
    "make",
    "read_plan",
    "release",
    "release_public",
    "withheld_reason",
    "write_plan",
]
