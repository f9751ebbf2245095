"""Figures of surveys that others published: each survey alone, with its own caution."""

from digiskills.published.figures import FITS, HEADLINE_FITS, Published
from digiskills.published.reading import read, why_absent

__all__ = ["FITS", "HEADLINE_FITS", "Published", "read", "why_absent"]
