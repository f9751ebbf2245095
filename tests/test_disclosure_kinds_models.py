"""Kinds of tables on models: the numbers of the models, what stands behind each term, scope, and what is refused."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from digiskills import answers, disclosure, models, tables, words
from digiskills import study as studies
from digiskills import survey as surveys
from digiskills.answers import Answers
from digiskills.disclosure import DeclaredTable
from digiskills.errors import UsageError
from digiskills.models import ModelError
from digiskills.reports import carried
from digiskills.reports import declared as declaring
from digiskills.survey import Survey

SKILL = "data_analysis"
FEW = ("department_size", "level")
STAFF, LARGE = (("level", "staff"),), (("department_size", "large"),)
ONTARIO = studies.read("ontario")
NUMBERS = ["estimate", "se", "low", "high"]


@cache
def count(wave: str, dimensions: tuple[str, ...]) -> tuple[Survey, Answers]:
    survey = surveys.read(ONTARIO, wave)
    return survey, answers.count(survey, dimensions)


def declared(kind: str, where: Any = (), **options: Any) -> DeclaredTable:
    return DeclaredTable("", "ontario", "survey", kind, (), (), "2025", where, tuple(sorted(options.items())))


@cache
def estimate(kind: str, where: Any = (), **options: Any) -> pd.DataFrame:
    return disclosure.estimate(declared(kind, where, **options), ONTARIO, count)


@pytest.fixture(scope="module")
def respondents() -> models.Respondents:
    return models.frame(count("2025", ())[0], [f"gap:{SKILL}", f"held_{SKILL}"], FEW)


def test_the_linear_model_is_that_of_the_gap(respondents: models.Respondents) -> None:
    found = estimate("model", skill=SKILL, predictors=FEW)
    fit = models.linear(respondents.frame, f"gap:{SKILL}", FEW, respondents.design)
    assert found[NUMBERS].to_numpy() == pytest.approx(fit.table()[NUMBERS].to_numpy())
    assert found["reference"].tolist() == [""] + ["micro"] * 4 + ["executive"] * 3
    assert found.attrs["method"]["model"].startswith("linear") and found["df"].iloc[0] == fit.df


def test_logistic_and_ordinal_models_are_named_for_their_words(respondents: models.Respondents) -> None:
    short = respondents.frame[f"gap:{SKILL}"]
    frame = respondents.frame.assign(short=(short >= 1).astype(float).where(short.notna()))
    fit = models.logistic(frame, "short", FEW, respondents.design)
    found = estimate("model", model="logistic", skill=SKILL, predictors=FEW)
    assert found[NUMBERS].to_numpy() == pytest.approx(fit.table()[NUMBERS].to_numpy())
    held = estimate("model", model="ordinal", held_skill=SKILL, predictors=FEW)
    ordinal = models.ordinal(respondents.frame, f"held_{SKILL}", FEW, respondents.design)
    assert held[NUMBERS].to_numpy() == pytest.approx(ordinal.table()[NUMBERS].to_numpy())
    for table, word in ((found, "logistic"), (held, "ordinal")):
        assert table.attrs["method"]["model"].startswith(word)


def test_behind_a_term_stand_those_of_the_smaller_category(respondents: models.Respondents) -> None:
    found = estimate("model", skill=SKILL, predictors=FEW).set_index(["term", "level"])
    frame = respondents.frame[[f"gap:{SKILL}", *FEW, "design:cluster"]].dropna()
    size = frame.groupby("department_size", observed=True)["design:cluster"].agg(["size", "nunique"])
    level = frame.groupby("level", observed=True)["design:cluster"].agg(["size", "nunique"])
    micro = size.loc["micro", "size"]
    assert found.loc[("department_size", "very_large"), "n"] == min(micro, size.loc["very_large", "size"])
    assert (
        found.loc[("department_size", "very_large"), "clusters"] == size["nunique"].loc[["micro", "very_large"]].min()
    )
    assert found.loc[("level", "staff"), "n"] == level["size"].loc[["executive", "staff"]].min()
    assert found.loc[("intercept", ""), "n"] == min(micro, level.loc["executive", "size"])


def test_behind_a_threshold_stand_the_answers_on_either_side(respondents: models.Respondents) -> None:
    found = estimate("model", model="ordinal", held_skill=SKILL, predictors=FEW)
    frame = respondents.frame[[f"held_{SKILL}", *FEW]].dropna()
    given = frame[f"held_{SKILL}"].value_counts()
    mine = found[found["term"] == "threshold"].set_index("level")["n"]
    assert mine["none|basic"] == min(given["none"], given["basic"])


def test_a_term_of_too_few_is_withheld_alone() -> None:
    frame = estimate("model", skill=SKILL, predictors=FEW)
    few = frame.assign(clusters=np.where(frame["level"] == "director", 2, frame["clusters"]))
    found = disclosure.release(few, declared("model"), ONTARIO, plan=None, language="en").frame
    gone = found[found["withheld"] != ""]
    assert gone[["term", "level", "reference"]].to_numpy().tolist() == [["level", "director", "executive"]]
    assert gone[[*NUMBERS, "n", "clusters", "p", "df"]].isna().all(axis=None)


def test_all_skills_are_the_mean_of_those_answered() -> None:
    survey = count("2025", ())[0]
    pairs = ONTARIO.codebook.pairs()
    gaps = pd.DataFrame({pair.skill: survey.scores(pair.needed) - survey.scores(pair.held) for pair in pairs})
    mean = gaps.mean(axis=1).where(gaps.notna().sum(axis=1) * 2 >= len(pairs))
    made = models.frame(survey, [], FEW)
    fit = models.linear(made.frame.assign(gap=mean), "gap", FEW, made.design)
    assert estimate("model", predictors=FEW)["estimate"].to_numpy() == pytest.approx(fit.estimate)
    share = (gaps >= 1).where(gaps.notna()).astype(float).mean(axis=1).where(mean.notna())
    linear = models.linear(made.frame.assign(short=share), "short", FEW, made.design)
    effects = estimate("effects", predictors=FEW)
    # Without interactions the marginal effects of a linear model are its coefficients.
    assert effects["estimate"].to_numpy() == pytest.approx(linear.estimate[1:])


def test_adjusted_shares_differ_by_the_effects() -> None:
    adjusted = estimate("adjusted", skill=SKILL, predictors=FEW).set_index(["term", "level"])
    effects = estimate("effects", skill=SKILL, predictors=FEW).set_index(["term", "level"])
    for (term, level), row in effects.iterrows():
        less = adjusted.loc[(term, level), "estimate"] - adjusted.loc[(term, row["reference"]), "estimate"]
        assert row["estimate"] == pytest.approx(less)
    crude = disclosure.estimate(
        DeclaredTable("", "ontario", "survey", "shortfalls", (SKILL,), ("level",), "2025"), ONTARIO, count
    )
    shares = crude[crude["measure"] == "short_by_one"].set_index("level")["estimate"]
    # Everyone has a size and a level in this survey, or is in neither table.
    assert adjusted.loc["level", "observed"].to_dict() == pytest.approx(shares.to_dict(), abs=0.01)


def test_the_multilevel_model_has_the_weighted_one_beside_it() -> None:
    found = estimate("model", model="multilevel", predictors=FEW)
    weighted = estimate("model", predictors=FEW)
    assert found["weighted"].to_numpy() == pytest.approx(weighted["estimate"].to_numpy())
    assert found["weighted_low"].to_numpy() == pytest.approx(weighted["low"].to_numpy())
    method = found.attrs["method"]
    assert " random " in method["model"] and method["weights"].startswith("none") and "design" not in method


def test_predictors_take_their_part_of_what_lies_between_departments() -> None:
    found = estimate("department_share", predictors=FEW).set_index("part")
    assert 0 < found.loc["full", "estimate"] < found.loc["empty", "estimate"] < 1
    assert (found["low"] < found["estimate"]).all() and (found["estimate"] < found["high"]).all()
    share = found["between"] ** 2 / (found["between"] ** 2 + found["within"] ** 2)
    assert found["estimate"].to_numpy() == pytest.approx(share.to_numpy())
    assert found["n"].nunique() == 1, "both models stand on the same respondents"


def test_the_test_of_proportional_odds_says_what_it_stands_on() -> None:
    found = estimate("parallel", held_skill=SKILL, predictors=FEW)
    survey = count("2025", ())[0]
    made = models.frame(survey, [f"held_{SKILL}"], FEW)
    tested = models.proportional_odds(models.ordinal(made.frame, f"held_{SKILL}", FEW, made.design))
    assert found["estimate"].to_numpy() == pytest.approx(tested["statistic"].to_numpy())
    assert found["p"].to_numpy() == pytest.approx(tested["p"].to_numpy())
    assert found.loc[0, "term"] == "all" and found.loc[0, "n"] == found["n"].iloc[1:].min()


def test_a_test_that_cannot_be_made_leaves_its_rows_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def separated(fit: models.Fit) -> pd.DataFrame:
        raise ModelError("predicted perfectly; join categories")

    monkeypatch.setattr(models, "proportional_odds", separated)
    table = declared("parallel", held_skill=SKILL, predictors=FEW)
    found = disclosure.estimate(table, ONTARIO, count)
    assert found["term"].tolist() == ["all", *FEW] and found[["estimate", "p"]].isna().all(axis=None)
    assert found["n"].gt(0).all() and "join categories" in found.attrs["method"]["untested"]
    shown = disclosure.release(found, table, ONTARIO, plan=None, language="en")
    assert "cannot be tested" in words.findings_parallel(shown)[0] and tables.html(shown)


def test_a_scope_leaves_its_term_out_and_its_people_in() -> None:
    found = estimate("model", STAFF, skill=SKILL, predictors=FEW)
    assert set(found["term"]) == {"intercept", "department_size"}
    survey = count("2025", ())[0]
    made = models.frame(survey, [f"gap:{SKILL}"], FEW)
    fit = models.linear(made.frame, f"gap:{SKILL}", ["department_size"], made.design, where=dict(STAFF))
    assert found["se"].to_numpy() == pytest.approx(fit.table()["se"].to_numpy())
    with pytest.raises(UsageError, match="is left"):
        estimate("model", STAFF, predictors=("level",))


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("model", {"model": "probit"}, "there is no ‘probit’"),
        ("model", {"skill": "data_analisys"}, "did you mean ‘data_analysis’"),
        ("model", {"model": "ordinal", "skill": "all"}, "of one skill"),
        ("parallel", {"held_skill": "cooking"}, "of one skill"),
        ("adjusted", {"predictors": ("function",)}, "no predictor is left"),
    ],
)
def test_what_is_not_there_is_refused(kind: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        estimate(kind, **options)


def test_a_model_that_cannot_be_made_is_an_error_with_advice_and_stops_no_plan() -> None:
    # Eleven departments of one size cannot give twelve slopes.
    with pytest.raises(ModelError, match="join categories, take fewer predictors"):
        estimate("model", LARGE)
    impossible = dataclasses.replace(declared("model", LARGE), id="06-impossible")
    possible = dataclasses.replace(declared("respondents"), id="01-respondents")
    plan = disclosure.make(ONTARIO, [impossible, possible], count)
    assert possible.specification in plan.withheld and impossible.specification not in plan.withheld


def test_tables_are_left_out_where_a_study_lacks_what_they_need() -> None:
    entries = {entry["notebook"][:2]: entry for entry in declaring.read()["report"]}
    assert not declaring.unanswered(entries["05"], ONTARIO) and not declaring.unanswered(entries["06"], ONTARIO)
    alone = dataclasses.replace(ONTARIO.design, cluster="", people="")
    without = dataclasses.replace(ONTARIO, design=alone, population_file="")
    lacks = {table["id"]: carried.lacking(table, without) for name in ("05", "06") for table in entries[name]["table"]}
    assert lacks["05-other-bands"] == ["clusters", "people of departments"]
    assert lacks["05-response"] == ["heads of the population"]
    assert lacks["06-with-departments"] == lacks["06-department-share"] == ["clusters"]
    assert lacks["05-gap-by-level"] == lacks["06-gap-explained"] == []
    assert not declaring.unanswered(entries["05"], without) and not declaring.unanswered(entries["06"], without)
    table = {"id": "06-x", "evidence": "survey", "kind": "model", "options": {"held_skill": "cooking"}}
    assert declaring.unanswered({"table": [table]}, ONTARIO) == "skill cooking"
