"""Words made into names."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 40


def slug(words: str, taken: set[str]) -> str:
    """Return words as a name that nothing else has.

    Parameters
    ----------
    words : str
        In English or French.
    taken : set of str
        Names that are used; the new one is added.

    Returns
    -------
    str
        Small letters, digits and ``_``; never ``all``.
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST].strip("_") or "category"
    name = f"{name}_" if name == "all" else name
    while name in taken:
        name += "_"
    taken.add(name)
    return name
