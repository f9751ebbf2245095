"""What leaves: a released table or its drawing as files under one id, and all tables of a folder as a workbook."""

from digiskills.exhibits.publishing import ID, SUFFIXES, Exhibit, csv, publish
from digiskills.exhibits.workbook import read, workbook

__all__ = ["ID", "SUFFIXES", "Exhibit", "csv", "publish", "read", "workbook"]
