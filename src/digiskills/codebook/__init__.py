"""Questions, answers in order, labels in English and French, missing reasons and skip rules."""

from digiskills.codebook.items import LANGUAGES, MISSING_REASONS, Choice, Codebook, Item, Pair
from digiskills.codebook.relevant import Relevant, parse
from digiskills.codebook.xlsform import read

__all__ = ["LANGUAGES", "MISSING_REASONS", "Choice", "Codebook", "Item", "Pair", "Relevant", "parse", "read"]
