"""What no file says and somebody must: asked in the terminal, given beforehand, guessed, or left open."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digiskills.errors import UsageError, nearest
from digiskills.new_study import roles
from digiskills.new_study.found import Found
from digiskills.new_study.roles import Guess

NONE = "none"
QUESTIONS = {
    "title": "What is the study called?",
    "evidence": "Did people answer (collected), or were the answers made up for a trial (synthetic)?",
    "date": "On which day did the answers end, as 2025-05-31 (one day per file of answers, with commas)?",
    "size": "Which column holds the size of a person’s department?",
    "level": "Which column holds a person’s level?",
    "weight": "Which column holds the weight of each answer?",
    "stratum": "Which column holds the stratum that a department or person was drawn from?",
    "cluster": "Which column names the department that a person was drawn within?",
    "departments_hidden": "Were people drawn within departments that the file does not name (yes or no)?",
    "needed": "Which columns hold the skill level that the job needs, with commas?",
    "held": "Which columns hold the skill level that the person has, in the same order?",
    "barrier": "Which columns are statements on what holds digital work back, with commas?",
    "favourable": "In which of these does agreeing mean that there is no barrier?",
}
OF_ANSWERS = tuple(name for name in QUESTIONS if name != "title")
_WORDS = {"evidence": ("collected", "synthetic"), "departments_hidden": ("yes", "no")}
_ONE = ("size", "level", "weight", "stratum", "cluster")
_SEVERAL = ("needed", "held", "barrier", "favourable")
_ENOUGH = 2


@dataclass(frozen=True)
class Settled:
    """What every question about a study is answered by.

    Parameters
    ----------
    values : mapping of str to str
        By question; ``none`` where the study has no such thing.
    guessed : mapping of str to str
        Questions that were answered by a guess, and why.
    open : tuple of str
        Questions that nobody answered.
    """

    values: Mapping[str, str]
    guessed: Mapping[str, str] = field(default_factory=dict)
    open: tuple[str, ...] = ()

    def one(self, question: str) -> str:
        """Return the column that answers a question; empty where none does.

        Parameters
        ----------
        question : str
            One of `QUESTIONS`.

        Returns
        -------
        str
            Its name.
        """
        value = self.values.get(question, "")
        return "" if value == NONE else value

    def several(self, question: str) -> list[str]:
        """Return the columns that answer a question.

        Parameters
        ----------
        question : str
            One of `QUESTIONS`.

        Returns
        -------
        list of str
            In the order given.
        """
        return listed(self.one(question))


def listed(text: str) -> list[str]:
    """Return the parts of a text that are parted by commas.

    Parameters
    ----------
    text : str
        Such as ``Q1, Q2``.

    Returns
    -------
    list of str
        Each once.
    """
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def given(answers: Sequence[str], file: Path | None = None) -> dict[str, str]:
    """Return answers given beforehand.

    Parameters
    ----------
    answers : sequence of str
        Each as ``question=value``; they count before those of the file.
    file : Path, optional
        TOML with ``question = "value"``, a list where there are several.

    Returns
    -------
    dict
        By question.

    Raises
    ------
    UsageError
        With everything that is wrong.
    """
    wrong = [f"--answer {text}: write QUESTION=VALUE" for text in answers if "=" not in text]
    found = {} if file is None else _of_file(file)
    parted = [text.partition("=") for text in answers if "=" in text]
    found |= {name.strip(): value.strip() for name, _, value in parted}
    wrong += [f"there is no question ‘{name}’: {nearest(name, QUESTIONS)}" for name in found if name not in QUESTIONS]
    if wrong:
        raise UsageError("\n".join(wrong))
    return found


def _of_file(file: Path) -> dict[str, str]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--answers {file}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f'--answers {file}: is not TOML, such as size = "Q5" ({error})') from None
    return {name: ",".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in said.items()}


def settle(
    found: Found, answers: Mapping[str, str], name: str, ask: Callable[[str, str, str], str] | None = None
) -> Settled:
    """Return what each question is answered by.

    Parameters
    ----------
    found : Found
        What the files say.
    answers : mapping of str to str
        Given beforehand.
    name : str
        The study's.
    ask : callable, optional
        Called with a question’s name, its text and its guess; returns an answer, empty to leave it open.

    Returns
    -------
    Settled
        Values, those that are guesses, and questions that are left open.

    Raises
    ------
    UsageError
        With every answer that names no column, or one that cannot answer the question.
    """
    guesses = _guesses(found, name)
    wanted = list(QUESTIONS) if found.holding("answers") or found.holding("form") else ["title"]
    wrong = [text for question, value in answers.items() for text in problems(found, question, value)]
    if wrong:
        raise UsageError("\n".join(wrong))
    values, guessed, still = dict(answers), dict[str, str](), list[str]()
    for question in (each for each in wanted if each not in answers):
        if not _applies(question, values, found):
            continue
        guess = guesses.get(question) or _late_guess(question, values, found)
        said = _asked(ask, question, guess, found) if ask else ""
        if said:
            values[question] = said
        elif guess and not ask:
            values[question] = guess.value
            guessed |= {} if guess.why == roles.READ else {question: guess.why}
        else:
            still.append(question)
    wrong = _together(values)
    if wrong:
        raise UsageError("\n".join(wrong))
    return Settled(values, guessed, tuple(still))


def problems(found: Found, question: str, value: str) -> list[str]:
    """Return what is wrong with an answer.

    Parameters
    ----------
    found : Found
        What the files say.
    question : str
        One of `QUESTIONS`.
    value : str
        The answer.

    Returns
    -------
    list of str
        Empty where it will do.
    """
    if question == "title" or (value == NONE and question not in _WORDS):
        return []
    if question in _WORDS:
        words = " nor ".join(_WORDS[question])
        return [] if value in _WORDS[question] else [f"{question}: ‘{value}’ is neither {words}"]
    if question == "date":
        return [f"date: ‘{part}’ is no day such as 2025-05-31" for part in listed(value) if _day(part) is None]
    names = listed(value)
    absent = [one for one in names if one not in found.items]
    wrong = [f"{question}: there is no column ‘{one}’: {nearest(one, found.items)}" for one in absent]
    if question in _ONE and len(names) > 1:
        wrong.append(f"{question}: one column only, not {len(names)}")
    for one in names if question in ("size", "level", "needed", "held", "barrier") and not wrong else []:
        if len(found.items[one].answers) < _ENOUGH:
            wrong.append(f"{question}: ‘{one}’ has no list of answers; name a question to which people chose an answer")
    return wrong


def days(value: str) -> list[datetime.date]:
    """Return the days that an answer names.

    Parameters
    ----------
    value : str
        Such as ``2023-05-31,2025-05-31``.

    Returns
    -------
    list of date
        In the order given.
    """
    return [day for part in listed(value) if (day := _day(part)) is not None]


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _guesses(found: Found, name: str) -> dict[str, Guess]:
    guesses = roles.guesses(found.items)
    guesses["title"] = Guess(name.replace("-", " ").replace("_", " ").capitalize(), "the name of its folder")
    guesses["evidence"] = Guess("collected", "as most files of answers are")
    answers = found.holding("answers")
    dated = [_date_of(file.path) for file in answers]
    if dated:
        guesses["date"] = Guess(",".join(day for day, _ in dated), "; ".join(dict.fromkeys(why for _, why in dated)))
    return guesses


def _late_guess(question: str, values: Mapping[str, str], found: Found) -> Guess | None:
    """Return the guess at a question that hangs on other answers."""
    if question == "departments_hidden":
        return Guess("no", "no column names departments: each answer is taken as drawn by itself")
    statements = [found.items[one] for one in listed(values.get("barrier", "").replace(NONE, ""))]
    if question == "favourable" and statements and all(item.role == "barrier" for item in statements):
        return Guess(",".join(item.name for item in statements if item.reverse) or NONE, roles.READ)
    if question == "favourable" and statements:
        named = [item.name for item in statements if roles.favourable(item)]
        return Guess(",".join(named) or NONE, "their words name no lack and no hindrance")
    return None


def _date_of(path: Path) -> tuple[str, str]:
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", path.name)
    if year:
        return f"{year[0]}-12-31", "the year in the file’s name"
    return datetime.date.fromtimestamp(path.stat().st_mtime).isoformat(), "the day on which the file was last changed"


def _applies(question: str, values: Mapping[str, str], found: Found) -> bool:
    """Tell whether a question still has to be asked."""
    if question == "departments_hidden":
        return values.get("cluster", NONE) == NONE
    if question == "favourable":
        return values.get("barrier", NONE) != NONE
    if question == "held":
        return values.get("needed", NONE) != NONE
    return question not in ("date", "evidence") or bool(found.holding("answers"))


def _asked(ask: Callable[[str, str, str], str], question: str, guess: Guess | None, found: Found) -> str:
    """Return what somebody answers to a question; asked again while it cannot be."""
    text = QUESTIONS[question]
    while True:
        said = ask(question, text, guess.value if guess else "")
        wrong = problems(found, question, said) if said else []
        if not wrong:
            return said
        text = "\n".join([*wrong, QUESTIONS[question]])


def _together(values: Mapping[str, str]) -> list[str]:
    """Return what is wrong with answers that have to fit each other."""
    needed, held = (listed(values.get(name, "").replace(NONE, "")) for name in ("needed", "held"))
    unlike = f"{len(needed)} columns are needed and {len(held)} held: they go in pairs"
    wrong = [] if len(needed) == len(held) else [unlike]
    statements = listed(values.get("barrier", ""))
    favourable = [one for one in listed(values.get("favourable", "").replace(NONE, "")) if one not in statements]
    return wrong + [f"favourable: ‘{one}’ is not among the statements on barriers" for one in favourable]
