"""The codes of a project of coded passages, as a table to be put into families and both languages."""

from __future__ import annotations

from pathlib import Path

from digiskills.intake import refi_qda
from digiskills.new_study.described import GUESS, written
from digiskills.new_study.names import slug

COLUMNS = ("code", "family", "label_en", "label_fr", "name", GUESS)
_WHY = "family is the outermost code above it; its words are in one language"


def codes(project: Path) -> dict[str, str]:
    """Return the table of a project's codes.

    Parameters
    ----------
    project : Path
        A ``.qdpx`` file.

    Returns
    -------
    dict of str to str
        Text by path inside the study’s folder: each code with the outermost code above it as its family (its own
        name where it stands alone), and the project's words in place of both languages.
    """
    found = refi_qda.read(project).codes
    taken: set[str] = set()
    rows = []
    for name, path in found[["name", "path"]].itertuples(index=False, name=None):
        code, family = slug(str(name), taken), slug(str(path).split(" > ")[0], set())
        rows.append((code, family, str(name), str(name), str(name), _WHY))
    return {"codes.csv": written(COLUMNS, rows)}
