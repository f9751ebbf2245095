"""Which passages may be shown, and how far their attribution is coarsened so that nobody is found."""

from digiskills.disclosure.passages.attribution import Ladder, ladder
from digiskills.disclosure.passages.counted import refuse_listed, told_by_counts, untold
from digiskills.disclosure.passages.gate import ReleasedPassages, release
from digiskills.disclosure.passages.people import Population, population
from digiskills.disclosure.passages.private import write_log
from digiskills.disclosure.passages.reviews import Reviews, digest, reviews
from digiskills.disclosure.passages.shown import marks, refuse_two_attributions, shown, two_attributions
from digiskills.disclosure.passages.text import looks, names_in

__all__ = [
    "Ladder",
    "Population",
    "ReleasedPassages",
    "Reviews",
    "digest",
    "ladder",
    "looks",
    "marks",
    "names_in",
    "population",
    "refuse_listed",
    "refuse_two_attributions",
    "release",
    "reviews",
    "shown",
    "told_by_counts",
    "two_attributions",
    "untold",
    "write_log",
]
