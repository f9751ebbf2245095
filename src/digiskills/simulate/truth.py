"""A declared truth: every number from which a synthetic survey is made."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digiskills.codebook import Codebook, Item

_FEWEST_HEADS = 12
_NOT_ASKED = ("wave", "cluster", "frame", "stratum", "weight", "paradata")


@dataclass(frozen=True)
class Truth:
    """What is true in a synthetic public service, and the questionnaire that is put to it.

    Parameters
    ----------
    numbers : mapping
        The content of ``truth.toml``.
    codebook : Codebook
        The questionnaire.
    """

    numbers: Mapping[str, Any]
    codebook: Codebook

    @property
    def seed(self) -> int:
        """The seed of every draw."""
        return int(self.numbers["seed"])

    @property
    def waves(self) -> list[str]:
        """Names of the waves, in order of time."""
        return list(self.numbers["waves"])

    @property
    def frame_columns(self) -> list[str]:
        """What is known of a department before it is asked, such as its size."""
        return [item.name for item in self.codebook.with_role("frame")]

    @property
    def asked(self) -> list[Item]:
        """The questions that people answer, in the order of the form."""
        return [item for item in self.codebook.items.values() if item.role not in _NOT_ASKED]

    def column(self, role: str) -> str:
        """Return the name of the one column that plays a role.

        Parameters
        ----------
        role : str
            ``wave``, ``cluster``, ``stratum`` or ``weight``.

        Returns
        -------
        str
            The codebook's name for it.
        """
        return self.codebook.with_role(role)[0].name


def smaller(truth: Truth, share: float) -> Truth:
    """Return the same truth with smaller departments, for tests and quick looks.

    Parameters
    ----------
    truth : Truth
        The declared truth.
    share : float
        Between 0 and 1: what is left of each department's heads, though never fewer than twelve.

    Returns
    -------
    Truth
        As many departments and strata as before.
    """
    numbers = copy.deepcopy(dict(truth.numbers))
    for stratum in numbers["departments"]["strata"]:
        stratum["heads"] = [max(_FEWEST_HEADS, round(share * heads)) for heads in stratum["heads"]]
    return Truth(numbers, truth.codebook)
