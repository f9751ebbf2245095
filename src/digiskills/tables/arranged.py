"""A released table in an arrangement of its own, where rows and columns alone would not be read."""

from __future__ import annotations

from dataclasses import dataclass

from digiskills.disclosure import Released


@dataclass(frozen=True, repr=False)
class Arranged:
    """A released table and the HTML that shows it.

    Parameters
    ----------
    released : Released
        Every number of the HTML stands in it.
    html : str
        One ``table`` element in a box of its own, with a caption; everything in it is escaped.
    """

    released: Released
    html: str

    def __repr__(self) -> str:
        """What the table shows."""
        return f"Arranged {self.released!r}"
