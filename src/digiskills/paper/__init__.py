"""For authors: the bundle of figures, tables and numbers, and the check of a manuscript against the build."""

from digiskills.paper.bundle import bundle
from digiskills.paper.check import Checked, Finding, check

__all__ = ["Checked", "Finding", "bundle", "check"]
