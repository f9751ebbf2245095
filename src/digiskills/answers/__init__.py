"""The one pass over the respondents: answers counted by stratum, cluster and cell of the study's dimensions.

Everything estimated later is a sum over this table, which does not grow with the number of respondents. Three
makers give the same result: `count` from a survey in memory, `count_parquet` from a file in batches,
`count_with_duckdb` from a file by SQL. `read` keeps the result beside the typed table.
"""

from digiskills.answers.derived import AnyOf, Both, Derived, Net
from digiskills.answers.form import Cells, Counted, Form, form
from digiskills.answers.kept import read
from digiskills.answers.memory import count, count_frame
from digiskills.answers.out_of_core import count_with_duckdb
from digiskills.answers.recipes import COUNTED_KINDS, Recipe, barrier_side, recipes
from digiskills.answers.streamed import count_parquet, dictionaries
from digiskills.answers.totals import (
    EVERYONE,
    GAP,
    NOT_BOTH,
    Answers,
    Calibrated,
    ItemTotals,
    NumberTotals,
    ReplicateSums,
)

__all__ = [
    "COUNTED_KINDS",
    "EVERYONE",
    "GAP",
    "NOT_BOTH",
    "Answers",
    "AnyOf",
    "Both",
    "Calibrated",
    "Cells",
    "Counted",
    "Derived",
    "Form",
    "ItemTotals",
    "Net",
    "NumberTotals",
    "Recipe",
    "ReplicateSums",
    "barrier_side",
    "count",
    "count_frame",
    "count_parquet",
    "count_with_duckdb",
    "dictionaries",
    "form",
    "read",
    "recipes",
]
