"""A study's coded passages as a project of programs for qualitative analysis (REFI-QDA), and back."""

from digiskills.focus_groups.exchange.conventions import with_not_stated
from digiskills.focus_groups.exchange.incoming import tables
from digiskills.focus_groups.exchange.outgoing import to_project

__all__ = ["tables", "to_project", "with_not_stated"]
