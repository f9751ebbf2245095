"""Who answered and who gave no answer, against the respondents themselves."""

from __future__ import annotations

import numpy as np
import pytest
import small_survey

from digiskills import answers, estimates
from digiskills.answers import Answers
from digiskills.survey import Survey


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("responses")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(folder))
        return small_survey.survey(small_survey.study(folder), small_survey.received(5, 300))


@pytest.fixture(scope="module")
def counted(survey: Survey) -> Answers:
    return answers.count(survey)


def test_respondents_and_the_people_they_stand_for(survey: Survey, counted: Answers) -> None:
    table = estimates.respondents(counted)
    weighted = survey.weight > 0
    assert table["n"].tolist() == [weighted.sum()]
    assert table["clusters"].tolist() == [survey.frame["department"][weighted].nunique()]
    np.testing.assert_allclose(table["estimate"], [survey.weight.sum()])
    assert table[["se", "low", "high"]].isna().all(axis=None), "calibrated heads are no estimate"


def test_weight_0_is_in_the_sample_and_in_no_count(survey: Survey) -> None:
    table = small_survey.received(5, 300)
    table.loc[table["department"].isin(["d01", "d03"]) | (table.index % 7 == 0), "weight"] = "0"
    counted = answers.count(small_survey.survey(survey.study, table))
    weighted = table["weight"].astype(float) > 0
    found = estimates.respondents(counted).iloc[0]
    assert (found["n"], found["clusters"]) == (weighted.sum(), table.loc[weighted, "department"].nunique())
    by_size = estimates.respondents(counted, by="department_size").set_index("department_size")["n"]
    assert by_size.to_dict() == table[weighted].groupby("department_size").size().to_dict()
    assert counted.groups["n"].sum() == len(table), "the sample keeps them"


def test_parts_add_up_to_the_whole(survey: Survey, counted: Answers) -> None:
    by_size = estimates.respondents(counted, by=["department_size"])
    whole = estimates.respondents(counted)
    assert by_size["n"].sum() == whole["n"].item()
    np.testing.assert_allclose(by_size["estimate"].sum(), whole["estimate"].item())
    scope = estimates.respondents(counted, where={"department_size": "micro"})
    assert scope["n"].item() == by_size.set_index("department_size")["n"]["micro"]


def test_each_missing_reason_among_those_asked(survey: Survey, counted: Answers) -> None:
    table = estimates.missing(counted, ["held_data", "no_time"])
    for item in ("held_data", "no_time"):
        given = survey.answers(item)
        mine = table[table["item"].eq(item)].set_index("answer")
        assert set(mine.index) == {"dont_know", "skipped"}
        for reason in mine.index:
            share = survey.weight[np.asarray(given == reason)].sum() / survey.weight.sum()
            assert mine.loc[reason, "estimate"] == pytest.approx(share, abs=1e-12)
    assert table.attrs["method"]["missing"]
