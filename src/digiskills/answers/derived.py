"""Items made from others, respondent by respondent, declared by whoever wants them counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

RULES = ("any_known", "listwise")
NO, YES = "no", "yes"
NOT_KNOWN = "not_known"  # of several items: too few of them have an answer


@dataclass(frozen=True)
class Net:
    """Several answers of an item counted together: the item ``name`` with the answers no and yes.

    Parameters
    ----------
    name : str
        Name of the derived item.
    item : str
        The item.
    of : collection of str
        Answers that count as yes; the others are no, reasons for having none stay what they are.
    """

    name: str
    item: str
    of: Collection[str]


@dataclass(frozen=True)
class AnyOf:
    """Whether a respondent is on the named side of at least one of several items: no, yes or not known.

    Parameters
    ----------
    name : str
        Name of the derived item.
    sides : mapping of item to collection of str
        Answers of each item that count.
    rule : {"any_known", "listwise"}
        Who is counted: those with an answer to at least one of the items, or only those with an answer to all.
    """

    name: str
    sides: Mapping[str, Collection[str]]
    rule: str = "any_known"


@dataclass(frozen=True)
class Both:
    """The joint table of two items, named ``first & second``, with answers ``one & other``.

    Parameters
    ----------
    first, second : str
        Items; who has no answer to one of them has none here.

    Notes
    -----
    In a sample without clusters the covariance of two items is not in their margins; it is in this table.
    """

    first: str
    second: str

    @property
    def name(self) -> str:
        """Name of the derived item."""
        return f"{self.first} & {self.second}"


Derived = Net | AnyOf | Both


def told(wanted: Derived) -> tuple[object, ...]:
    """What a derived item is, in an order that does not vary from run to run."""
    if isinstance(wanted, Net):
        return ("net", wanted.name, wanted.item, sorted(wanted.of))
    if isinstance(wanted, AnyOf):
        sides = [(item, sorted(side)) for item, side in wanted.sides.items()]
        return ("any of", wanted.name, sides, wanted.rule)
    return ("both", wanted.first, wanted.second)
