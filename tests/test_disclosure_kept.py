"""Estimates that are kept: the same to the last bit, never of something else, closed to others."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey
from hypothesis import given
from hypothesis import strategies as st
from test_import_order import FLOORS, SOURCE

from digiskills import answers, disclosure, paths
from digiskills import study as studies
from digiskills import survey as surveys
from digiskills.disclosure import DeclaredTable, Plan, editions, kept, written
from digiskills.disclosure.kept import Kept
from digiskills.intake import passport

LEVELS = DeclaredTable("05-gap", "mine", "survey", "shortfalls", ("skills",), ("level",), "2025")
HELD = DeclaredTable("04-held", "mine", "survey", "means", ("held_data",), ("department_size",), "2025")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> studies.Study:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    monkeypatch.setattr(kept, "_loaded", lambda: kept.LOADED)  # whoever edits the package meanwhile
    declared = small_survey.study(tmp_path)
    small_survey.received(1, 400).to_csv(declared.folder / "survey.csv", index=False)
    return listed(declared)


def listed(study: studies.Study) -> studies.Study:
    """Return the study with the files that it has now."""
    entry = {"name": "survey", "path": "survey.csv", "evidence": "survey", "disclosure_level": "restricted"}
    (study.folder / "datapackage.json").write_text(json.dumps({"name": "x", "resources": [entry]}), encoding="utf-8")
    passport.renew(study.folder)
    return studies.read(study.name)


def counting(study: studies.Study) -> tuple[Callable, list[str]]:
    """Return what counts a wave, and a list that gets an entry each time it is asked."""
    asked: list[str] = []

    def count(wave: str, dimensions: tuple[str, ...]) -> tuple[surveys.Survey, answers.Answers]:
        asked.append(wave)
        read = surveys.read(study, wave)
        return read, answers.read(read, dimensions)

    return count, asked


def anew(study: studies.Study, table: DeclaredTable = LEVELS) -> bool:
    """Ask for a table; tell whether it was estimated."""
    count, asked = counting(study)
    Kept(study).estimate(table, study, count)
    return bool(asked)


def files(study: studies.Study) -> list[Path]:
    return sorted((paths.processed(study.name) / "estimates").iterdir())


def test_what_is_kept_is_what_was_estimated(study: studies.Study) -> None:
    count, asked = counting(study)
    first = disclosure.estimate(LEVELS, study, count)
    made = [Kept(study).estimate(LEVELS, study, count)]
    before = len(asked)
    made.append(Kept(study).estimate(LEVELS, study, count))
    assert len(asked) == before
    for frame in made:
        pd.testing.assert_frame_equal(frame, first, check_exact=True, check_column_type="exact")
        assert repr(frame.attrs) == repr(first.attrs) and frame.attrs["method"]
    made[1].attrs["method"].clear()
    assert Kept(study).estimate(LEVELS, study, count).attrs == first.attrs, "each is one's own"


def test_only_its_owner_reads_it(study: studies.Study) -> None:
    anew(study)
    (file,) = files(study)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert paths.processed("mine") in file.parents


def test_another_table_is_another_one_whatever_it_is_called(study: studies.Study) -> None:
    assert anew(study) and not anew(study, replace(LEVELS, id="other"))
    others = [HELD, replace(LEVELS, by=()), replace(LEVELS, where=(("department_size", "micro"),))]
    assert all(anew(study, table) and not anew(study, table) for table in others)


@pytest.mark.parametrize(
    ("file", "before", "after", "counts"),
    [
        ("study.toml", 'label.fr = "Taille"', 'label.fr = "Grandeur"', False),
        ("codebook/survey.csv", "Needed: data", "Data that you need", False),
        ("codebook/choices.csv", "Fonctionnel", "Courant", False),
        ("study.toml", '"adjust"', '"average"', True),
        ("codebook/choices.csv", "Expert,Expert,,5", "Expert,Expert,,6", True),
        ("survey.csv", "advanced", "working", True),
    ],
)
def test_words_do_not_count_but_all_else_does(
    study: studies.Study, file: str, before: str, after: str, counts: bool
) -> None:
    anew(study)
    text = (study.folder / file).read_text(encoding="utf-8")
    assert before in text
    (study.folder / file).write_text(text.replace(before, after), encoding="utf-8")
    assert anew(listed(study)) == counts


def test_other_words_make_the_same_estimates(study: studies.Study) -> None:
    """The digest leaves words out, so no estimate may hold one."""
    tables = [LEVELS, HELD, replace(LEVELS, kind="needs", by=()), replace(HELD, kind="shares")]
    before = [written.dumps(disclosure.estimate(table, study, counting(study)[0])) for table in tables]
    for name in ("study.toml", "codebook/survey.csv", "codebook/choices.csv"):
        path = study.folder / name
        text = path.read_text(encoding="utf-8")
        for word in ("Needed", "Possédé", "Director", "Grand", "Petit", "Working", "Fonctionnel", "Agree,"):
            text = text.replace(word, f"Other {word}")
        path.write_text(text, encoding="utf-8")
    other = listed(study)
    after = [written.dumps(disclosure.estimate(table, other, counting(other)[0])) for table in tables]
    assert "Other Needed" in (study.folder / "codebook/survey.csv").read_text(encoding="utf-8")
    assert before == after


@pytest.mark.parametrize("name", ["code_digest", "_computed_by"])
def test_other_code_and_other_packages_make_them_anew(
    name: str, study: studies.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew(study)
    monkeypatch.setattr(kept, name, lambda *_: "other")
    assert anew(study)


def test_the_number_of_threads_counts(study: studies.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    anew(study)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    assert anew(study)


def test_code_that_was_edited_under_way_keeps_nothing(study: studies.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    anew(study)
    monkeypatch.setattr(kept, "_loaded", lambda: ())
    assert anew(study) and anew(study, HELD) and len(files(study)) == 1


def test_answers_that_changed_under_way_are_not_kept(study: studies.Study) -> None:
    old = surveys.read(study, "2025")
    text = (study.folder / "survey.csv").read_text(encoding="utf-8")
    (study.folder / "survey.csv").write_text(text.replace("advanced", "working"), encoding="utf-8")
    keeping = Kept(listed(study))
    keeping.estimate(LEVELS, study, lambda _, by: (old, answers.count(old, by)))
    assert not keeping.folder.exists() and not keeping.holds(old)
    assert keeping.holds(surveys.read(listed(study), "2025"))


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b'{"rows": 1, "names": ["str", null], "columns": [["a", {"objects": [{"eval": "1"}]}]], "attrs": {"dict": []}}',
        b'{"rows": 1, "names": ["str", null], "columns": [["a", {"bytes": "QQ==", "dtype": "|O", "shape": [1]}]], '
        b'"attrs": {"dict": []}}',
        b'{"rows": 99999999999999999999, "names": ["str", null], "columns": [["a", {"objects": []}]], "attrs": 1}',
    ],
)
def test_a_damaged_or_hostile_file_is_no_answer(damage: bytes, study: studies.Study) -> None:
    anew(study)
    (file,) = files(study)
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert anew(study) and file.read_bytes() == whole


def test_a_file_that_is_too_large_is_not_read(study: studies.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    anew(study)
    monkeypatch.setattr(kept, "LARGEST", 10)
    assert anew(study) and anew(study, HELD) and len(files(study)) == 1


def test_those_used_longest_ago_go_first(study: studies.Study) -> None:
    for at, table in enumerate((LEVELS, HELD)):
        anew(study, table)
        (new,) = [file for file in files(study) if file.stat().st_mtime > 10**6]
        os.utime(new, (at, at))
    anew(study)  # used again, so the other one is the older
    Kept(study).forget(most=sum(file.stat().st_size for file in files(study)) - 1)
    assert not anew(study) and anew(study, HELD)


def test_every_part_below_disclosure_counts() -> None:
    below = [name for floor in FLOORS[: FLOORS.index(("disclosure",)) + 1] for name in floor]
    # Coded passages, published figures, synthetic answers, new studies, signs of spreadsheets and places have no part.
    wanted = set(below) - {"paths", "formulas", "focus_groups", "published", "simulate", "new_study"}
    assert wanted <= set(kept.MADE_BY), "code that is not known here could change and leave old estimates"
    assert all((SOURCE / name).is_dir() or (SOURCE / f"{name}.py").is_file() for name in kept.MADE_BY)


@cache
def made(seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "item": pd.Series(["a", "é", None, "a"], dtype="str"),
            "n": draw.integers(0, 99, 4),
            "estimate": [np.nan, -0.0, np.inf, draw.normal()],
            "short": [True, False, True, True],
            "answer": pd.Categorical(["x", None, "y", "x"], categories=["y", "x", "z"], ordered=True),
            "anything": pd.Series(["a", None, 1.5, ("b", 2)], dtype=object),
        }
    )
    frame.attrs = {"method": {"levels": (0.5, [1, True, None]), "rho": np.float64(draw.normal()), "seed": np.int64(3)}}
    frame.attrs["method"] |= {"covariance": draw.normal(size=(2, 3)), "table": frame[["n"]], 1: "one"}
    return frame


def test_every_type_comes_back() -> None:
    frame = made(1)
    back = written.loads(written.dumps(frame))
    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_column_type="exact")
    assert np.signbit(back.loc[1, "estimate"]) and back["anything"].map(type).tolist() == [
        str,
        type(None),
        float,
        tuple,
    ]
    method = back.attrs["method"]
    assert type(method["rho"]) is np.float64 and method["seed"].dtype == np.int64 and method[1] == "one"
    assert method["levels"] == (0.5, [1, True, None]) and type(method["levels"][1][1]) is bool
    assert np.array_equal(method["covariance"], frame.attrs["method"]["covariance"])
    assert written.dumps(back) == written.dumps(frame)


SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.floats(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=4)), max_size=5), VALUES)
def test_whatever_is_written_is_read(rows: list[tuple[float, int, str]], value: object) -> None:
    frame = pd.DataFrame(rows, columns=["estimate", "n", "item"])
    frame.attrs["method"] = {"value": value}
    back = written.loads(written.dumps(frame))
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    assert repr(back.attrs) == repr(frame.attrs)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"a": [1]}, index=["x"]), "rows that are named"),
        (pd.DataFrame({0: [1]}), "columns that are not named"),
        (pd.DataFrame({"a": [pd.Timestamp("2025-01-01")]}), "a column of type datetime64"),
        (pd.DataFrame({"a": [object()]}, dtype=object), "a value of type object"),
    ],
)
def test_what_has_no_text_is_refused(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(written.CannotBeWritten, match=said):
        written.dumps(frame)


def test_a_frame_that_cannot_be_written_is_given_and_not_kept(
    study: studies.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = pd.DataFrame({"a": [object()]}, dtype=object)
    monkeypatch.setattr(kept, "estimate", lambda *_: strange)
    keeping = Kept(study)
    assert keeping.estimate(LEVELS, study, counting(study)[0]) is strange and not keeping.folder.exists()


def test_a_plan_from_kept_estimates_is_the_same_plan(study: studies.Study) -> None:
    anew_made = disclosure.make(study, [LEVELS, HELD], counting(study)[0])
    for keep in (Kept(study).estimate, Kept(study).estimate):
        assert disclosure.make(study, [LEVELS, HELD], counting(study)[0], keep) == anew_made
    assert anew_made.withheld and set(anew_made.inputs) == {"2025"}


def test_a_plan_is_made_once_and_anew_for_other_tables_or_editions(study: studies.Study) -> None:
    def planned(*tables: DeclaredTable) -> tuple[Plan, bool]:
        count, asked = counting(study)
        return Kept(study).plan(tables, count), bool(asked)

    (first, made), (again, made_again) = planned(LEVELS, HELD), planned(HELD, LEVELS)
    assert (made, made_again) == (True, False)
    assert first == again == disclosure.make(study, [LEVELS, HELD], counting(study)[0])
    assert planned(LEVELS)[1] and planned(replace(LEVELS, id="05-other"), HELD)[1], "ids are part of a plan"
    editions.keep("mine", "2025-06", {})
    assert planned(LEVELS, HELD)[1] and not planned(LEVELS, HELD)[1]


def test_files_hold_text(study: studies.Study) -> None:
    anew(study)
    assert json.loads(files(study)[0].read_text(encoding="utf-8"))["rows"] > 0
