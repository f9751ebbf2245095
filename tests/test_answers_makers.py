"""Three makers, one result; derived and numeric items against the respondents; answers that are kept."""

from __future__ import annotations

import dataclasses
import json
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import small_survey
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import answers, estimates, paths
from digiskills import study as studies
from digiskills.answers import AnyOf, Both, Counted, Form, Net
from digiskills.errors import UsageError
from digiskills.estimates import SurveyDesign
from digiskills.intake import passport
from digiskills.study import Study
from digiskills.survey import Survey, read

SIDES = {"no_time": ["agree"], "good_tools": ["disagree"], "held_data": ["none", "basic"]}
DERIVED = (
    Net("well_equipped", "good_tools", ["agree", "neither"]),
    Net("short", "gap:data", ["1", "2", "3", "4"]),
    AnyOf("any_barrier", SIDES),
    AnyOf("any_barrier_listwise", SIDES, rule="listwise"),
    Both("no_time", "good_tools"),
)
YEARS = "integer,years,Years,Années,,demographic,,,\n"


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("study"))


def make_study(folder: Path, clusters: bool = True) -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        small_survey.study(folder, clusters)
        form = folder / "data" / "raw" / "mine" / "codebook" / "survey.csv"
        form.write_text(small_survey.FORM + YEARS, encoding="utf-8")
        return studies.read("mine")


def make_survey(study: Study, seed: int, respondents: int = 400) -> Survey:
    table = small_survey.received(seed, respondents)
    draw = np.random.default_rng(seed)
    table["years"] = np.where(draw.random(respondents) < 0.2, "", draw.integers(40, size=respondents).astype(str))
    table.loc[(draw.random(respondents) < 0.05) & (table.index > 0), "weight"] = "0"  # a survey has somebody who counts
    return small_survey.survey(study, table)


def written(survey: Survey, folder: Path, row_group: int = 90) -> Path:
    path = folder / "survey.parquet"
    pq.write_table(pa.Table.from_pandas(survey.frame, preserve_index=False), path, row_group_size=row_group)
    return path


def passport_of(study: Study) -> None:
    names = ("survey.csv", "study.toml", "codebook/survey.csv", "codebook/choices.csv")
    entries = [{"name": name.replace("/", "-"), "path": name} for name in names]
    (study.folder / "datapackage.json").write_text(json.dumps({"name": "x", "resources": entries}), encoding="utf-8")
    passport.renew(study.folder)


def the_form(survey: Survey) -> Form:
    categories = answers.memory.categories(survey.frame)
    return answers.form(survey.study, categories, ("department_size", "level"), DERIVED, ("years",))


def assert_same(found: Counted, expected: Counted) -> None:
    exact = ["stratum", "cluster", "department_size", "level", "n"]
    pd.testing.assert_frame_equal(found.groups[exact], expected.groups[exact])
    pd.testing.assert_frame_equal(found.groups, expected.groups, rtol=1e-12, atol=0)
    assert list(found.items) == list(expected.items)
    for name, item in expected.items.items():
        other = found.items[name]
        assert other.answers == item.answers
        np.testing.assert_array_equal(other.n, item.n)
        np.testing.assert_array_equal(other.missing, item.missing)
        for part in ("w", "w2"):
            np.testing.assert_allclose(getattr(other, part), getattr(item, part), rtol=1e-12, atol=0)
    for name, number in expected.numbers.items():
        for field in dataclasses.fields(number)[1:]:
            values = getattr(found.numbers[name], field.name), getattr(number, field.name)
            np.testing.assert_allclose(*values, rtol=1e-12, atol=0)
        np.testing.assert_array_equal(found.numbers[name].n, number.n)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), respondents=st.integers(1, 300), clusters=st.booleans())
