"""The words of the project: one file with English and French side by side."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from babel import Locale

from digiskills.codebook import LANGUAGES
from digiskills.errors import UsageError, nearest


@cache
def read(file: str) -> dict[str, dict[str, str]]:
    """Return the texts of one file of this folder.

    Parameters
    ----------
    file : str
        ``catalogue.toml``, or ``interface.toml`` with the words of the pages themselves.

    Returns
    -------
    dict
        For each key the text by language.
    """
    return tomllib.loads(resources.files(__package__).joinpath(file).read_text("utf-8"))


def entries() -> dict[str, dict[str, str]]:
    """Return the catalogue.

    Returns
    -------
    dict
        For each key the text by language.
    """
    return read("catalogue.toml")


def text(key: str, language: str, **values: object) -> str:
    """Return a text of the catalogue with its places filled.

    Parameters
    ----------
    key : str
        Its key; with a value ``count`` the entry ``<key>.one`` or ``<key>.other`` is taken, as the
        language counts.
    language : str
        ``en`` or ``fr``.
    **values : object
        What goes into the places ``{name}``.

    Returns
    -------
    str
        The text.

    Raises
    ------
    UsageError
        If the catalogue has no such key or language; suggests the nearest.
    """
    if language not in LANGUAGES:
        raise UsageError(f"no language ‘{language}’: {nearest(language, LANGUAGES)}")
    known = entries()
    if key not in known and f"{key}.other" in known:
        # The count is written by the caller; only its plural form is decided here.
        form = Locale.parse(f"{language}_CA").plural_form(int(str(values["count"])))
        key = f"{key}.one" if form == "one" else f"{key}.other"
    if key not in known:
        raise UsageError(f"the catalogue has no text ‘{key}’: {nearest(key, known)}")
    return known[key][language].format(**values)
