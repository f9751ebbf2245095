"""Letters for differences between groups, as survey tabulations show them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_uppercase

import pandas as pd

from digiskills import words
from digiskills.disclosure import Released
from digiskills.errors import UsageError

FAMILY = re.compile(r"(\d+) tests")
SHARE = "short_by_one"
"""The measure that differences are of."""


@dataclass(frozen=True)
class Letters:
    """One letter per group, and for each item and group the letters of the groups that it is higher than.

    Parameters
    ----------
    by : str
        The dimension of the groups.
    of : mapping of group to letter
        In the order of the groups.
    higher : mapping of (item, group) to letters
        Only where the adjusted test says so.
    tests : int
        How many tests the p values are adjusted for.
    column : str
        The column of letters in a frame.
    """

    by: str
    of: dict[str, str]
    higher: dict[tuple[str, str], str]
    tests: int
    column: str = "higher_than"

    def lettered(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the labelled rows of a table with letters in the names of groups and those that a row is higher than.

        Parameters
        ----------
        frame : DataFrame
            Labelled rows: item, <by>, <by>_label, and measure where there are several.

        Returns
        -------
        DataFrame
            With the column `column`; rows of another measure have no letters.
        """
        named = frame[self.by].astype(str)
        labels = [f"{label} ({self.of[name]})" for label, name in zip(frame[f"{self.by}_label"], named, strict=True)]
        said = [self.higher.get(key, "") for key in zip(frame["item"].astype(str), named, strict=True)]
        lettered = frame.assign(**{f"{self.by}_label": labels, self.column: said})
        tested = frame["measure"].eq(SHARE) if "measure" in frame else pd.Series(True, index=frame.index)
        return lettered.assign(**{self.column: lettered[self.column].where(tested, "")})

    def rule(self, language: str) -> str:
        """Return the sentence on what a letter means: the test, its adjustment and the family.

        Parameters
        ----------
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            One note.
        """
        return words.text("letters.rule", language, tests=words.number(self.tests, language))


def letters(released: Released, differences: Released) -> Letters:
    """Return the letters of a table's groups from the tested differences between them.

    Parameters
    ----------
    released : Released
        Broken down by one dimension of up to 26 categories, of shares short by one level or more.
    differences : Released
        Kind ``differences``, of the same study, wave, scope and dimension.

    Returns
    -------
    Letters
        A group has the letter of another where its share is higher, `differs` holds and neither is withheld.

    Raises
    ------
    UsageError
        If the two tables are not about the same groups.
    """
    _refuse_another(released, differences)
    by = released.by[0]
    names = [name for name in released.study.dimensions[by].names if name in set(released.frame[by].astype(str))]
    of = dict(zip(names, ascii_uppercase, strict=False))
    frame = differences.frame[differences.frame["withheld"].eq("")]
    shown = {(str(row["item"]), str(row[by])) for row in released.frame.to_dict("records") if not row["withheld"]}
    higher: dict[tuple[str, str], list[str]] = {}
    for row in frame[frame["differs"].astype(bool)].to_dict("records"):
        first, second = (
            (str(row[by]), str(row["against"])) if row["estimate"] > 0 else (str(row["against"]), str(row[by]))
        )
        keys = [(str(row["item"]), group) for group in (first, second)]
        if shown.issuperset(keys):
            higher.setdefault(keys[0], []).append(of[second])
    joined = {key: " ".join(sorted(found)) for key, found in higher.items()}
    # the family is every test that was made, also of groups that are not in the table
    told = FAMILY.search(str(differences.method.get("family", "")))
    return Letters(by, of, joined, int(told[1]) if told else len(differences.frame))


def _refuse_another(released: Released, differences: Released) -> None:
    """Refuse differences between other groups than those of a table."""
    if differences.kind != "differences" or len(released.by) != 1:
        raise UsageError(
            f"letters: {released.kind} by {', '.join(released.by) or 'nothing'} and {differences.kind} were given; "
            "give a table by one dimension and a table of differences"
        )
    about = [(table.study.name, table.wave, table.by, table.where) for table in (released, differences)]
    if about[0] != about[1]:
        raise UsageError(
            f"letters: the differences are of {about[1]}, the table of {about[0]}; give those of the same groups"
        )
    if "measure" in released.frame and SHARE not in set(released.frame["measure"]):
        raise UsageError(f"letters: the table has no {SHARE}, which the differences are of")
