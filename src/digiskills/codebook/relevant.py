"""Skip rules: the part of XLSForm's ``relevant`` expressions that a survey needs.

Read are ``${name}``, numbers and quoted text, ``= != < <= > >=``, ``and``, ``or``, ``not()`` and
``selected(${name}, 'code')``. Anything else is an error, so that no rule is half understood.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

Answers = Mapping[str, pd.Series]
Test = Callable[[Answers], np.ndarray]
Value = Callable[[Answers], "pd.Series | str"]

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{[\w.-]+\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<sign><=|>=|!=|=|<|>)|(?P<mark>[(),])|(?P<word>[A-Za-z]+))"
)
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True)
class Relevant:
    """A skip rule that can be asked of a table of raw answers.

    Parameters
    ----------
    source : str
        The expression as it stands in the form.
    names : tuple of str
        The questions it looks at.
    test : callable
        Takes the raw answers by question and returns one truth value per respondent.
    """

    source: str
    names: tuple[str, ...]
    test: Test

    def asked(self, answers: Answers) -> np.ndarray:
        """Return for each respondent whether the question was asked.

        Parameters
        ----------
        answers : mapping of str to Series
            Raw answer codes (text, empty where blank) for each of `names`.

        Returns
        -------
        ndarray of bool
            One value per respondent.
        """
        return self.test(answers)


def parse(source: str) -> Relevant:
    """Return the skip rule that an expression says.

    Parameters
    ----------
    source : str
        The cell of the form's ``relevant`` column.

    Returns
    -------
    Relevant
        The rule.

    Raises
    ------
    ValueError
        If the expression holds anything beyond the subset that is read.
    """
    parser = _Parser(source)
    test = parser.either()
    parser.end()
    return Relevant(source, tuple(dict.fromkeys(parser.names)), test)


def _tokens(source: str) -> list[str]:
    tokens, position = [], 0
    while source[position:].strip():
        match = _TOKEN.match(source, position)
        if match is None:
            raise ValueError(f"‘{source[position:].strip()}’ is not understood in the rule ‘{source}’")
        tokens.append(match.group().strip())
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over or, and, not and comparison, in that order of binding."""

    def __init__(self, source: str) -> None:
        self.source, self.tokens, self.names = source, _tokens(source), list[str]()

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, expected: str = "") -> str:
        token = self.tokens.pop(0) if self.tokens else ""
        if not token or (expected and token != expected):
            wanted = f"‘{expected}’" if expected else "more"
            raise ValueError(f"{wanted} expected where ‘{token}’ stands in the rule ‘{self.source}’")
        return token

    def end(self) -> None:
        if self.tokens:
            raise ValueError(f"‘{self.tokens[0]}’ is one too many in the rule ‘{self.source}’")

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == "or":
            self.take()
            tests.append(self.both())
        return lambda answers: np.logical_or.reduce([test(answers) for test in tests])

    def both(self) -> Test:
        tests = [self.single()]
        while self.peek() == "and":
            self.take()
            tests.append(self.single())
        return lambda answers: np.logical_and.reduce([test(answers) for test in tests])

    def single(self) -> Test:
        if self.peek() == "not":
            self.take()
            inner = self.bracketed()
            return lambda answers: ~inner(answers)
        if self.peek() == "selected":
            return self.selected()
        return self.bracketed() if self.peek() == "(" else self.comparison()

    def bracketed(self) -> Test:
        self.take("(")
        test = self.either()
        self.take(")")
        return test

    def selected(self) -> Test:
        self.take("selected")
        self.take("(")
        name = self.name()
        self.take(",")
        code = self.literal(self.take())
        self.take(")")
        return lambda answers: np.array([code in str(given).split() for given in answers[name]], dtype=bool)

    def comparison(self) -> Test:
        left = self.value()
        sign = self.take()
        if sign not in {"=", "!=", *_ORDER}:
            raise ValueError(f"a comparison is expected where ‘{sign}’ stands in the rule ‘{self.source}’")
        right = self.value()
        if sign in _ORDER:
            compare = _ORDER[sign]
            return lambda answers: _ordered(compare, left(answers), right(answers), answers)
        equal = sign == "="
        return lambda answers: _spread(left(answers), answers).eq(right(answers)).to_numpy(bool) == equal

    def value(self) -> Value:
        if self.peek().startswith("${"):
            name = self.name()
            return lambda answers: answers[name]
        literal = self.literal(self.take())
        return lambda answers: literal

    def name(self) -> str:
        token = self.take()
        if not token.startswith("${"):
            raise ValueError(f"${{name}} is expected where ‘{token}’ stands in the rule ‘{self.source}’")
        self.names.append(token[2:-1])
        return self.names[-1]

    def literal(self, token: str) -> str:
        if token[0] in "'\"":
            return token[1:-1]
        if re.fullmatch(r"-?\d+(\.\d+)?", token):
            return token
        raise ValueError(f"a value is expected where ‘{token}’ stands in the rule ‘{self.source}’")


def _spread(value: pd.Series | str, answers: Answers) -> pd.Series:
    if isinstance(value, pd.Series):
        return value
    return pd.Series(value, index=next(iter(answers.values())).index)


def _ordered(
    compare: Callable[[pd.Series, pd.Series], pd.Series],
    left: pd.Series | str,
    right: pd.Series | str,
    answers: Answers,
) -> np.ndarray:
    """Compare as numbers; a blank or a word is neither smaller nor larger than anything."""
    numbers = [pd.to_numeric(_spread(side, answers), errors="coerce") for side in (left, right)]
    return compare(*numbers).to_numpy(bool)
