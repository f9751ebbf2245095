"""The words of the pages themselves, in English and French."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def entries() -> dict[str, dict[str, str]]:
    """Return the words: for each key the text by language."""
    file = resources.files("digiskills.words").joinpath("interface.toml")
    return tomllib.loads(file.read_text("utf-8"))


def text(key: str, language: str, **values: object) -> str:
    """Return a text of the interface with its places filled.

    Parameters
    ----------
    key : str
        Its key in ``words/interface.toml``.
    language : str
        ``en`` or ``fr``.
    **values : object
        What goes into the places ``{name}``.

    Returns
    -------
    str
        The text.
    """
    return entries()[key][language].format(**values)
