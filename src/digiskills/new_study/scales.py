"""Words by which an answer is known: reasons for having none, and the two ends of a scale."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digiskills.new_study.found import FoundChoice

_REASONS = {
    "dont_know": r"(do not|don.?t|does not) know|not sure|unsure|no opinion|ne sa(is|it) pas|je l.ignore|sans opinion",
    "refused": r"refus|prefer not|rather not|préf(è|é)r\w* ne pas|no answer|pas de réponse",
    "not_applicable": r"not applicable|(does|do) not apply|\bn/?a\b|sans objet|s.o\.|ne s.applique pas",
    "not_asked": r"not asked|non posée",
}
_HIGH = (
    r"strongly agree|(very|completely|extremely) (satisfied|good|confident|important)|always|expert|advanced|excellent|"
    r"fortement d.accord|tout à fait d.accord|entièrement d.accord|très (satisfait|bon)|toujours|avancé|a great deal|"
    r"to a very (large|great) extent|daily|weekly or more|fortnightly or more"
)
_LOW = (
    r"strongly disagree|very dissatisfied|(very|extremely) (poor|bad)|never|none\b|no (skill|knowledge)|beginner|"
    r"not at all|fortement en désaccord|pas du tout|tout à fait en désaccord|très (insatisfait|mauvais)|jamais|aucun|"
    r"débutant|very poor"
)
# Answers from the lowest to the highest; each step is all the words of an answer.
_LADDERS = (
    (r"no|non", r"yes|oui"),
    (
        r"(strongly|completely|totally) disagree|(fortement|tout à fait|totalement) en désaccord",
        r"(moderately )?disagree|(plutôt )?en désaccord",
        r"(mildly|slightly|somewhat) disagree|(légèrement|un peu) en désaccord",
        r"neither.*|neutral|ni .*|neutre",
        r"(mildly|slightly|somewhat) agree|(légèrement|un peu) d'accord",
        r"(moderately )?agree|(plutôt )?d'accord",
        r"(strongly|completely|totally) agree|(fortement|tout à fait|totalement) d'accord",
    ),
    (
        r"none|no (skills?|knowledge)|aucune?",
        r"basic|beginner|novice|de base|débutant|élémentaire",
        r"intermediate|moderate|competent|intermédiaire|moyen",
        r"advanced|proficient|avancée?",
        r"expert|experte",
    ),
    (
        r"never|jamais",
        r"rarely|seldom|rarement",
        r"sometimes|occasionally|parfois|à l'occasion",
        r"often|frequently|usually|souvent",
        r"always|toujours",
    ),
    (
        r"not at all|pas du tout",
        r"a little|un peu",
        r"somewhat|assez",
        r"a lot|very|beaucoup|très",
        r"completely|tout à fait",
    ),
    (
        r"very (poor|bad)|très mauvais",
        r"poor|bad|mauvais",
        r"fair|average|passable|moyen",
        r"good|bon",
        r"very good|très bon",
        r"excellent",
    ),
    (
        r"very low|très faible",
        r"low|faible|basse?",
        r"medium|moderate|moyenne?",
        r"high|élevée?|haute?",
        r"very high|très élevée?",
    ),
    (
        r"micro|very small|très petite?",
        r"small|petite?",
        r"medium|moyenne?",
        r"large|grande?",
        r"very large|très grande?",
    ),
)


def missing_reason(text: str) -> str:
    """Return the reason for having no answer that words name.

    Parameters
    ----------
    text : str
        The words of an answer, in English or French.

    Returns
    -------
    str
        Empty where they are an answer.
    """
    low = text.strip().lower()
    return next((reason for reason, words in _REASONS.items() if len(low) <= 60 and re.search(words, low)), "")


def ordered(choices: Sequence[FoundChoice], in_order: bool = True) -> tuple[tuple[FoundChoice, ...], str]:
    """Return choices in the order of a known scale.

    Parameters
    ----------
    choices : sequence of FoundChoice
        In any order.
    in_order : bool
        Whether a file gave their order.

    Returns
    -------
    tuple of FoundChoice and str
        The choices and what their order was guessed from: the lowest first, unless they stood from the highest to the
        lowest already; unchanged and empty where their words are no known scale.
    """
    places = _places(choices)
    if not places:
        return tuple(choices), ""
    answers = [choice for choice in choices if not choice.missing]
    given = [places[choice.code] for choice in answers]
    if given == sorted(given) or (in_order and given == sorted(given, reverse=True)):
        return tuple(choices), ""
    low = sorted(answers, key=lambda choice: places[choice.code])
    why = f"answers are put in the order of their words, from ‘{_words(low[0])}’ to ‘{_words(low[-1])}’"
    return (*low, *(choice for choice in choices if choice.missing)), why


def scored(choices: Sequence[FoundChoice], in_order: bool = True) -> tuple[tuple[FoundChoice, ...], str]:
    """Return choices with the scores that their words suggest.

    Parameters
    ----------
    choices : sequence of FoundChoice
        In order.
    in_order : bool
        Whether a file gave their order, so that the words of its two ends are enough.

    Returns
    -------
    tuple of FoundChoice and str
        The choices, and what the scores were guessed from; unchanged and empty where their words are no known
        scale, or where they have scores.
    """
    answers = [choice for choice in choices if not choice.missing]
    if len(answers) < 2 or any(choice.score for choice in choices):
        return tuple(choices), ""
    places = _places(choices) or (_by_ends(answers) if in_order else {})
    if not places:
        return tuple(choices), ""
    ranks = {place: str(number) for number, place in enumerate(sorted(set(places.values())), start=1)}
    ranks = {0: "0", 1: "1"} if set(places.values()) == {0, 1} else ranks
    by_code = {code: ranks[place] for code, place in places.items()}
    low, high = (end(answers, key=lambda choice: places[choice.code]) for end in (min, max))
    why = f"scores run from ‘{_words(low)}’ ({by_code[low.code]}) to ‘{_words(high)}’ ({by_code[high.code]})"
    return tuple(replace(choice, score=by_code.get(choice.code, "")) for choice in choices), why


def _places(choices: Sequence[FoundChoice]) -> dict[str, int]:
    """Return the place of each answer on the one scale that has all of them; empty where none has."""
    answers = [choice for choice in choices if not choice.missing]
    for ladder in _LADDERS:
        places = {choice.code: _place(choice, ladder) for choice in answers}
        if len(answers) > 1 and -1 not in places.values() and len(set(places.values())) == len(answers):
            return places
    return {}


def _place(choice: FoundChoice, ladder: Sequence[str]) -> int:
    texts = [" ".join(text.lower().replace("’", "'").split()) for text in (*choice.labels.values(), choice.code)]
    return next((place for place, step in enumerate(ladder) for text in texts if re.fullmatch(step, text)), -1)


def _by_ends(answers: Sequence[FoundChoice]) -> dict[str, int]:
    """Return the place of each answer between two ends that are known words; empty where they are none."""
    first, last = (" ".join(choice.labels.values()).lower() for choice in (answers[0], answers[-1]))
    if _is(first, _HIGH) and _is(last, _LOW):
        return {choice.code: -number for number, choice in enumerate(answers)}
    if _is(first, _LOW) and _is(last, _HIGH):
        return {choice.code: number for number, choice in enumerate(answers)}
    return {}


def _words(choice: FoundChoice) -> str:
    return next(iter(choice.labels.values()), choice.code)


def _is(text: str, words: str) -> bool:
    # ‘strongly disagree’ must not be read as ‘agree’: the words of an end stand at the start of one.
    return re.match(rf"\W*(\d+\W+)?({words})", text) is not None
