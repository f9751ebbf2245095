"""What may be released: thresholds, the plan of a build, and released tables."""

from digiskills.disclosure.joint import release_joint
from digiskills.disclosure.kept import Kept
from digiskills.disclosure.kinds import KINDS, estimate
from digiskills.disclosure.plan import Plan, make
from digiskills.disclosure.plan_file import read_plan, write_plan
from digiskills.disclosure.released import Released, release, release_public
from digiskills.disclosure.rules import PROTECTED, withheld_reason
from digiskills.disclosure.source import Count, Source, items_of
from digiskills.disclosure.table import DEPARTMENT, JOINT, SKILLS, DeclaredTable

__all__ = [
    "DEPARTMENT",
    "JOINT",
    "KINDS",
    "PROTECTED",
    "SKILLS",
    "Count",
    "DeclaredTable",
    "Kept",
    "Plan",
    "Released",
    "Source",
    "estimate",
    "items_of",
    "make",
    "read_plan",
    "release",
    "release_joint",
    "release_public",
    "withheld_reason",
    "write_plan",
]
