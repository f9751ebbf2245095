"""What in a text may name a person or a place, found without knowing anybody: a first look, before a person's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

CAPITAL = "A-ZÀ-ÖØ-Þ"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Where a capital says nothing: after the end of a sentence, with an opening quotation mark or without.
_SENTENCE_END = re.compile(r"(?:^|[.!?…])[\s\u00a0\u202f«»“”\"'‘’()]*$")
_TITLES = (
    "Mr|Mrs|Ms|Miss|Mx|Dr|Dre|Prof|Professor|Hon|Honourable|Sir|Dame|Lord|Lady|Minister|Premier|President|Senator|"
    "Mayor|Judge|Justice|MM?|Mmes?|Mlles?|Me|Mgr|Pr|Professeure?|honorable|Monsieur|Madame|ministre|mairesse|maire"
)
_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
PATTERNS = {
    "formula": re.compile(r"^\s*[=+\-@]"),  # what a spreadsheet that opens the published table would run
    "email": re.compile(r"[\w.+\-]+\s?@\s?[\w\-]+\.\w+"),
    "address": re.compile(
        r"https?:|www\.|\b[\w\-]+\.(?:ca|com|org|net|gov|info|io|eu|fr|uk|us|gouv|quebec|ontario)\b", re.I
    ),
    "account": re.compile(r"(?<![\w.])@\w+"),
    "phone": re.compile(r"(?:\d[\s\u00a0\u202f().\-]*){7,}"),
    "postal_code": re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z]\s?\d[A-Z]\d\b", re.I),
    "date": re.compile(
        rf"\b\d{{1,2}}(?:er|st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b|\b(?:{_MONTHS})\s+\d{{1,4}}\b", re.I
    ),
    "title": re.compile(rf"\b(?:{_TITLES})\b\.?[\s\u00a0\u202f]+[{CAPITAL}]"),
}
"""What is looked for besides capitals."""
_SHORT = ("IT", "TI", "ICT", "TIC", "AI", "IA", "HR", "RH", "VR", "RV", "IoT", "API", "PDF")
COMMON = frozenset((*_SHORT, "I", "Web", "Internet", "English", "French", "État"))
"""Words with a capital that name neither a person nor a place."""


def looks(text: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Return what in a text a person should look at before it is shown.

    Parameters
    ----------
    text : str
        In English or French.
    known : frozenset of str
        Words in small letters that are no names. Where there are any, a sentence that starts with another
        word is one to look at; without, the first word of a sentence is taken as no name.

    Returns
    -------
    list of str
        Keys of `PATTERNS`, ``name`` (a word with a capital) and ``script`` (letters that are not Latin, which may have
        no capitals or look like others), sorted; empty where nothing was found.

    Notes
    -----
    It cannot see a name in small letters, a nickname, or a person described without a name. The denylist and
    a person's own reading are for those.
    """
    plain = unicodedata.normalize("NFKC", "".join(sign for sign in text if unicodedata.category(sign) != "Cf"))
    found = {name for name, pattern in PATTERNS.items() if pattern.search(plain)}
    found |= {"script"} if any(map(_is_strange, plain)) else set()
    return sorted(found | ({"name"} if _has_name(plain, known) else set()))


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that stand in small letters in some texts.

    Parameters
    ----------
    texts : iterable of str
        Of one study: its passages, questions and labels.

    Returns
    -------
    frozenset of str
        A word that is written with a small letter somewhere is no proper noun there.
    """
    found = (part for text in texts for word in _WORD.findall(text) for part in word.split("-"))
    return frozenset(word for word in found if word == word.lower())


def names_in(text: str, denylist: Iterable[str]) -> bool:
    """Return whether a text holds a name of a list.

    Parameters
    ----------
    text : str
        The text.
    denylist : iterable of str
        Names; capitals, accents, hyphens, apostrophes and spaces make no difference.

    Returns
    -------
    bool
        True for whole words only: ‘Lee’ is not in ‘Leeds’.
    """
    within = f" {plain_words(text)} "
    return any(f" {name} " in within for name in map(plain_words, denylist) if name)


def speaks_of(text: str, beginnings: Iterable[str]) -> bool:
    """Return whether a text itself says what its attribution no longer does.

    Parameters
    ----------
    text : str
        The text.
    beginnings : iterable of str
        How words for what was taken away begin, such as ``deput``; capitals and accents make no difference.

    Returns
    -------
    bool
        True where a word of the text, or several in a row, begin so.
    """
    within = f" {plain_words(text)}"
    return any(f" {start}" in within for start in map(plain_words, beginnings) if start)


def plain_words(text: str) -> str:
    """Return a text as words in small letters without accents, one space between them.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    str
        What is compared with a denylist.
    """
    apart = unicodedata.normalize("NFKD", text)
    kept = "".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Cf"))
    return " ".join(re.findall(r"[^\W_]+", kept.casefold()))


def _is_strange(sign: str) -> bool:
    return sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN ")


def _has_name(text: str, known: frozenset[str]) -> bool:
    capitals = [match for match in _WORD.finditer(text) if match.group() != match.group().lower()]
    return any(_may_be_name(match, text, known) for match in capitals if match.group() not in COMMON)


def _may_be_name(match: re.Match[str], text: str, known: frozenset[str]) -> bool:
    word = match.group()
    starts = bool(_SENTENCE_END.search(text[: match.start()]))
    if not starts or word[1:] != word[1:].lower():
        return True
    return bool(known) and not set(word.lower().split("-")) <= known
