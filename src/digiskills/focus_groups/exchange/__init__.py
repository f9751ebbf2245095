"""A study's coded passages as a project of programs for qualitative analysis, and back; tables of codings."""

from digiskills.focus_groups.exchange.conventions import with_documents, with_not_stated, with_numbers
from digiskills.focus_groups.exchange.incoming import tables
from digiskills.focus_groups.exchange.outgoing import to_project
from digiskills.focus_groups.exchange.tabled import names_of, of_table

__all__ = ["names_of", "of_table", "tables", "to_project", "with_documents", "with_not_stated", "with_numbers"]
