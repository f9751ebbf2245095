"""Which passages may be shown, and how far their attribution is coarsened so that nobody is found."""

from digiskills.disclosure.passages.attribution import Ladder, ladder
from digiskills.disclosure.passages.gate import ReleasedPassages, refuse_two_attributions, release, write_log
from digiskills.disclosure.passages.people import Population, population
from digiskills.disclosure.passages.text import looks, names_in

__all__ = [
    "Ladder",
    "Population",
    "ReleasedPassages",
    "ladder",
    "looks",
    "names_in",
    "population",
    "refuse_two_attributions",
    "release",
    "write_log",
]
