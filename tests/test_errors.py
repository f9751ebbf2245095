"""Errors say what was given, where, and what would do."""

from digiskills.errors import Problem, StudyError, UsageError, nearest


def test_a_problem_is_one_line_with_place_value_and_way_out() -> None:
    problem = Problem("survey.csv", 12, "level", "boss", "is not in the codebook", "manager, staff")
    assert str(problem) == "survey.csv, row 12, column level: ‘boss’ is not in the codebook (manager, staff)"


def test_all_problems_are_told_at_once() -> None:
    error = StudyError([Problem("a.csv", None, None, None, "is missing"), Problem("b.csv", 2, None, None, "is odd")])
    assert str(error).splitlines() == ["2 problems:", "a.csv: is missing", "b.csv, row 2: is odd"]


def test_exit_codes_tell_usage_from_failure() -> None:
    assert (UsageError("x").exit_code, StudyError([]).exit_code) == (2, 1)


def test_nearest_suggests_or_lists() -> None:
    assert nearest("levle", ["level", "wave"]) == "did you mean ‘level’?"
    assert nearest("zzz", ["level", "wave"]) == "known: level, wave"
