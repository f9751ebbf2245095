"""One row per respondent, typed by the codebook; missing reasons kept apart; rows never printed."""

from digiskills.survey.processed import design_problems, process, read
from digiskills.survey.received import from_received
from digiskills.survey.replicates import rscales
from digiskills.survey.table import Survey

__all__ = ["Survey", "design_problems", "from_received", "process", "read", "rscales"]
