"""The rules that a single cell must meet, on counts small enough to see."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from digiskills.answers import Answers, ItemTotals
from digiskills.disclosure import pattern, rules
from digiskills.disclosure.relations import domain
from digiskills.disclosure.told import ALL, ANSWERED, CHOSE, Told
from digiskills.study import Release
from digiskills.study.problems import Problems
from digiskills.study.release import release

EVERYONE = domain({})
A, B = domain({"level": "a"}), domain({"level": "b"})


def wave(
    counts: dict[str, list[int]], release: Release | None = None, weights: list[float] | None = None
) -> pattern.Wave:
    """Two levels, five departments in each with as many people; answers no and yes to one item."""
    rows = [(level, f"d{at}") for level in counts for at in range(5)]
    groups = pd.DataFrame(rows, columns=["level", "cluster"]).assign(stratum="all")
    n = np.array([[count / 5 for count in counts[level]] for level, _ in rows])
    w = np.array(weights or [1.0] * len(rows))
    groups = groups.assign(n=n.sum(axis=1), w=n.sum(axis=1) * w, w2=1.0)
    item = ItemTotals("i", ("no", "yes"), None, np.array([False, False]), n, n, n)
    answers = Answers(groups, {"i": item}, ("level",), None, "adjust", True)
    told = [Told("1", "", (ALL,), each) for each in (EVERYONE, A, B)]
    told += [Told("1", "i", what, each) for each in (EVERYONE, A, B) for what in ((ANSWERED,), (CHOSE, "yes"))]
    return pattern.Wave("1", answers, tuple(told), release or Release())


def reasons(made: pattern.Wave) -> dict[tuple[str, tuple, str], str]:
    return {(each.item, each.domain, each.sum[0]): why for each, why in pattern.pattern(made).items()}


def test_a_small_numerator_and_a_small_rest_take_a_second_share_with_them() -> None:
    for small in ([60, 5], [5, 60]):
        found = reasons(wave({"a": small, "b": [100, 100]}))
        assert found["i", A, CHOSE] == rules.FEW_IN_ANSWER
        assert found["i", B, CHOSE] == rules.COMPLEMENTARY, "the total less the other level would give it"
        assert ("i", A, ANSWERED) not in found and ("i", EVERYONE, CHOSE) not in found


def test_where_everyone_answered_alike_nothing_is_shown() -> None:
    for whole in ([50, 0], [0, 50]):
        assert reasons(wave({"a": whole, "b": [100, 100]}))["i", A, CHOSE] == rules.EVERYONE


def test_the_threshold_of_numerators_is_the_studys() -> None:
    assert not reasons(wave({"a": [60, 5], "b": [100, 100]}, Release(smallest_answer=5)))


def test_two_departments_that_are_nearly_the_whole_group_hide_it() -> None:
    heavy = wave({"a": [50, 50], "b": [100, 100]}, weights=[100, 100, 1, 1, 1] + [60] * 5)
    found = reasons(heavy)
    assert found["", A, ALL] == rules.DOMINANCE and found["", B, ALL] == rules.COMPLEMENTARY
    assert not reasons(wave({"a": [50, 50], "b": [100, 100]}))


def test_terms_of_a_model_need_degrees_of_freedom_and_shares_of_people_numerators() -> None:
    frame = pd.DataFrame({"n": [100, 100], "clusters": [20, 20], "estimate": [0.5, 0.04], "df": [9.0, 30.0]})
    said = rules.withheld_reason(frame, Release(), has_clusters=True, kind="model")
    assert said.tolist() == [rules.FEW_DF, ""]
    said = rules.withheld_reason(frame, Release(), has_clusters=True, kind="literacy")
    assert said.tolist() == ["", rules.FEW_IN_ANSWER]


def test_shares_that_add_up_are_never_withheld_one_by_one() -> None:
    frame = pd.DataFrame({"item": "quiz", "answer": "low", "right": [0, 1, 2, 3], "n": 100, "clusters": 9})
    frame = frame.assign(estimate=[0.04, 0.13, 0.4, 0.43])
    said = rules.withheld_reason(frame, Release(), has_clusters=True, kind="quiz")
    assert said.tolist() == [rules.FEW_IN_ANSWER, rules.COMPLEMENTARY, "", ""]


@pytest.mark.parametrize(
    ("given", "name"),
    [({"dominance": [2]}, "dominance"), ({"dominance": [0, 0.5]}, "dominance"), ({"fewest_df": 0}, "fewest_df")],
)
def test_rules_that_make_no_sense_are_named(given: dict[str, object], name: str) -> None:
    problems = Problems()
    release(given, problems)
    assert [name in str(problem) for problem in problems] == [True]


def test_rules_of_a_study_are_read() -> None:
    problems = Problems()
    read = release({"smallest_group": 5, "dominance": [1, 0.8], "smallest_answer": 3}, problems)
    assert not problems and (read.dominance, read.answers) == ((1, 0.8), 3) and Release(smallest_group=7).answers == 7