def test_three_makers_one_result(tmp_path_factory, seed, respondents, clusters) -> None:
    folder = tmp_path_factory.mktemp("makers")
    survey = make_survey(make_study(folder, clusters), seed, respondents)
    path, form = written(survey, folder), the_form(survey)
    expected = answers.count_frame(survey.frame, form)
    assert_same(answers.count_parquet(path, form), expected)
    assert_same(answers.count_with_duckdb(path, form), expected)


def test_batches_of_any_length_give_the_same(declared, tmp_path, monkeypatch) -> None:
    survey = make_survey(declared, 3)
    form = the_form(survey)
    monkeypatch.setattr(answers.counter, "SEVERAL", 0)  # sorts every batch
    for rows in (1, 7, 400):
        monkeypatch.setattr(answers.streamed, "ROWS", rows)
        found = answers.count_parquet(written(survey, tmp_path), form)
        assert_same(found, answers.count_frame(survey.frame, form))


def test_many_combinations_give_the_same(declared, monkeypatch) -> None:
    survey = make_survey(declared, 4)
    form = the_form(survey)
    expected = answers.count_frame(survey.frame, form)
    monkeypatch.setattr(answers.counter, "DENSE", 0)
    assert_same(answers.count_frame(survey.frame, form), expected)


def test_files_whose_row_groups_have_their_own_dictionaries(declared, tmp_path) -> None:
    survey = make_survey(declared, 5)
    form, path = the_form(survey), tmp_path / "text.parquet"
    text = survey.frame.astype(dict.fromkeys([*form.sources, "department", "stratum", "department_size"], str))
    pq.write_table(pa.Table.from_pandas(text, preserve_index=False), path, row_group_size=50)
    expected = answers.count_frame(survey.frame, form)
    assert_same(answers.count_parquet(path, form), expected)
    assert_same(answers.count_with_duckdb(path, form), expected)


def test_derived_items_respondent_by_respondent(declared) -> None:
    survey = make_survey(declared, 6)
    counted = answers.count(survey, derived=DERIVED)
    weight, frame = survey.weight, survey.frame
    reasons = ["dont_know", "skipped"]
    told = {name: ~frame[name].isin(reasons) for name in SIDES}
    side = pd.DataFrame({name: frame[name].isin(answer) for name, answer in SIDES.items()})
    everything = pd.DataFrame(told)
    for name, known in (("any_barrier", everything.any(axis=1)), ("any_barrier_listwise", everything.all(axis=1))):
        yes = known & side.any(axis=1)
        found = counted.item(name).w.sum(axis=0)
        np.testing.assert_allclose(found, [weight[known & ~yes].sum(), weight[yes].sum(), weight[~known].sum()])
    equipped = counted.item("well_equipped")
    assert equipped.answers == ("no", "yes", "dont_know", "skipped")
    np.testing.assert_allclose(equipped.w.sum(axis=0)[1], weight[frame["good_tools"].isin(["agree", "neither"])].sum())
    gap = survey.scores("needed_data") - survey.scores("held_data")
    short = counted.item("short")
    np.testing.assert_allclose(
        short.w.sum(axis=0), [weight[gap <= 0].sum(), weight[gap > 0].sum(), weight[np.isnan(gap)].sum()]
    )
    both = counted.item("no_time & good_tools")
    at = both.answers.index("agree & disagree")
    together = frame["no_time"].eq("agree") & frame["good_tools"].eq("disagree") & (weight > 0)
    assert both.n.sum(axis=0)[at] == together.sum()
    assert both.n.sum() == (weight > 0).sum()


@pytest.mark.parametrize("clusters", [True, False])
def test_numeric_items_equal_those_of_the_respondents(tmp_path, clusters) -> None:
    survey = make_survey(make_study(tmp_path, clusters), 7)
    counted = answers.count(survey, derived=DERIVED, numbers=["years"])
    frame = small_survey.scored(survey).assign(years=survey.frame["years"].to_numpy())
    design = SurveyDesign(frame, "weight", "stratum", "department" if clusters else None)
    numbers = ["n", "clusters", "estimate", "se", "df"]
    for found, expected in (
        (estimates.means(counted, "years", "level"), design.mean("years", "level")),
        (estimates.totals(counted, ["years", "no_time"]), design.total(["years", "no_time"])),
    ):
        np.testing.assert_allclose(found[numbers].astype(float), expected[numbers].astype(float), rtol=1e-11)


