"""A synthetic survey: files as committed, answers by the codebook, design as declared, truth recovered."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import simulate
from digiskills.codebook import Item
from digiskills.errors import DesignError, StudyError
from digiskills.simulate import draws, effects

STUDY = Path(__file__).parents[1] / "data" / "raw" / "ontario"
WAVES = ("2023", "2025")


@pytest.fixture(scope="session")
def truth() -> simulate.Truth:
    return simulate.read(STUDY)


@pytest.fixture(scope="session")
def everyone(truth: simulate.Truth) -> pd.DataFrame:
    return simulate.population(truth)


@pytest.fixture(scope="session")
def respondents(everyone: pd.DataFrame, truth: simulate.Truth) -> dict[str, pd.DataFrame]:
    return {wave: simulate.sample(everyone, truth, wave) for wave in truth.waves}


@pytest.fixture(scope="session")
def remade(truth: simulate.Truth, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    written = simulate.write(STUDY, truth, tmp_path_factory.mktemp("remade"))
    return {path.name: path.read_bytes() for path in written}


def as_received(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(gzip.decompress(content)), dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def surveys(remade: dict[str, bytes]) -> dict[str, pd.DataFrame]:
    return {wave: as_received(remade[f"survey_{wave}.csv.gz"]) for wave in WAVES}


# ------------------------------------------------------------------------------------------------ files


def test_the_truth_makes_the_committed_files_again(remade: dict[str, bytes]) -> None:
    """Compared unzipped: the packed bytes may differ between builds of zlib, the survey may not."""
    for name, content in remade.items():
        committed = (STUDY / name).read_bytes()
        if name.endswith(".gz"):
            committed, content = gzip.decompress(committed), gzip.decompress(content)
        assert content == committed, f"{name} is not what truth.toml makes: run digiskills simulate ontario"


def test_the_same_truth_gives_the_same_bytes(truth: simulate.Truth, tmp_path: Path) -> None:
    small = simulate.smaller(truth, 0.03)
    first, second = ([path.read_bytes() for path in simulate.write(STUDY, small, tmp_path / name)] for name in "ab")
    assert first == second


def test_packed_files_hold_neither_time_nor_name_and_are_small(remade: dict[str, bytes]) -> None:
    for wave in WAVES:
        content = remade[f"survey_{wave}.csv.gz"]
        assert content[3] == 0, "flags: no file name"
        assert content[4:8] == b"\0\0\0\0", "no time"
        assert len(content) < 2_000_000


def test_headers_are_the_codebooks_names_in_its_order(surveys: dict[str, pd.DataFrame], truth: simulate.Truth) -> None:
    for survey in surveys.values():
        assert list(survey.columns) == list(truth.codebook.items)


def test_the_truth_says_that_the_survey_is_synthetic(truth: simulate.Truth) -> None:
    assert truth.numbers["evidence"] == "synthetic"


# ---------------------------------------------------------------------------------------------- answers


def allowed(item: Item) -> set[str]:
    return {choice.name for choice in item.choices} | {""}


def test_every_answer_is_in_the_codebook(surveys: dict[str, pd.DataFrame], truth: simulate.Truth) -> None:
    for survey in surveys.values():
        for item in truth.asked:
            codes = survey[item.name].unique()
            given = (
                {code for text in codes for code in (text.split() or [""])} if item.kind == "select_multiple" else codes
            )
            assert set(given) <= allowed(item), item.name


def test_every_answer_and_every_way_of_not_answering_occurs(
    surveys: dict[str, pd.DataFrame], truth: simulate.Truth
) -> None:
    survey = surveys["2025"]
    for item in truth.asked:
        given = {code for text in survey[item.name].unique() for code in text.split()}
        assert {choice.name for choice in item.answers} <= given, item.name
        assert (survey[item.name] == "").any(), item.name
    refusable = ("level", "needed_data_analysis", "quiz_percent")
    assert all((survey[name] == "refused").any() for name in refusable)
    assert (survey["barrier_data_1"] == "not_applicable").any()
    assert (survey["barrier_data_1"] == "dont_know").any()


def test_skip_rules_hold(surveys: dict[str, pd.DataFrame]) -> None:
    for survey in surveys.values():
        managers = survey["level"].isin(["manager", "director"])
        assert (survey.loc[~managers, "barrier_middle_own"] == "").all()
        assert (survey.loc[managers, "barrier_middle_own"] != "").mean() > 0.9
        planned = survey["learning_plan"] == "yes"
        assert (survey.loc[~planned, "learning_plan_digital"] == "").all()
        assert (survey.loc[planned, "learning_plan_digital"] != "").mean() > 0.9


def test_three_at_most_and_nothing_stands_alone(surveys: dict[str, pd.DataFrame]) -> None:
    for survey in surveys.values():
        for name in ("training_preferred", "priority_changes"):
            assert survey[name].str.split().str.len().max() == 3
        for name in ("training_used", "training_preferred", "training_needed", "priority_changes"):
            codes = survey[name].str.split()
            alone = codes.map(lambda given: bool({"none", "dont_know"} & set(given)))
            assert (codes[alone].str.len() == 1).all()
            assert codes.map(lambda given: len(given) == len(set(given))).all()


def test_reversed_statements_measure_the_same_barrier(surveys: dict[str, pd.DataFrame], truth: simulate.Truth) -> None:
    """Before turning round, a reversed statement correlates negatively with the others of its barrier."""
    scores = {name: simulate.scores(surveys["2025"][name], truth.codebook.item(name))
              for name in ("barrier_approvals_1", "barrier_approvals_2", "barrier_approvals_3")}  # fmt: skip
    table = pd.DataFrame(scores).corr()
    assert table.loc["barrier_approvals_1", "barrier_approvals_2"] < -0.2
    assert table.loc["barrier_approvals_1", "barrier_approvals_3"] > 0.2


def test_literacy_goes_with_held_literacy(surveys: dict[str, pd.DataFrame], truth: simulate.Truth) -> None:
    names = ["held_digital_literacy", "literacy_data", "quiz_percent"]
    scores = {name: simulate.scores(surveys["2025"][name], truth.codebook.item(name)) for name in names}
    correlation = pd.DataFrame(scores).corr().loc["held_digital_literacy"]
    assert correlation["literacy_data"] > 0.3
    assert correlation["quiz_percent"] > 0.15


# ----------------------------------------------------------------------------------------------- design


def test_respondents_departments_and_overlap(surveys: dict[str, pd.DataFrame]) -> None:
    first, second = (set(surveys[wave]["department"]) for wave in WAVES)
    for wave in WAVES:
        assert 8000 <= len(surveys[wave]) <= 10000
    assert 55 <= len(first) <= 70
    assert len(first & second) / len(first) > 0.75
    assert first != second


def test_strata_with_one_department_and_strata_taken_whole(
    surveys: dict[str, pd.DataFrame], remade: dict[str, bytes]
) -> None:
    strata = pd.read_csv(io.BytesIO(remade["strata.csv"]), dtype={"wave": str})
    for wave, survey in surveys.items():
        taken = survey.groupby("stratum")["department"].nunique()
        of = strata[strata["wave"] == wave].set_index("stratum")["departments"]
        assert set(of.index) == set(taken.index)
        assert taken["medium.central_agency"] == 1 < of["medium.central_agency"]
        whole = set(of.index[of == taken.reindex(of.index)])
        assert whole == {"large.central_agency", "very_large.line_ministry", "very_large.service_delivery"}
    assert of.sum() == 90


def test_each_department_lies_in_one_stratum_and_stratum_is_size_by_role(
    surveys: dict[str, pd.DataFrame],
) -> None:
    both = pd.concat(surveys.values())
    assert (both["stratum"] == both["department_size"] + "." + both["department_role"]).all()
    assert len(both.drop_duplicates(["department", "stratum"])) == both["department"].nunique()


def test_departments_file_adds_up_to_heads(remade: dict[str, bytes]) -> None:
    departments = pd.read_csv(io.BytesIO(remade["departments.csv"]))
    heads = pd.read_csv(io.BytesIO(remade["population.csv"]))
    assert (departments.groupby("wave")["heads"].sum() == heads.groupby("wave")["heads"].sum()).all()
    assert departments.groupby("wave").size().tolist() == [90, 90]


@pytest.mark.parametrize("wave", WAVES)
def test_weights_add_up_to_heads(
    wave: str, respondents: dict[str, pd.DataFrame], everyone: pd.DataFrame, truth: simulate.Truth
) -> None:
    names = ["department_size", "level"]
    heads = simulate.heads(everyone[everyone["wave"] == wave], truth).set_index(names)["heads"]
    weights = respondents[wave].groupby(names, observed=True)["weight"].sum().reindex(heads.index)
    assert np.allclose(weights, heads, rtol=1e-6, atol=0)


@pytest.mark.parametrize("wave", WAVES)
def test_written_weights_add_up_to_heads_by_size(
    wave: str, surveys: dict[str, pd.DataFrame], remade: dict[str, bytes]
) -> None:
    """By size only: some people do not give their level, and six decimals are written."""
    population = pd.read_csv(io.BytesIO(remade["population.csv"]), dtype={"wave": str})
    heads = population[population["wave"] == wave].groupby("department_size")["heads"].sum()
    weights = surveys[wave]["weight"].astype(float).groupby(surveys[wave]["department_size"]).sum()
    assert np.allclose(weights.reindex(heads.index), heads, rtol=1e-6, atol=0)
    assert surveys[wave]["weight"].astype(float).std() > 1


def test_weights_before_raking_stand_for_departments_and_people(everyone: pd.DataFrame, truth: simulate.Truth) -> None:
    """Raked to roles alone, a department's weights stand for its heads times departments / departments taken.

    In a very large department staff are invited by 0.21 and executives all (0.21 x 5.0, at most 1): their
    weights are as 1 / 0.21 to 1.
    """
    weights = dict(truth.numbers["weights"]) | {"margins": [["department_role"]]}
    plain = simulate.Truth(dict(truth.numbers) | {"weights": weights}, truth.codebook)
    sample = simulate.sample(everyone, plain, "2025")
    taken = simulate.sampled_departments(plain, "2025").set_index("department")
    heads = everyone[everyone["wave"] == "2025"].groupby("department", observed=True).size()
    standing = sample.groupby("department", observed=True)["weight"].sum() / heads
    factor = (standing / (taken["of"] / taken["taken"])).dropna()
    assert factor.groupby(taken["department_role"].astype(str)).agg(np.ptp).max() < 1e-9
    largest = sample[sample["department_size"] == "very_large"].drop_duplicates(["department", "level"])
    table = largest.pivot_table(index="department", columns="level", values="weight", observed=True)
    assert np.allclose(table["staff"] / table["executive"], 1 / 0.21)


def test_small_groups_exist(surveys: dict[str, pd.DataFrame]) -> None:
    for survey in surveys.values():
        groups = survey.groupby(["department_size", "level"]).size()
        assert 0 < groups["micro", "executive"] < 10
        assert groups["very_large", "staff"] > 1000


def test_executives_of_small_departments_answer_more_than_those_of_micro_ones(
    respondents: dict[str, pd.DataFrame], everyone: pd.DataFrame
) -> None:
    answered = pd.concat(respondents.values())
    executives = [table[table["level"] == "executive"] for table in (answered, everyone)]
    counts = [table.groupby("department_size", observed=True).size() for table in executives]
    share = counts[0] / counts[1]
    assert share["micro"] < share["small"]


def test_rows_are_in_no_order(surveys: dict[str, pd.DataFrame]) -> None:
    """The share of neighbours in the same department is what chance gives."""
    for survey in surveys.values():
        shares = survey["department"].value_counts(normalize=True)
        same = (survey["department"] == survey["department"].shift()).mean()
        assert abs(same - (shares**2).sum()) < 0.01


# ---------------------------------------------------------------------------------------------- raking


def test_raking_by_hand() -> None:
    """Two by two: rows 30 and 70, columns 40 and 60; starting from equal weights the cells are products."""
    rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    margins = [(rows, np.array([30.0, 70.0])), (columns, np.array([40.0, 60.0]))]
    assert np.allclose(simulate.rake(np.ones(4), margins), [12, 18, 28, 42])


def test_raking_refuses_a_cell_without_answers() -> None:
    with pytest.raises(DesignError, match="nobody answered"):
        simulate.rake(np.ones(2), [(np.array([0, 0]), np.array([5.0, 5.0]))])


def test_raking_refuses_totals_that_contradict() -> None:
    codes = np.array([0, 1])
    with pytest.raises(DesignError, match="contradict"):
        simulate.rake(np.ones(2), [(codes, np.array([5.0, 5.0])), (codes, np.array([6.0, 5.0]))])


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.floats(0.5, 5)), min_size=6, max_size=30),
    st.lists(st.floats(1, 100), min_size=6, max_size=6),
)
@settings(max_examples=50, deadline=None)
def test_raked_weights_always_meet_both_margins(people: list[tuple[int, int, float]], cells: list[float]) -> None:
    """Totals come from one table and every cell is answered, so a solution exists."""
    full = [(row, column, 1.0) for row in range(3) for column in range(2)] + people
    rows, columns, weight = (np.array(values) for values in zip(*full, strict=True))
    table = np.array(cells).reshape(3, 2)
    raked = simulate.rake(weight, [(rows, table.sum(axis=1)), (columns, table.sum(axis=0))])
    assert np.allclose(np.bincount(rows, raked), table.sum(axis=1), rtol=1e-6)
    assert np.allclose(np.bincount(columns, raked), table.sum(axis=0), rtol=1e-6)
    assert (raked > 0).all()


# ------------------------------------------------------------------------------------ parts and the truth


def test_effects_add_and_chances_multiply() -> None:
    people = pd.DataFrame({"size": pd.Categorical(["micro", "large"]), "level": pd.Categorical(["staff", "staff"])})
    effect = {"base": 1.0, "size": {"micro": 0.5}, "size*level": {"micro*staff": 0.25}}
    assert effects.shift(people, effect).tolist() == [1.75, 1.0]
    assert effects.chance(people, {"share": 0.4, "size": {"micro": 0.5, "large": 3.0}}).tolist() == [0.2, 1.0]


def test_streams_are_uniform_normal_and_apart() -> None:
    lots = draws.uniforms(1, "a", 100_000)
    assert 0 < lots.min() < lots.max() < 1
    assert abs(lots.mean() - 0.5) < 4 / np.sqrt(12 * len(lots))
    normal = draws.normals(1, "a", 100_000)
    assert abs(normal.std() - 1) < 4 / np.sqrt(2 * len(normal))
    assert abs(np.corrcoef(lots, draws.uniforms(1, "b", 100_000))[0, 1]) < 4 / np.sqrt(len(lots))
    # If these numbers change, no committed survey can be made again.
    assert lots[:2] == pytest.approx([0.07336036, 0.13697097], abs=1e-8)


def test_true_shortfalls_by_hand(truth: simulate.Truth) -> None:
    """Gaps of 2, 0 and -1 levels, and one person who does not know."""
    skill = {f"needed_{pair.skill}": ["expert", "basic", "none", "dont_know"] for pair in truth.codebook.pairs()}
    skill |= {f"held_{pair.skill}": ["working", "basic", "basic", "basic"] for pair in truth.codebook.pairs()}
    table = simulate.true_shortfalls(pd.DataFrame(skill | {"wave": "2025"}), truth)
    assert len(table) == 9
    first = table.iloc[0]
    assert first["people"] == 4
    assert first["share_answering"] == 0.75
    assert first[["short_by_one", "short_by_two", "surplus", "mean_gap"]].tolist() == pytest.approx([1 / 3] * 4)
    assert first["people_short"] == pytest.approx(4 / 3)


def test_the_barrier_side_of_a_reversed_statement_is_disagreement(truth: simulate.Truth) -> None:
    items = [item for item in truth.asked if item.barrier]
    answers = pd.DataFrame({item.name: ["agree", "agree", "disagree", "neither", "dont_know"] for item in items})
    table = simulate.true_barrier_sides(answers.assign(wave="2025"), truth).set_index("item")
    assert table.loc["barrier_data_1", "share"] == pytest.approx(2 / 4)
    assert table.loc["barrier_data_3", "share"] == pytest.approx(1 / 4)


def test_true_shares_of_one_and_of_several_answers(truth: simulate.Truth) -> None:
    answers = {
        "wave": "2025",
        "learning_plan": ["yes", "yes", "no", "dont_know"],
        "training_used": ["peers coaching", "none", "peers", "dont_know"],
    }
    table = simulate.true_shares(pd.DataFrame(answers), truth, ["learning_plan", "training_used"])
    share = table.set_index(["item", "answer"])["share"]
    assert share["learning_plan", "yes"] == pytest.approx(2 / 3)
    assert share["training_used", "peers"] == pytest.approx(2 / 3)
    assert share["training_used", "academic"] == 0


def test_what_the_truth_says_about_the_population(everyone: pd.DataFrame, truth: simulate.Truth) -> None:
    """The story that truth.toml declares: notebooks are read against it."""
    overall = simulate.true_shortfalls(everyone, truth).pivot_table(
        index="skill", columns="wave", values="short_by_one", observed=True
    )
    assert (overall.idxmax() == "emerging_technology").all()
    assert (overall.idxmin() == "digital_literacy").all()
    change = overall["2025"] - overall["2023"]
    assert change["collaboration_sharing"] < -0.04
    assert change["emerging_technology"] > 0
    assert abs(change["engagement_communication"]) < 0.01
    levels = simulate.true_shortfalls(everyone, truth, ["level"]).set_index(["wave", "skill", "level"])["short_by_one"]
    assert levels["2025", "leadership_change", "executive"] > levels["2025", "leadership_change", "staff"] + 0.2
    sides = simulate.true_barrier_sides(everyone, truth, ["department_size"])
    side = sides.set_index(["wave", "item", "department_size"])["share"]
    assert side["2025", "barrier_approvals_1", "very_large"] > side["2025", "barrier_approvals_1", "micro"] + 0.2
    assert side["2025", "barrier_people_2", "micro"] > side["2025", "barrier_people_2", "very_large"] + 0.15


def test_a_population_is_not_changed_by_sampling(truth: simulate.Truth) -> None:
    small = simulate.smaller(truth, 0.03)
    everyone = simulate.population(small)
    before = everyone.copy(deep=True)
    simulate.received(simulate.sample(everyone, small, "2025"), small)
    pd.testing.assert_frame_equal(everyone, before)


def test_a_smaller_truth_keeps_strata_and_departments(truth: simulate.Truth) -> None:
    small = simulate.smaller(truth, 0.03)
    everyone = simulate.population(small)
    answers = simulate.received(simulate.sample(everyone, small, "2025"), small)
    assert 250 < len(answers) < 600
    assert set(answers["stratum"]) == set(simulate.departments(truth)["stratum"])


# ---------------------------------------------------------------------------- estimates near the truth


def two_stage_error(sample: pd.DataFrame, value: np.ndarray, of: pd.Series, heads: pd.Series) -> tuple[float, float]:
    """Return a weighted mean and its standard error, counting departments and people drawn.

    Linearised two-stage variance with both finite population corrections (Särndal, Swensson and Wretman,
    Model Assisted Survey Sampling, 1992, section 4.3); a lonely department is centred at 0, the mean of all.
    """
    known = ~np.isnan(value)
    weight = sample["weight"].to_numpy() * known
    mean = float((weight * np.nan_to_num(value)).sum() / weight.sum())
    part = weight * (np.nan_to_num(value) - mean) / weight.sum()
    people = pd.DataFrame(
        {
            "stratum": sample["stratum"].astype(str),
            "department": sample["department"].astype(str),
            "part": part,
        }
    )
    variance = 0.0
    for stratum, rows in people.groupby("stratum"):
        totals = rows.groupby("department")["part"].sum()
        count, taken = len(totals), len(totals) / of[stratum]
        spread = ((totals - totals.mean()) ** 2).sum() * count / (count - 1) if count > 1 else float((totals**2).sum())
        variance += (1 - taken) * spread
        for department, drawn in rows.groupby("department")["part"]:
            left = 1 - len(drawn) / heads[department]
            variance += taken * left * len(drawn) * drawn.var(ddof=1)
    return mean, float(np.sqrt(variance))


@pytest.mark.parametrize("wave", WAVES)
def test_weighted_estimates_lie_near_the_truth(
    wave: str, respondents: dict[str, pd.DataFrame], everyone: pd.DataFrame, truth: simulate.Truth
) -> None:
    """Shares short of nine skills: each within four standard errors, together as far off as errors say."""
    sample = respondents[wave]
    of = simulate.departments(truth)["stratum"].astype(str).value_counts()
    heads = everyone[everyone["wave"] == wave]["department"].astype(str).value_counts()
    true = simulate.true_shortfalls(everyone, truth).set_index(["wave", "skill"])["short_by_one"]
    distances = []
    for pair in truth.codebook.pairs():
        needed, held = (simulate.scores(sample[name], truth.codebook.item(name)) for name in (pair.needed, pair.held))
        gap = needed - held
        short = np.where(np.isnan(gap), np.nan, gap >= 1)
        estimate, error = two_stage_error(sample, short, of, heads)
        assert error < 0.02
        distances.append((estimate - true[wave, pair.skill]) / error)
    assert np.abs(distances).max() < 4
    assert 0.2 < np.mean(np.square(distances)) < 3


def test_the_weighted_estimator_has_no_bias(truth: simulate.Truth) -> None:
    """Over 60 samples of one population the mean estimate lies within four of its errors from the truth."""
    small = simulate.smaller(truth, 0.05)
    everyone = simulate.population(small)
    true = simulate.true_shares(everyone, small, ["learning_plan"]).set_index(["wave", "answer"])["share"][
        "2025", "yes"
    ]
    estimates = []
    for draw in range(1, 61):
        sample = simulate.sample(everyone, small, "2025", draw)
        weight = sample["weight"].where(sample["learning_plan"].isin(["yes", "no"]), 0.0)
        estimates.append(float(weight[sample["learning_plan"] == "yes"].sum() / weight.sum()))
    assert np.std(estimates) > 0
    assert abs(np.mean(estimates) - true) < 4 * np.std(estimates, ddof=1) / np.sqrt(60)


def test_weights_put_right_what_unequal_chances_distort(
    respondents: dict[str, pd.DataFrame], everyone: pd.DataFrame
) -> None:
    now = everyone[everyone["wave"] == "2025"]
    sample = respondents["2025"]
    true = (now["department_size"] == "very_large").mean()
    plain = (sample["department_size"] == "very_large").mean()
    weighted = sample.loc[sample["department_size"] == "very_large", "weight"].sum() / sample["weight"].sum()
    assert abs(plain - true) > 0.05
    assert weighted == pytest.approx(true, rel=1e-6)


# --------------------------------------------------------------------------------------- a faulty truth


def faulty(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = (STUDY / "truth.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "truth.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_problem_of_a_truth_is_named_at_once(tmp_path: Path) -> None:
    path = faulty(
        tmp_path,
        ("[held.digital_literacy]", "[held.digital_litteracy]"),
        ("level = { executive = 1.60", "level = { exekutive = 1.60"),
        ("barrier_data_1 = { base = 0.15 }\n", ""),
        ("sampled = 3, heads = [90, 220]", "sampled = 5, heads = [90, 220]"),
        ('"barrier.culture.approvals" = 0.45', '"barrier.culture.aprovals" = 0.45'),
        (
            "literacy_information = { base = 0.65, cutpoints = [-1.1, 0.1]",
            "literacy_information = { cutpoints = [0.1]",
        ),
        ('by = "region"', 'by = "regions"'),
    )
    with pytest.raises(StudyError) as raised:
        simulate.read(STUDY, path)
    message = str(raised.value)
    told = ("digital_litteracy", "exekutive", "barrier_data_1", "5", "culture.aprovals", "[0.1]", "regions")
    assert all(part in message for part in told)
    assert "did you mean" in message
    assert len(raised.value.problems) == 8


def test_a_missing_or_broken_truth_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="is missing"):
        simulate.read(STUDY, tmp_path / "truth.toml")
    (tmp_path / "truth.toml").write_text("seed = ", encoding="utf-8")
    with pytest.raises(StudyError, match="cannot be read"):
        simulate.read(STUDY, tmp_path / "truth.toml")
    (tmp_path / "truth.toml").write_text("seed = 1", encoding="utf-8")
    with pytest.raises(StudyError, match="waves"):
        simulate.read(STUDY, tmp_path / "truth.toml")
