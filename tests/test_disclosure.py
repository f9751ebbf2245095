"""What may leave: thresholds, the plan made before a build, and released tables."""

import dataclasses
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digiskills import answers, disclosure, survey
from digiskills import study as studies
from digiskills.disclosure import DeclaredTable, Plan
from digiskills.errors import ReleaseError, UsageError
from digiskills.study import Release

GAPS = DeclaredTable("05-gap", "ontario", "survey", "shortfalls", ("skills",), ("department_size", "level"), "2025")


@pytest.fixture(scope="module")
def ontario() -> studies.Study:
    return studies.read("ontario")


@pytest.fixture(scope="module")
def counted(ontario: studies.Study):
    wave = survey.read(ontario, "2025")

    def count(_: str, dimensions: tuple[str, ...]) -> tuple[survey.Survey, answers.Answers]:
        return wave, answers.count(wave, dimensions)

    return count


@pytest.fixture(scope="module")
def plan(ontario: studies.Study, counted) -> Plan:
    return disclosure.make(ontario, [GAPS], counted)


@pytest.fixture(scope="module")
def estimates(ontario: studies.Study, counted) -> pd.DataFrame:
    return disclosure.estimate(GAPS, ontario, counted)


def frame(n: list[int], clusters: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"item": [f"i{k}" for k in range(len(n))], "n": n, "clusters": clusters, "estimate": 0.5})


def test_too_few_answers_and_too_few_clusters_are_withheld() -> None:
    reasons = disclosure.withheld_reason(frame([9, 10, 50, 3], [5, 3, 2, 1]), Release(10, 3), has_clusters=True)
    assert reasons.tolist() == ["few_answers", "", "few_clusters", "few_answers"]


def test_a_sample_without_clusters_knows_only_answers() -> None:
    reasons = disclosure.withheld_reason(frame([9, 10], [9, 10]), Release(10, 30), has_clusters=False)
    assert reasons.tolist() == ["few_answers", ""]


def test_small_groups_exist_and_leave_nothing_behind(ontario, plan, estimates) -> None:
    released = disclosure.release(estimates, GAPS, ontario, plan=plan, language="en")
    small = estimates["n"].lt(10) | estimates["clusters"].lt(3)
    assert small.any(), "the default study has cells to withhold, or this rule is never seen"
    numbers = ["n", "clusters", "estimate", "se", "df", "low", "high"]
    assert released.frame.loc[small, "withheld"].ne("").all()
    small = released.frame["withheld"].ne("")  # the complement goes with them
    assert released.frame.loc[small, "withheld"].eq("protected").all(), "which rule it was is not said"
    assert released.frame.loc[small, numbers].isna().all(axis=None)
    people = estimates["measure"].eq("people_short")
    for rows, digits in ((~small & ~people, 4), (~small & people, -1)):
        shown = released.frame.loc[rows, ["n", "estimate"]].to_numpy(float)
        expected = estimates.loc[rows, "estimate"].to_numpy(float).round(digits)
        np.testing.assert_array_equal(shown[:, 0], estimates.loc[rows, "n"])
        np.testing.assert_allclose(shown[:, 1], expected, atol=1e-9)
    assert released.frame["df"].dropna().tolist() == estimates.loc[~small, "df"].round(1).tolist()
    assert released.ids == {"05-gap"}
    assert "withheld" in repr(released) and not any(f"{value:g}" in repr(released) for value in [0.5, 10.0])


def test_the_given_estimates_are_untouched(ontario, plan, estimates) -> None:
    before = estimates.copy()
    disclosure.release(estimates, GAPS, ontario, plan=plan, language="en")
    pd.testing.assert_frame_equal(estimates, before)


def test_what_the_plan_withholds_stays_withheld_whatever_the_counts_say(ontario, plan, estimates) -> None:
    key = next(iter({str(value) for value in estimates["item"]}))
    cells = {
        tuple(str(row[name]) for name in ("item", "measure", "department_size", "level")): "complementary"
        for _, row in estimates.iterrows()
        if row["item"] == key
    }
    stricter = dataclasses.replace(plan, withheld={GAPS.specification: cells})
    released = disclosure.release(estimates, GAPS, ontario, plan=stricter, language="en")
    mine = released.frame["item"].eq(key)
    assert released.frame.loc[mine, "estimate"].isna().all() and released.frame.loc[~mine, "estimate"].notna().any()