@pytest.mark.parametrize(
    ("derived", "said"),
    [
        (Net("x", "good_tolls", "agree"), "did you mean ‘good_tools’"),
        (Net("x", "good_tools", "agre"), "did you mean ‘agree’"),
        (Net("x", "good_tools", "dont_know"), "known: disagree, neither, agree"),
        (Net("no_time", "good_tools", "agree"), "‘no_time’ is there twice"),
        (AnyOf("x", SIDES, rule="all"), "known: any_known, listwise"),
        (AnyOf("x", {}), "made from no item"),
        (Both("no_time", "gap:data"), "there is no item ‘gap:data’"),
    ],
)
def test_a_derived_item_that_cannot_be_is_refused(declared, derived, said) -> None:
    with pytest.raises(UsageError, match=said):
        answers.count(make_survey(declared, 8, 20), derived=[derived])


def test_wrong_files_are_refused(declared, tmp_path) -> None:
    survey = make_survey(declared, 9, 60)
    form, path = the_form(survey), tmp_path / "wrong.parquet"
    makers = (answers.count_parquet, answers.count_with_duckdb)
    pq.write_table(pa.Table.from_pandas(survey.frame.drop(columns="no_time")), path)
    for maker in makers:
        with pytest.raises(UsageError, match="no column no_time"):
            maker(path, form)
    wrong = survey.frame.assign(no_time=survey.frame["no_time"].astype(str).replace("agree", "agrees"))
    pq.write_table(pa.Table.from_pandas(wrong), path)
    for maker in makers:
        with pytest.raises(UsageError, match="no_time"):
            maker(path, form)
    with pytest.raises(UsageError, match="‘no_time’ is no numeric item"):
        answers.count(survey, numbers=["no_time"])


def test_kept_answers(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study = make_study(tmp_path)
    survey = make_survey(study, 10)
    received = small_survey.received(10, 50).assign(years="3")
    (study.folder / "survey.csv").write_text(received.to_csv(index=False), encoding="utf-8")
    passport_of(study)
    count, made = answers.kept.count_frame, []
    monkeypatch.setattr(answers.kept, "count_frame", lambda *given: made.append(given) or count(*given))
    first = answers.read(read(study), derived=DERIVED, numbers=["years"])
    again = answers.read(read(study), derived=DERIVED, numbers=["years"])
    assert len(made) == 1
    expected = answers.count(small_survey.survey(study, received), derived=DERIVED, numbers=["years"])
    for kept in (first, again):
        assert_same(
            Counted(kept.groups, kept.items, kept.numbers), Counted(expected.groups, expected.items, expected.numbers)
        )
        pd.testing.assert_frame_equal(
            estimates.means(kept, "gap:data", "level"), estimates.means(expected, "gap:data", "level")
        )
    files = list(paths.processed("mine").glob("answers_*"))
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]
    assert answers.read(read(study)).items.keys() < first.items.keys()
    files[0].write_bytes(b"damaged")
    answers.read(read(study), derived=DERIVED, numbers=["years"])
    (study.folder / "survey.csv").write_text(received.head(20).to_csv(index=False), encoding="utf-8")
    passport.renew(study.folder)
    assert answers.read(read(study), derived=DERIVED, numbers=["years"]).groups["n"].sum() == 20
    several = len(made)
    answers.read(dataclasses.replace(survey, digest=""))  # from no files: counted, never kept
    changed = dataclasses.replace(read(study), frame=read(study).frame.iloc[:7])
    assert answers.read(changed, derived=DERIVED, numbers=["years"]).groups["n"].sum() == 7
    assert len(made) == several + 2
