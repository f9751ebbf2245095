"""How many answers the next survey needs: textbooks, brute force, drawn surveys with a declared truth, bad input."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from departments_made import MEAN, SHARE, counted, shares, taken
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestPower

from digiskills import estimates, next_survey
from digiskills.answers import Answers
from digiskills.errors import UsageError
from digiskills.estimates import Estimand
from digiskills.next_survey.components import cluster_sums, families, intraclass, variance_within_strata
from digiskills.next_survey.plan import Plan, departments_needed, invitations, people_needed

# Four judges of six targets: P. E. Shrout and J. L. Fleiss, Psychological Bulletin 86 (1979) 420-428, table 2.
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
UNKNOWN = np.array([np.inf])


def drawn(
    seed: int = 1, clusters: int = 20, take: int = 15, share: float = 0.4, icc: float = 0.05, **known: object
) -> Answers:
    rng = np.random.default_rng(seed)
    of_department = shares(rng, clusters, share, icc)
    score = (rng.random((clusters, take)) < of_department[:, None]).astype(float).ravel()
    return counted(score, np.repeat(np.arange(clusters), take), **known)  # type: ignore[arg-type]


def plan(
    icc: float = 0.05, n: float = 300, clusters: float = 20, departments: float = np.inf, people: float = np.inf
) -> Plan:
    """A share of one half, all weights alike."""
    return Plan(
        np.array([icc * 0.25 / clusters]),
        np.array([(1 - icc) * 0.25 / n]),
        np.array([n]),
        np.array([clusters]),
        np.array([departments]),
        np.array([people]),
    )


def icc_of(answers: Answers, estimand: Estimand = SHARE) -> pd.Series:
    sums, labels = cluster_sums(answers, estimand, [], None, False)
    return intraclass(sums, families(labels)).iloc[0]


def test_simple_random_sample_by_cochran() -> None:
    # n0 = 1.96² / 4 / 0.05² = 384.16 with the rounded quantile; Sampling Techniques, chapter 4: 400 with t = 2,
    # and 356 of the 3,200 inhabitants of an island; 384 with a share of 40 per cent.
    assert next_survey.simple_random_sample(0.05, quantile=1.96) == pytest.approx(384.16)
    assert next_survey.simple_random_sample(0.05, quantile=2) == pytest.approx(400)
    assert next_survey.simple_random_sample(0.05, 0.4, quantile=2) == pytest.approx(384)
    assert next_survey.simple_random_sample(0.05, heads=3200, quantile=2) == pytest.approx(355.654, abs=1e-3)
    assert math.ceil(next_survey.simple_random_sample(0.05)) == 385


def test_answers_of_a_simple_sample_are_those_of_the_formula() -> None:
    # Without departments n solves t(n - 1) sqrt(s² / n (1 - n / N)) = d.
    rng = np.random.default_rng(3)
    answers = counted((rng.random(500) < 0.5).astype(float), np.arange(500), clustered=False, departments={"all": 4000})
    row = next_survey.answers_needed(answers, SHARE, 0.05).iloc[0]
    n = np.arange(2, 4000)
    half = stats.t.ppf(0.975, n - 1) * row["sd"] * np.sqrt((1 - n / 4000) / n)
    assert row["n_needed"] == n[half <= 0.05][0]
    assert (row["route"], row["note"]) == ("people", "reached")
    assert row["margin_expected"] == pytest.approx(row["margin_now"], rel=1e-9)
    assert math.isnan(row["clusters_needed"]) and math.isnan(row["icc"])
    # the textbook's normal quantile asks for as many, but for the t quantile
    assert row["n_needed"] == pytest.approx(next_survey.simple_random_sample(0.05, row["estimate"], 4000), rel=0.015)


def test_intraclass_correlation_of_shrout_and_fleiss() -> None:
    # Their ICC(1,1) is .17; R's psych prints its F-based interval as -.13 to .72.
    found = icc_of(counted(SHROUT_FLEISS.astype(float).ravel(), np.repeat(np.arange(6), 4)), MEAN)
    assert found["icc"] == pytest.approx(0.166, abs=5e-4)
    assert found["icc_high"] == pytest.approx(0.72, abs=5e-3)
    assert found["icc_low"] == 0  # a correlation of departments is not below 0
    assert (found["between_df"], found["within_df"]) == (5, 18)


def test_intraclass_correlation_is_nested_in_strata() -> None:
    # Between strata the means differ by 5 000, within them the targets are those of the example.
    score = SHROUT_FLEISS.astype(float)
    two = counted(
        np.concatenate([score.ravel(), score.ravel() + 5000]),
        np.repeat(np.arange(12), 4),
        stratum=np.repeat(["a", "b"], 24),
    )
    single, nested = icc_of(counted(score.ravel(), np.repeat(np.arange(6), 4)), MEAN), icc_of(two, MEAN)
    assert nested["icc"] == pytest.approx(single["icc"])
    assert nested["between_df"] == 10
    assert nested["icc_high"] < single["icc_high"]


def test_intraclass_interval_covers_the_truth() -> None:
    # Normal answers of 15 departments of 8: the interval is exact; 400 draws have an error of 1.1 points.
    rng = np.random.default_rng(5)
    score = rng.normal(0, math.sqrt(0.2), (400 * 15, 1)) + rng.normal(0, math.sqrt(0.8), (400 * 15, 8))
    sums = pd.DataFrame({"domain": np.repeat(np.arange(400), 15), "stratum": 0, "n": 8.0, "w": 8.0, "w2": 8.0})
    sums = sums.assign(wy=score.sum(axis=1), wyy=(score**2).sum(axis=1))
    found = intraclass(sums, range(400))
    assert 0.917 <= ((found["icc_low"] <= 0.2) & (found["icc_high"] >= 0.2)).mean() <= 0.983
    assert found["icc"].mean() == pytest.approx(0.2, abs=0.02)
    assert intraclass(sums, [0] * 400)["icc"][0] == pytest.approx(0.2, abs=0.01)


def test_the_formula_is_the_variance_of_a_weighted_mean() -> None:
    # By brute force: w' S w with S the covariance of every two answers.
    rng = np.random.default_rng(7)
    department = np.repeat(np.arange(9), rng.integers(2, 12, 9))
    weight = rng.uniform(1, 5, len(department))
    answers = counted((rng.random(len(department)) < 0.4).astype(float), department, weight)
    row = next_survey.answers_needed(answers, SHARE, 0.05, icc=0.08).iloc[0]
    sums, _ = cluster_sums(answers, SHARE, [], None, False)
    spread = variance_within_strata(sums).iloc[0]
    together = np.where(department[:, None] == department, 0.08, 0.0)
    np.fill_diagonal(together, 1)
    variance = spread * (weight @ together @ weight) / weight.sum() ** 2
    assert row["margin_expected"] == pytest.approx(stats.t.ppf(0.975, 8) * math.sqrt(variance))
    assert variance == pytest.approx(spread / row["n"] * row["deff_weights"] * row["deff_clusters"])
    # departments of 20 with a correlation of 0.05: Kish's 1 + 19 x 0.05
    alike = next_survey.answers_needed(drawn(clusters=30, take=20), SHARE, 0.05, icc=0.05).iloc[0]
    assert (alike["deff_clusters"], alike["deff_weights"]) == (pytest.approx(1.95), pytest.approx(1))


def test_more_people_or_more_departments() -> None:
    # s² = 1/4, icc 0.05, 20 departments: V = 0.25 (0.05 / 20 + 0.95 / n), t on 19 degrees of freedom.
    t = stats.t.ppf(0.975, 19)
    size = people_needed(plan(), 0.06)
    assert size is not None
    assert size.answers == pytest.approx(0.25 * 0.95 / ((0.06 / t) ** 2 - 0.25 * 0.05 / 20), rel=1e-6)
    assert size.clusters == 20
    # more people cannot reach what departments alone make too wide
    assert people_needed(plan(), 0.9 * t * math.sqrt(0.25 * 0.05 / 20)) is None
    more = departments_needed(plan(), 0.04)
    assert more is not None
    assert more.answers == pytest.approx(15 * more.clusters)
    variance = 0.25 * (0.05 / more.clusters + 0.95 / more.answers)
    assert stats.t.ppf(0.975, more.clusters - 1) * math.sqrt(variance) == pytest.approx(0.04)


def test_finite_populations_of_both_stages() -> None:
    # All 20 departments taken: only people are left to be drawn, and everyone leaves no error.
    whole = plan(departments=20, people=600)
    assert whole.variance(1, 1) == pytest.approx((1 - 300 / 600) * 0.25 * 0.95 / 300)
    assert whole.variance(1, 2) == pytest.approx(0)
    # half of 40 departments of 30 people: 15 of 30 were asked, 300 of 1 200 in all
    half = plan(departments=40, people=1200)
    assert half.variance(1, 1) == pytest.approx(0.5 * 0.25 * 0.05 / 20 + 0.75 * 0.25 * 0.95 / 300)
    assert half.largest.answers == pytest.approx(1200)
    assert departments_needed(plan(departments=20, people=600), 0.001) is None


def test_degrees_of_freedom_are_those_of_the_estimates() -> None:
    # Every department taken: only people are drawn; degrees of freedom are answers less departments.
    people = {str(at): 60 for at in range(20)}
    whole = drawn(departments={"all": 20}, people=people, weight=4.0)
    row = next_survey.answers_needed(whole, SHARE, 0.05, heads=pd.DataFrame({"heads": [1200]})).iloc[0]
    assert row["df"] == 280
    assert row["margin_expected"] == pytest.approx(row["margin_now"], rel=0.03)
    # Half of them: Satterthwaite's, between 19 and 280, and near those of the estimate.
    half = drawn(departments={"all": 40}, people=people, weight=8.0)
    row = next_survey.answers_needed(half, SHARE, 0.05, heads=pd.DataFrame({"heads": [2400]}), icc="domain").iloc[0]
    quantile = stats.t.ppf(0.975, row["df"])
    assert 19 < row["df"] < 280
    assert row["margin_expected"] == pytest.approx(row["margin_now"], rel=0.03)
    known = plan(departments=40, people=2400)
    known = Plan(**{**vars(known), "two_stages": True})
    between = 0.5 * 0.25 * (0.05 / 20 + 0.95 / 300)
    within = 0.5 * 0.75 * 0.25 * 0.95 / 300
    assert known.variance(1, 1) == pytest.approx(between + within)
    assert known.df(1, 1) == pytest.approx((between + within) ** 2 / (between**2 / 19 + within**2 / 280))
    assert known.margin(1, 1) == pytest.approx(stats.t.ppf(0.975, known.df(1, 1)) * math.sqrt(between + within))
    assert quantile < stats.t.ppf(0.975, 19)


def test_a_lonely_department_counts_apart() -> None:
    # Strata of 4 departments of 8 and of 1 of 2: three degrees of freedom between, one for the lonely one.
    two = Plan(
        np.array([0.001, 0.002]), np.array([0.003, 0.004]), np.array([40.0, 10.0]), np.array([4.0, 1.0]),
        np.array([8.0, 2.0]), np.array([800.0, 200.0]), two_stages=True,
    )  # fmt: skip
    parts = [0.5 * 0.004, 0.5 * 0.006, 0.5 * 0.9 * 0.007]
    assert two.variance(1, 1) == pytest.approx(sum(parts))
    assert two.df(1, 1) == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 3 + parts[1] ** 2 + parts[2] ** 2 / 45))


def test_invitations_never_exceed_the_people_of_the_departments() -> None:
    # 60 of the 100 people of 4 departments answered, where 45 % was assumed; 8 departments have 200 people
    one = Plan(
        np.array([0.001]), np.array([0.004]), np.array([60.0]), np.array([4.0]), np.array([8.0]), np.array([200.0]),
        response=0.45,
    )  # fmt: skip
    now, less, more = one.size(1, 1), one.size(1, 0.5), one.size(2, 1)
    assert (now.answers, now.invited) == pytest.approx((60, 100))
    assert (less.answers, less.invited) == pytest.approx((30, 30 / 0.45))
    assert (more.answers, more.invited) == pytest.approx((60 + 0.45 * 100, 200))  # those added answer as is assumed
    assert one.size(1, 5) == now
    assert invitations(less) == 67 and invitations(now) == 100 and math.isnan(invitations(None))


def test_what_cannot_be_reached_is_said() -> None:
    people = {str(at): 30 for at in range(20)}
    known = {"departments": {"all": 20}, "people": people, "weight": 2.0}
    row = next_survey.answers_needed(
        drawn(**known), SHARE, 0.01, heads=pd.DataFrame({"heads": [600]}), response=0.6
    ).iloc[0]
    assert (row["note"], row["route"]) == ("not_reachable", "")
    assert row[["n_needed", "n_needed_high", "invitations_needed"]].isna().all()
    wide = next_survey.answers_needed(
        drawn(**known), SHARE, 0.05, heads=pd.DataFrame({"heads": [600]}), response=0.6
    ).iloc[0]
    assert wide["note"] == "reached" and wide["all_taken"]  # that all departments are taken does not hide it
    assert wide["heads"] == 600 and wide["n_needed"] <= 360
    assert wide["invitations_needed"] == math.ceil(wide["n_needed"] / 0.6)
    few = next_survey.answers_needed(drawn(clusters=3), SHARE, 0.05).iloc[0]
    assert few["note"] == "too_few_clusters" and math.isnan(few["n_needed"])
    unsure = next_survey.answers_needed(drawn(clusters=6), SHARE, 0.05).iloc[0]
    assert unsure["note"] == "few_clusters"
    alike = next_survey.answers_needed(counted(np.ones(40), np.repeat(np.arange(8), 5)), MEAN, 0.05).iloc[0]
    assert alike["note"] == "one_answer" and math.isnan(alike["n_needed"])


def test_domains_without_answers_and_margins() -> None:
    rng = np.random.default_rng(2)
    size = np.repeat(["large", "small"], 150)
    answers = counted((rng.random(300) < 0.4).astype(float), np.repeat(np.arange(20), 15), size=size, stratum=size)
    groups = answers.groups.assign(
        department_size=pd.Categorical(answers.groups["department_size"], ["small", "large", "none"])
    )
    answers = Answers(groups, answers.items, answers.dimensions, None, "adjust", True)
    heads = pd.DataFrame({"department_size": ["small", "large"], "heads": [900, 5000]})
    table = next_survey.answers_needed(answers, SHARE, 0.05, "department_size", margins=True, heads=heads)
    assert table["department_size"].tolist() == ["small", "large", "none", "all"]
    assert table["heads"].tolist()[:2] == [900, 5000] and math.isnan(table["heads"][2]) and table["heads"][3] == 5900
    assert table["note"][2] == "no_answers"
    # one correlation for the two sizes, and one for everyone
    assert table["icc"][0] == table["icc"][1]
    single = next_survey.answers_needed(answers, SHARE, 0.05, "department_size", icc="domain")
    assert single["icc"][0] != single["icc"][1]
    only = next_survey.answers_needed(answers, SHARE, 0.05, where={"department_size": "small"}, heads=heads)
    assert only["n"].tolist() == [150] and only["heads"].tolist() == [900]


@settings(max_examples=40, deadline=None)
@given(
    margin=st.floats(0.02, 0.3),
    less=st.floats(0.5, 0.99),
    icc=st.floats(0, 0.3),
    more=st.floats(0, 0.3),
    clusters=st.integers(4, 60),
    take=st.integers(2, 60),
)
def test_smaller_margins_and_likeness_need_more(
    margin: float, less: float, icc: float, more: float, clusters: int, take: int
) -> None:
    now = plan(icc, clusters * take, clusters)
    higher = plan(min(icc + more, 0.5), clusters * take, clusters)
    for needed in (people_needed, departments_needed):
        wide, narrow, alike = needed(now, margin), needed(now, margin * less), needed(higher, margin)
        for size, larger in ((wide, narrow), (wide, alike)):
            if larger is not None:
                assert size is not None and 0 < size.answers <= larger.answers * (1 + 1e-6)


def test_drawn_surveys_of_the_advised_size_meet_the_margin() -> None:
    # 60 departments of 150 people, correlation near 0.05; the present survey takes 20 with 12 answers each.
    rng = np.random.default_rng(11)
    population = (rng.random((60, 150)) < shares(rng, 60, 0.4, 0.05)[:, None]).astype(float)
    known = {"departments": {"all": 60}, "people": {str(at): 150 for at in range(60)}}

    def survey(clusters: int, take: int) -> Answers:
        score, department = taken(rng, population, clusters, take)
        return counted(score, department, 60 * 150 / len(score), **known)  # type: ignore[arg-type]

    # planned from the truth, so that what is tested is the formula and not the luck of one survey
    sums, labels = cluster_sums(counted(population.ravel(), np.repeat(np.arange(60), 150)), SHARE, [], None, False)
    icc = float(intraclass(sums, families(labels))["icc"].iloc[0])
    heads = pd.DataFrame({"heads": [9000]})
    row = next_survey.answers_needed(survey(20, 12), SHARE, 0.06, heads=heads, icc=icc).iloc[0]
    designs = [(20, math.ceil(row["n_same_clusters"] / 20)), (int(row["clusters_needed"]), 12)]
    for clusters, take in designs:
        found = pd.concat([estimates.shares(survey(clusters, take), "held", of="yes") for _ in range(50)])
        half = ((found["high"] - found["low"]) / 2).to_numpy()
        assert np.median(half) == pytest.approx(0.06, rel=0.08)
        assert np.mean(half <= 0.06 * 1.02) >= 0.4


def test_power_is_that_of_the_textbooks() -> None:
    for change, df in ((0.2, 12), (0.5, 30), (0.1, 99)):
        expected = TTestPower().power(change, df + 1, 0.05, df=df)
        assert next_survey.power(change, 1 / math.sqrt(df + 1), df) == pytest.approx(expected)
    assert next_survey.power(0, 1, 10) == pytest.approx(0.05)
    assert next_survey.power(0.03, 0.01, 1e6) == pytest.approx(stats.norm.cdf(3 - 1.959964), abs=1e-4)
    assert next_survey.power(100, 0.01, 3) == pytest.approx(1)
    # 2.80 standard errors of a large sample: Bloom (1995)
    assert next_survey.detectable(1, 1e6) == pytest.approx(2.80, abs=0.005)
    found = next_survey.detectable(0.02, 9, 0.9)
    assert next_survey.power(found, 0.02, 9) == pytest.approx(0.9)
    assert next_survey.power(-found, 0.02, 9) == pytest.approx(0.9)
    assert math.isnan(next_survey.detectable(0, 9)) and math.isnan(next_survey.power(0.1, 0.1, 0))


def waves(overlap: bool, seed: int = 4) -> tuple[Answers, Answers]:
    rng = np.random.default_rng(seed)
    made = []
    shared = rng.normal(0, math.sqrt(0.1), 30)
    for at in (0, 1):
        of_department = shared if overlap else rng.normal(0, math.sqrt(0.1), 30)
        score = np.clip(np.round(3 + of_department[:, None] + rng.normal(0, math.sqrt(0.9), (30, 12))), 1, 5)
        name = np.arange(30) + (0 if overlap else 100 * at)
        made.append(counted(score.ravel(), np.repeat(name, 12)))
    return made[0], made[1]


def test_departments_in_both_waves_save_answers() -> None:
    row = next_survey.detectable_change(*waves(True), MEAN, 0.35).iloc[0]
    assert 0.6 <= row["overlap"] <= 1
    assert row["se"] < row["se_independent"]
    assert row["change_detectable"] == pytest.approx(next_survey.detectable(row["se"], row["df"]))
    assert row["power_wanted"] == pytest.approx(next_survey.power(0.35, row["se"], row["df"]))
    assert row["change_detectable"] < row["change_detectable_independent"]
    assert row["n_needed"] < row["n_needed_independent"]
    assert row["se"] == pytest.approx(estimates.changes(*waves(True), MEAN)["se"].iloc[0])
    apart = next_survey.detectable_change(*waves(False), MEAN, 0.35).iloc[0]
    assert apart["overlap"] == 0
    assert apart["n_needed"] == apart["n_needed_independent"]
    assert apart["se"] == pytest.approx(apart["se_independent"])


@pytest.mark.parametrize("overlap", [0.0, 0.7])
def test_power_of_drawn_waves(overlap: float) -> None:
    # 25 departments in both waves, their effects correlated by `overlap`; 500 draws have an error of 1.8 points.
    now = Plan(np.array([0.05 / 25]), np.array([0.95 / 200]), np.array([200.0]), np.array([25.0]), UNKNOWN, UNKNOWN)
    now = Plan(**{**vars(now), "overlap": overlap})
    size = next_survey.change_needed(now, 0.3)
    assert size is not None
    take, rng, seen = math.ceil(size.answers / 25), np.random.default_rng(8), 0
    means = []
    for _ in range(500):
        common = rng.normal(0, math.sqrt(0.05 * overlap), 25)
        waves = [
            common + rng.normal(0, math.sqrt(0.05 * (1 - overlap)), 25) + rng.normal(0, math.sqrt(0.95 / take), 25)
            for _ in range(2)
        ]
        change = waves[1] - waves[0] + 0.3
        t = change.mean() / (change.std(ddof=1) / 5)
        seen += abs(t) > stats.t.ppf(0.975, 24)
        means.append(change.mean())
    exact = next_survey.power(0.3, math.sqrt(2 * now.variance(1, 25 * take / 200)), 24)
    assert exact >= 0.8
    assert seen / 500 == pytest.approx(exact, abs=0.05)
    assert np.std(means) == pytest.approx(math.sqrt(2 * now.variance(1, 25 * take / 200)), rel=0.1)


def test_bad_input_is_refused() -> None:
    answers = drawn()
    for margin in (0, -0.1, 1, 1.5):
        with pytest.raises(UsageError, match="margin"):
            next_survey.answers_needed(answers, SHARE, margin)
        with pytest.raises(UsageError, match="margin"):
            next_survey.simple_random_sample(margin)
    for chance in (0, 1, 1.2, -1, 0.04):
        with pytest.raises(UsageError, match="power"):
            next_survey.detectable_change(answers, answers, SHARE, 0.05, power_wanted=chance)
        with pytest.raises(UsageError, match="power"):
            next_survey.detectable(0.1, 10, chance)
    wrong = {
        "change wanted": lambda: next_survey.detectable_change(answers, answers, SHARE, 0),
        "heldd": lambda: next_survey.answers_needed(answers, Estimand("x", "heldd"), 0.05),
        "maybe": lambda: next_survey.answers_needed(answers, Estimand("x", "held", ("maybe",)), 0.05),
        "levell": lambda: next_survey.answers_needed(answers, SHARE, 0.05, by="levell"),
        "tiny": lambda: next_survey.answers_needed(answers, SHARE, 0.05, where={"department_size": "tiny"}),
        "icc: there is no": lambda: next_survey.answers_needed(answers, SHARE, 0.05, icc="pool"),
        "icc: 1 ": lambda: next_survey.answers_needed(answers, SHARE, 0.05, icc=1.0),
        "response: 0 ": lambda: next_survey.answers_needed(answers, SHARE, 0.05, response=0.0),
        "no column response": lambda: next_survey.answers_needed(answers, SHARE, 0.05, response=pd.DataFrame()),
        "no column ‘heads’": lambda: next_survey.answers_needed(answers, SHARE, 0.05, heads=pd.DataFrame({"n": [1]})),
        "none was given": lambda: next_survey.answers_needed(answers, [], 0.05),
        "estimands": lambda: next_survey.detectable_change(answers, answers, [], 0.05),
        "share": lambda: next_survey.simple_random_sample(0.05, 0),
        "heads": lambda: next_survey.simple_random_sample(0.05, heads=0),
        "level": lambda: next_survey.power(0.1, 0.1, 10, 0),
    }
    for words, call in wrong.items():
        with pytest.raises(UsageError, match=words):
            call()
