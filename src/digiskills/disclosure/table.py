"""A declared table: which estimates of which items, by what, in which wave and scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SKILLS = "skills"
DEPARTMENT = "department"
"""In a table's limits: one cluster of the sample, by its label, in the place of a dimension and category."""
JOINT = "joint"
"""Evidence of a table in which several kinds of evidence stand side by side."""


@dataclass(frozen=True, order=True)
class DeclaredTable:
    """What one table shows, as ``notebooks/reports.toml`` declares it.

    Parameters
    ----------
    id : str
        Exhibit id; empty for a table that nobody declared.
    study : str
        Name of the study.
    evidence : str
        ``survey``, ``focus_groups``, ``published`` or ``joint``.
    kind : str
        A kind of `digiskills.disclosure.KINDS` for the survey; its own kinds for the other evidence.
    items : tuple of str
        Names of items, one role of the codebook, or the word ``skills``.
    by : tuple of str
        Dimensions that make its domains.
    wave : str
        Name of the wave; empty for evidence without waves.
    where : tuple of (str, str)
        Dimension and category that the whole table is limited to; or ``department`` and one of the clusters.
    options : tuple of (str, value)
        What else makes the table, such as the margin wanted of the next survey, in the order of their names.
    """

    id: str
    study: str
    evidence: str
    kind: str
    items: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    wave: str = ""
    where: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def specification(self) -> tuple[object, ...]:
        """What the table shows, whatever it is called."""
        return (self.study, self.evidence, self.kind, self.items, self.by, self.wave, self.where, self.options)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that the table needs, those of its scope included."""
        return tuple(dict.fromkeys([*self.by, *(name for name, _ in self.where if name != DEPARTMENT)]))

    @property
    def department(self) -> str:
        """The one department that the table is about; empty for a table of several."""
        return dict(self.where).get(DEPARTMENT, "")
