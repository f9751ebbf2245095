"""What may be released: thresholds, the plan of a build, and released tables."""

from digiskills.disclosure.kinds import KINDS, estimate
from digiskills.disclosure.plan import Plan, make, read_plan, withheld_reason, write_plan
from digiskills.disclosure.released import Released, release, release_public
from digiskills.disclosure.source import Count, Source, items_of
from digiskills.disclosure.table import SKILLS, DeclaredTable

__all__ = [
    "KINDS",
    "SKILLS",
    "Count",
    "DeclaredTable",
    "Plan",
    "Released",
    "Source",
    "estimate",
    "items_of",
    "make",
    "read_plan",
    "release",
    "release_public",
    "withheld_reason",
    "write_plan",
]
