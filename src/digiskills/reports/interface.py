"""The words of the pages themselves, in English and French."""

from __future__ import annotations

from digiskills.words import catalogue


def entries() -> dict[str, dict[str, str]]:
    """Return the words: for each key the text by language."""
    return catalogue.read("interface.toml")


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
