"""REFI-QDA, the exchange format of programs for qualitative analysis: projects (.qdpx) and codebooks (.qdc).

Follows the schema that the Rotterdam Exchange Format Initiative publishes (QDA-XML 1.0, standard 1.0 and 1.5).
"""

from digiskills.intake.refi_qda.project import TABLES, Project, guid
from digiskills.intake.refi_qda.reading import read
from digiskills.intake.refi_qda.rows import Rows
from digiskills.intake.refi_qda.writing import write, write_codebook

__all__ = ["TABLES", "Project", "Rows", "guid", "read", "write", "write_codebook"]