def test_an_undeclared_table_is_for_looking_only(ontario, plan, estimates) -> None:
    other = dataclasses.replace(GAPS, where=(("level", "staff"),))
    assert disclosure.release(estimates, other, ontario, plan=plan, language="en").ids == frozenset()
    assert disclosure.release(estimates, GAPS, ontario, plan=None, language="en").ids == frozenset()


def test_the_threshold_may_only_be_raised(ontario, plan, estimates) -> None:
    usual = disclosure.release(estimates, GAPS, ontario, plan=plan, language="en")
    raised = disclosure.release(estimates, GAPS, ontario, plan=plan, language="en", smallest_group=60)
    assert raised.frame["withheld"].ne("").sum() > usual.frame["withheld"].ne("").sum()
    with pytest.raises(ReleaseError, match="give 10 or more"):
        disclosure.release(estimates, GAPS, ontario, plan=plan, language="en", smallest_group=5)


def test_the_plan_is_private_and_reads_back_equal(plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    assert disclosure.read_plan("ontario") is None
    path = disclosure.write_plan(plan)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    read = disclosure.read_plan("ontario")
    assert read is not None and (read.tables, read.withheld, read.digest) == (plan.tables, plan.withheld, plan.digest)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ReleaseError, match="is damaged"):
        disclosure.read_plan("ontario")


def test_the_plan_keeps_no_count(plan) -> None:
    reasons = {why for cells in plan.withheld.values() for why in cells.values()}
    assert reasons <= {"few_answers", "few_clusters", "few_in_answer", "everyone", "complementary"}


def test_survey_tables_do_not_pass_as_public_evidence(ontario, plan, estimates) -> None:
    with pytest.raises(ReleaseError, match="by their counts of answers"):
        disclosure.release_public(estimates, GAPS, ontario, plan=plan, language="en", method={})


def test_unknown_kinds_and_items_are_named(ontario, counted) -> None:
    with pytest.raises(UsageError, match="did you mean ‘shortfalls’"):
        disclosure.estimate(dataclasses.replace(GAPS, kind="shortfall"), ontario, counted)
    with pytest.raises(UsageError, match="did you mean ‘barrier’"):
        disclosure.items_of(ontario.codebook, ("barriers",))


def test_a_table_knows_the_wave_before_and_its_options(ontario, counted) -> None:
    source = disclosure.Source(dataclasses.replace(GAPS, options=(("margin", 0.05),)), ontario, counted)
    assert (source.earlier().table.wave, source.option("margin", 0.1), source.option("power", 0.8)) == (
        "2023",
        0.05,
        0.8,
    )
    with pytest.raises(UsageError, match="first one"):
        source.earlier().earlier()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), min_size=1, max_size=40), st.integers(3, 30))
def test_no_number_stands_on_fewer_than_the_rule(cells: list[tuple[int, int]], smallest: int) -> None:
    n, clusters = map(list, zip(*cells, strict=True))
    reasons = disclosure.withheld_reason(frame(n, clusters), Release(smallest, 3), has_clusters=True)
    shown = reasons.eq("").to_numpy()
    assert all(
        (count >= smallest and groups >= 3) == visible
        for count, groups, visible in zip(n, clusters, shown, strict=True)
    )


def test_whatever_a_table_carries_goes_with_a_withheld_cell(ontario) -> None:
    table = DeclaredTable("", "ontario", "survey", "changes", ("skills",), ("level",), "2025")
    made = pd.DataFrame(
        {
            "item": ["data_analysis", "data_analysis"],
            "level": ["staff", "executive"],
            "n_before": [400, 6],
            "n": [500, 40],
            "clusters": [40, 30],
            "before": [0.5, 0.25],
            "rank": [1, 2],
            "differs": [True, False],
            "note": ["", "rounding"],
        }
    )
    released = disclosure.release(made, table, ontario, plan=None, language="en")
    shown, gone = released.frame.iloc[0], released.frame.iloc[1]
    assert (gone["withheld"], gone["item"], gone["level"]) == ("few_answers", "data_analysis", "executive")
    assert gone[["n_before", "n", "clusters", "before", "rank", "differs", "note"]].isna().all()
    assert (shown["before"], shown["rank"], shown["differs"]) == (0.5, 1, True)
