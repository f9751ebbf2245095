"""What stands in no published file: names of departments, respondents' own words and numbers, bases below the rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from digiskills import intake
from digiskills.release.carriers import READERS, said
from digiskills.release.collected import BASES
from digiskills.study import Study

LONG = 4
"""Characters from which a word or an answer can be known again."""
FINE = re.compile(r"(?<![\w.])\d+\.\d{5,}(?!\d)")
"""Numbers of more decimals than anything released has; weights have them."""
SEVERAL = re.compile(r"[\w.-]{4,}")


def files(folder: Path, study: str) -> list[Path]:
    """Return every published file of a study.

    Parameters
    ----------
    folder : Path
        Where ``site`` and ``exhibits`` are.
    study : str
        Its name.

    Returns
    -------
    list of Path
        In the order of their names, with those that all studies share; none where nothing of this one was built.
    """
    bases = (folder / "exhibits" / study, folder / "site" / study)
    own = [path for base in bases for path in base.rglob("*") if path.is_file()]
    return sorted([*own, *(folder / "site").glob("*.*")]) if own else []


def scan(study: Study, folder: Path, departments: set[str], public: frozenset[str] = frozenset()) -> list[str]:
    """Return what published files say that nobody may say.

    Parameters
    ----------
    study : Study
        The study.
    folder : Path
        Where ``site`` and ``exhibits`` are.
    departments : set of str
        Names that no file may hold.
    public : frozenset of str
        Exhibits of other evidence than the survey, whose bases are passages or others' respondents.

    Returns
    -------
    list of str
        One line per file and finding.

    Notes
    -----
    Looked for as whole words: names of departments; values of a column of the received files that no two respondents
    share, and free text of respondents, each of at least four characters; weights with more decimals than anything
    that is released. A base below the threshold is found by the words around it, whichever table it is of.
    """
    names, own = {each for each in departments if _known_again(each)}, _own(study)
    fine = set(_weights(study))
    found = []
    for file in files(folder, study.name):
        text, where = said(file), str(file.relative_to(folder))
        found += [f"{where}: is of a kind that no build publishes"] if file.suffix not in READERS else []
        words = set(SEVERAL.findall(text))
        found += [f"{where}: names the department {each}" for each in sorted(_met(names, words, text))[:1]]
        found += [f"{where}: holds what one respondent gave, ‘{each}’" for each in sorted(_met(own, words, text))[:1]]
        found += [f"{where}: holds the weight {each}" for each in sorted(fine & set(FINE.findall(text)))[:1]]
        if file.stem not in public:
            low = _small(text, study.release.smallest_group)
            found += [f"{where}: says that a number stands on ‘{each}’" for each in low]
    return found


def _met(secrets: set[str], words: set[str], text: str) -> Iterator[str]:
    """Yield the secrets that a text holds; those of one word are looked up, others are looked for."""
    yield from secrets & words
    yield from (each for each in secrets if " " in each and each in text)


def _known_again(value: str) -> bool:
    return len(value) >= LONG and not value.isdigit()


def _own(study: Study) -> set[str]:
    """Return what single respondents gave: keys that no two share, and free text."""
    found: set[str] = set()
    for wave in study.waves:
        received = intake.read_listed(study.folder, wave.file).frame.astype("str")
        for name in received:
            item = study.codebook.items.get(str(name))
            values = received[name].str.strip()
            values = values[values.ne("")]
            is_text = item is None or item.kind == "text"
            is_key = len(values) > 1 and values.is_unique and (item is None or item.role != "weight")
            if is_text or is_key:
                shared = values.value_counts()
                found |= {str(each) for each in shared.index[shared.eq(1)] if _known_again(str(each))}
    return found


def _weights(study: Study) -> Iterator[str]:
    name = study.design.weight
    for wave in study.waves if name else ():
        received = intake.read_listed(study.folder, wave.file).frame
        yield from received[name].astype("str") if name in received else pd.Series(dtype=str)


def _small(text: str, least: int) -> list[str]:
    """Return bases below the threshold, as the text says them."""
    met = [match for pattern in BASES for match in pattern.finditer(text)]
    return list(dict.fromkeys(match.group() for match in met if 0 < int(re.sub(r"\D", "", match.group(1))) < least))
