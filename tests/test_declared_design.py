"""Calibration and replicate weights that a study declares: check, data, counted three ways, estimated."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_survey

from digiskills import answers, check, estimates, paths, survey
from digiskills import study as studies
from digiskills.answers import Answers, Counted
from digiskills.errors import StudyError, UsageError
from digiskills.estimates import Estimand, SurveyDesign
from digiskills.intake import passport
from digiskills.study import Replicates, Study
from digiskills.survey.raking import rake

REPLICATES = 12
CALIBRATION = 'calibration = {{ margins = [["department_size"], ["level"]], method = "rake", targets = "heads.csv" }}\n'
ROWS = "".join(f"decimal,rep_{at},Replicate,Réplique,,weight,,,\n" for at in range(1, REPLICATES + 1))
LABELS = "code,label_en,label_fr\n{}\n"
NUMBERS = ["n", "estimate", "se", "df", "low", "high"]


def respondents(seed: int = 1, rows: int = 240) -> pd.DataFrame:
    """Random answers, everyone with a level; a stratum holds several clusters."""
    table = small_survey.received(seed, rows)
    draw = np.random.default_rng(seed)
    table["level"] = draw.choice(["director", "manager", "staff"], rows)
    return table


def with_replicates(table: pd.DataFrame) -> pd.DataFrame:
    """Delete one cluster at a time."""
    clusters = sorted(table["department"].unique())
    raised = len(clusters) / (len(clusters) - 1)
    weight = table["weight"].astype(float)
    made = {
        f"rep_{at}": np.where(table["department"] == name, 0, weight * raised).astype(str)
        for at, name in enumerate(clusters, start=1)
    }
    return table.assign(**made)


def heads(table: pd.DataFrame) -> pd.DataFrame:
    cells = table.groupby(["department_size", "level"])["weight"].agg(lambda weights: weights.astype(float).sum())
    draw = np.random.default_rng(9)
    return (cells * draw.uniform(0.7, 1.4, len(cells))).round().astype(int).rename("heads").reset_index()


def declared(folder: Path, design: str, table: pd.DataFrame, files: dict[str, pd.DataFrame], form: str = "") -> Study:
    """A study on disk, with a passport that lists every file."""
    mine = folder / "data" / "raw" / "mine"
    small_survey.study(folder)
    text = small_survey.STUDY.replace('lonely_cluster = "adjust"\n', 'lonely_cluster = "adjust"\n' + design)
    (mine / "study.toml").write_text(text.format(cluster='cluster = "department"'), encoding="utf-8")
    asked = small_survey.FORM.replace("hidden,department_size", "select_one size,department_size")
    (mine / "codebook" / "survey.csv").write_text(asked + form, encoding="utf-8")
    sizes = "".join(f"size,{name},{name},{name},,\n" for name in small_survey.SIZES)
    (mine / "codebook" / "choices.csv").write_text(small_survey.CHOICES + sizes, encoding="utf-8")
    (mine / "frameworks").mkdir(exist_ok=True)
    for name, codes in (("skills", "data,D,D\ndesign,D,C"), ("barriers", "capacity,C,C")):
        (mine / "frameworks" / f"{name}.csv").write_text(LABELS.format(codes), encoding="utf-8")
    for name, frame in {"survey.csv": table, **files}.items():
        frame.to_csv(mine / name, index=False)
    listed = sorted(path.relative_to(mine).as_posix() for path in mine.rglob("*") if path.suffix in (".csv", ".toml"))
    entries = [{"name": name.replace("/", "-").replace(".", "-"), "path": name} for name in listed]
    (mine / "datapackage.json").write_text(json.dumps({"name": "x", "resources": entries}), encoding="utf-8")
    passport.renew(mine)
    return studies.read("mine")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    return tmp_path


def calibrating(folder: Path, design: str = CALIBRATION, change=lambda heads: heads) -> Study:
    table = respondents()
    return declared(folder, design, table, {"heads.csv": change(heads(table))})


def replicating(folder: Path, design: str = 'replicates = {{ columns = "rep_*", kind = "jk1" }}\n') -> Study:
    return declared(folder, design, with_replicates(respondents()), {}, ROWS)


# From the files to the estimates


def test_a_study_that_rakes_from_check_to_estimates(folder) -> None:
    study = calibrating(folder)
    assert check.study("mine") == []
    assert [stat.S_IMODE(path.stat().st_mode) for path in survey.process(study)] == [0o600]
    typed = survey.read(study)
    frame = small_survey.scored(typed)
    frame["d"] = typed.frame["weight_before_calibration"]
    np.testing.assert_array_equal(frame["d"], respondents()["weight"].astype(float))
    targets = [heads(respondents()).groupby(name)["heads"].sum().reset_index() for name in ("department_size", "level")]
    np.testing.assert_allclose(frame["weight"], rake(frame.assign(weight=frame["d"]), "weight", targets), rtol=1e-12)
    design = SurveyDesign(
        frame, "weight", "stratum", "department", calibration=[["department_size"], ["level"]], design_weight="d"
    )
    assert_same_estimates(answers.read(survey.read(study)), design)
    told = estimates.means(answers.read(survey.read(study)), "no_time").attrs["method"]
    assert told["calibration"].endswith("department_size, level")


def test_a_study_with_replicates_from_check_to_estimates(folder) -> None:
    study = replicating(folder)
    assert check.study("mine") == []
    typed = survey.read(study)
    frame = small_survey.scored(typed).join(typed.frame[list(study.replicate_weights)])
    design = SurveyDesign(frame, "weight", "stratum", "department", replicates=study.design.replicates)
    counted = answers.read(survey.read(study))
    assert_same_estimates(counted, design)
    found = estimates.means(counted, "no_time")
    assert found.attrs["method"]["design"] == "replicates: JK1, 12"
    assert found["df"].tolist() == [11]
    # Replicates ask nothing of strata, so a lonely cluster is no caution.
    plain = dataclasses.replace(counted, replicates=None)
    assert "lonely" in estimates.means(plain, "no_time", "department_size")["note"].tolist()
    assert "lonely" not in estimates.means(counted, "no_time", "department_size")["note"].tolist()
    # The jackknife of a mean, cluster by cluster.
    known = frame.dropna(subset="no_time")
    each = [(known[name] * known["no_time"]).sum() / known[name].sum() for name in study.replicate_weights]
    error = np.sqrt(11 / 12 * ((np.array(each) - np.mean(each)) ** 2).sum())
    np.testing.assert_allclose(found["se"], error, rtol=1e-12)


def assert_same_estimates(counted: Answers, design: SurveyDesign) -> None:
    """Means, totals, shares, gaps, quantiles, differences, covariances and tests, by size, level and both."""
    asked = [Estimand("no_time", "no_time"), Estimand("good", "good_tools"), Estimand("gap:data", "gap:data")]
    items = ["no_time", "good_tools", "gap:data"]
    for by in ([], ["level"], ["department_size", "level"]):
        for where in ({}, {"level": "staff"}):
            agree(estimates.means(counted, items, by, where), design.mean(items, by, where))
            agree(estimates.totals(counted, items, by=by, where=where), design.total(items, by, where))
            share = estimates.shares(counted, "no_time", "agree", by, where)
            agree(share, design.share("no_time", [3.0], by, where))
            agree(estimates.quantiles(counted, items[0], 0.4, by, where), design.quantile(items[0], 0.4, by, where))
    agree(estimates.means(counted, "gap:data", "level"), design.gap("needed_data", "held_data", "level"))
    for by in ([], ["level"], ["department_size", "level"]):
        one, other = estimates.joint(counted, asked, by, margins=True), design.joint(asked_of(asked), by, margins=True)
        np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-9, atol=1e-15)
        agree(one.frame, other.frame, ["n", "estimate", "se", "df"])
        assert one.df == other.df
    agree(estimates.differences(counted, asked, "level"), design.difference(items, "level"))
    test, told = estimates.independence(counted, "no_time", "level"), design.independence("no_time", "level")
    agree(test, told, ["n", "statistic", "df1", "df2", "p"])


def asked_of(asked: list[Estimand]) -> list[Estimand]:
    return [Estimand(each.name, each.item) for each in asked]


def agree(found: pd.DataFrame, expected: pd.DataFrame, numbers=NUMBERS) -> None:
    one, other = (table[numbers].to_numpy(dtype=float) for table in (found, expected))
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("brr", ""),
        ("fay", ", rho = 0.3"),
        ("jkn", ', rscales = "rscales.csv"'),
        ("jkn", ", rscales = 0.9"),
        ("bootstrap", ', centre = "estimate", df = 30'),
        ("successive-difference", ""),
    ],
)
def test_every_kind_of_replicates(folder, kind, extra) -> None:
    table = with_replicates(respondents())
    rscales = pd.DataFrame({"replicate": [f"rep_{at}" for at in range(12, 0, -1)], "rscale": np.linspace(0.4, 0.9, 12)})
    design = f'replicates = {{{{ columns = "rep_*", kind = "{kind}"{extra} }}}}\n'
    study = declared(folder, design, table, {"rscales.csv": rscales}, ROWS)
    assert check.study("mine") == []
    typed = survey.read(study)
    frame = small_survey.scored(typed).join(typed.frame[list(study.replicate_weights)])
    known = dataclasses.replace(study.design.replicates, rscales=survey.rscales(study))
    if extra.endswith('csv"'):
        np.testing.assert_allclose(known.rscales, np.linspace(0.9, 0.4, 12))
    found = estimates.means(answers.read(survey.read(study)), ["no_time", "gap:data"], "level")
    agree(found, SurveyDesign(frame, "weight", replicates=known).mean(["no_time", "gap:data"], "level"))
    if kind == "bootstrap":
        assert (found["df"] == 30).all()


def test_a_sample_without_clusters_needs_no_pairs_under_replication(folder) -> None:
    study = replicating(folder)
    alone = dataclasses.replace(study, design=dataclasses.replace(study.design, cluster="", stratum=""))
    counted = answers.count(survey.read(alone))
    asked = [Estimand("no_time", "no_time"), Estimand("gap", "gap:data")]
    assert np.isfinite(estimates.joint(counted, asked, "level").covariance).all()
    people = estimates.respondents(counted, "level")
    np.testing.assert_allclose(people["estimate"].sum(), survey.read(alone).weight.sum())
    assert (estimates.missing(counted, "no_time")["se"] > 0).all()


# Three makers, one result, kept


@pytest.mark.parametrize("dimensions", [("department_size", "level"), ("level",), ()])
@pytest.mark.parametrize("make", [calibrating, replicating])
def test_three_makers_one_result(folder, monkeypatch, make, dimensions) -> None:
    study = make(folder)
    path, typed = survey.processed.typed_file(study), survey.read(study)
    form = answers.form(study, answers.memory.categories(typed.frame), dimensions, numbers=())
    expected = answers.count_frame(typed.frame, form)
    monkeypatch.setattr(answers.streamed, "ROWS", 3)  # cells are met in no order
    monkeypatch.setattr(answers.out_of_core, "VECTORS", 1)
    for found in (answers.count_parquet(path, form), answers.count_with_duckdb(path, form)):
        assert_same(found, expected)
    kept = [answers.read(survey.read(study), dimensions=dimensions) for _ in range(2)]
    whole = answers.count(typed, dimensions)
    for one in kept:
        assert one.dimensions == whole.dimensions
        assert_same(
            Counted(one.groups, one.items, one.numbers, None, one.replicates),
            Counted(whole.groups, whole.items, whole.numbers, None, whole.replicates),
        )
        if whole.calibration is not None:
            np.testing.assert_allclose(one.calibration.ratio, whole.calibration.ratio, rtol=1e-12)
            assert one.calibration.margins == (("department_size",), ("level",))
        assert one.replication == whole.replication


def assert_same(found: Counted, expected: Counted) -> None:
    pd.testing.assert_frame_equal(found.groups, expected.groups, rtol=1e-12, atol=0)
    for name, item in expected.items.items():
        np.testing.assert_allclose(found.items[name].w, item.w, rtol=1e-12)
    assert (found.design is None) == (expected.design is None)
    if expected.design is not None:
        np.testing.assert_allclose(found.design, expected.design, rtol=1e-12)
    assert (found.replicates is None) == (expected.replicates is None)
    if expected.replicates is None:
        return
    pd.testing.assert_frame_equal(found.replicates.cells, expected.replicates.cells)
    np.testing.assert_allclose(found.replicates.products, expected.replicates.products, rtol=1e-10)
    for part in ("items", "numbers"):
        one, other = (getattr(counted.replicates, part) for counted in (found, expected))
        assert list(one) == list(other)
        for name in other:
            np.testing.assert_allclose(one[name], other[name], rtol=1e-10, atol=1e-12)


def test_numbers_hold_replicates_too(folder) -> None:
    form = ROWS + "integer,years,Years,Années,,demographic,,,\n"
    table = with_replicates(respondents())
    table["years"] = np.where(np.arange(len(table)) % 5 == 0, "", (np.arange(len(table)) % 30).astype(str))
    study = declared(folder, 'replicates = {{ columns = "rep_*", kind = "jk1" }}\n', table, {}, form)
    typed = survey.read(study)
    frame = small_survey.scored(typed).join(typed.frame[[*study.replicate_weights, "years"]])
    counted = answers.read(survey.read(study), numbers=("years",))
    design = SurveyDesign(frame, "weight", "stratum", "department", replicates=study.design.replicates)
    agree(estimates.means(counted, "years", "level"), design.mean("years", "level"))
    what = answers.form(study, answers.memory.categories(typed.frame), numbers=("years",))
    path = survey.processed.typed_file(study)
    assert_same(answers.count_with_duckdb(path, what), answers.count_frame(typed.frame, what))


def test_someone_with_weight_0_is_in_no_sum(folder) -> None:
    table = with_replicates(respondents())
    table.loc[:4, "weight"] = "0"
    study = declared(folder, 'replicates = {{ columns = "rep_*", kind = "jk1" }}\n', table, {}, ROWS)
    typed = survey.read(study)
    frame = small_survey.scored(typed).join(typed.frame[list(study.replicate_weights)])
    design = SurveyDesign(frame, "weight", "stratum", "department", replicates=study.design.replicates)
    agree(estimates.means(answers.read(survey.read(study)), "no_time", "level"), design.mean("no_time", "level"))
    raking = calibrating(folder)
    typed = survey.from_received(raking, raking.wave(), respondents().assign(weight=table["weight"]))
    assert (typed.weight[:5] == 0).all() and (typed.weight[5:] > 0).all()


def test_two_builds_at_once_and_a_damaged_file(folder) -> None:
    study = replicating(folder)
    found: list[Answers] = []
    threads = [threading.Thread(target=lambda: found.append(answers.read(survey.read(study)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    kept = list(paths.processed("mine").iterdir())
    assert sorted(path.suffix for path in kept) == [".npz", ".parquet"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    file = next(path for path in kept if path.suffix == ".npz")
    file.write_bytes(file.read_bytes()[:1000])
    np.testing.assert_array_equal(answers.read(survey.read(study)).groups["n"], found[0].groups["n"])


def test_another_code_counts_anew(folder, monkeypatch) -> None:
    study = calibrating(folder)
    answers.read(survey.read(study))
    counted = []
    real = answers.kept.count_frame
    monkeypatch.setattr(answers.kept, "count_frame", lambda *given: counted.append(1) or real(*given))
    answers.read(survey.read(study))
    assert counted == []
    monkeypatch.setattr(answers.kept, "code_digest", lambda *parts: "other")
    answers.read(survey.read(study))
    assert counted == [1]
    os.utime(study.folder / "heads.csv")
    answers.read(survey.read(study))
    assert counted == [1]
    changed = heads(respondents()).assign(heads=lambda table: table["heads"] * 2)
    changed.to_csv(study.folder / "heads.csv", index=False)
    passport.renew(study.folder)
    doubled = answers.read(survey.read(studies.read("mine")))
    assert counted == [1, 1]
    np.testing.assert_allclose(doubled.groups["w"].sum(), changed["heads"].sum())


# Weights that came calibrated


RECEIVED = 'calibration = {{ margins = [["department_size"], ["level"]], method = "received"{} }}\n'


def test_weights_that_came_calibrated(folder) -> None:
    table = respondents()
    whole = heads(table)
    targets = [whole.groupby(name)["heads"].sum().reset_index() for name in ("department_size", "level")]
    numbers = table.assign(weight=table["weight"].astype(float))
    made = table.assign(base=table["weight"], weight=rake(numbers, "weight", targets).map(repr))
    form = "decimal,base,Base,Base,,weight,,,\n"
    study = declared(folder, RECEIVED.replace("{}", ', design_weight = "base"'), made, {}, form)
    assert check.study("mine") == []
    typed = survey.read(study)
    np.testing.assert_allclose(typed.weight, made["weight"].astype(float))
    frame = small_survey.scored(typed).assign(base=typed.frame["base"])
    margins = {"calibration": [["department_size"], ["level"]], "design_weight": "base"}
    assert_same_estimates(
        answers.read(survey.read(study)), SurveyDesign(frame, "weight", "stratum", "department", **margins)
    )
    study = declared(folder, RECEIVED.replace("{}", ""), made, {}, form)
    design = SurveyDesign(frame, "weight", "stratum", "department", calibration=margins["calibration"])
    assert_same_estimates(answers.read(survey.read(study)), design)


def test_post_strata(folder) -> None:
    margins = '[["department_size", "level"]], method = "poststratify", targets = ["heads.csv"]'
    study = calibrating(folder, f"calibration = {{{{ margins = {margins} }}}}\n")
    typed = survey.read(study)
    by = ["department_size", "level"]
    found = small_survey.scored(typed).groupby(by, observed=True)["weight"].sum()
    np.testing.assert_allclose(found.to_numpy(), heads(respondents()).set_index(by)["heads"].reindex(found.index))
    table = estimates.respondents(answers.read(survey.read(study)), by)
    table = table[table["estimate"] > 0].set_index(by)["estimate"]
    np.testing.assert_allclose(table.to_numpy(), found.to_numpy())


def test_weights_that_no_calibration_to_these_margins_made(folder) -> None:
    table = respondents()
    draw = np.random.default_rng(3)
    made = table.assign(base=(table["weight"].astype(float) * draw.uniform(0.5, 1, len(table))).astype(str))
    declared(
        folder, RECEIVED.replace("{}", ', design_weight = "base"'), made, {}, "decimal,base,Base,Base,,weight,,,\n"
    )
    assert "apart within one cell of the margins" in said()
    declared(
        folder, RECEIVED.replace("{}", ', design_weight = "bose"'), made, {}, "decimal,base,Base,Base,,weight,,,\n"
    )
    assert "did you mean ‘base’" in said()


# What cannot be is said, all at once


def said(name: str = "mine") -> str:
    return "\n".join(str(problem) for problem in check.study(name))


def test_keys_that_are_wrong_are_said_at_once(folder) -> None:
    with pytest.raises(StudyError) as caught:
        calibrating(
            folder,
            'calibration = {{ margins = ["departmen_size", ["level"], "level"], method = "p", targets = 3, x = 1 }}\n'
            'replicates = {{ kind = "jkn", rho = 0.3, scale = 0, df = 0, centre = "middle", y = 2 }}\n',
        )
    keys = [problem.column for problem in caught.value.problems]
    assert set(keys) == {
        "design.replicates.y",
        "design.calibration.margins",
        "design.replicates.centre",
        "design.replicates.columns",
        "design.replicates.df",
        "design.replicates.rho",
        "design.replicates.rscales",
        "design.replicates.scale",
        "design.calibration.x",
        "design.calibration.method",
        "design.calibration.targets",
        "design.calibration",
    }
    text = str(caught.value)
    assert "did you mean ‘department_size’" in text and "stands there twice" in text


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ('calibration = "rake"\n', "is no table"),
        ('calibration = {{ margins = [], method = "rake", targets = "heads.csv" }}\n', "names no margin"),
        (CALIBRATION.replace('"rake"', '"poststratify"'), "post-strata are the cells of one"),
        (CALIBRATION.replace('"heads.csv"', '["heads.csv"]'), "does not name the heads of every margin"),
        (RECEIVED.replace("{}", ', targets = "heads.csv"'), "came calibrated"),
        (CALIBRATION.replace(" }}", ', design_weight = "w" }}'), "leave it out"),
        ('replicates = "rep_*"\n', "is no table"),
        ('replicates = {{ columns = "rep_*", kind = "fay" }}\n', "is not Fay’s shrinkage"),
        ('replicates = {{ columns = "rep_*", kind = "brr", scale = 2.0 }}\n', "is fixed for brr"),
        ('replicates = {{ columns = "rep_*", kind = "jkn", rscales = [1, "a"] }}\n', "are no numbers of 0 or more"),
        ('replicates = {{ columns = "rep_*", kind = "jk1", scale = "a" }}\n', "is no number of 0 or more"),
    ],
)
def test_each_key_that_is_wrong(folder, design, words) -> None:
    with pytest.raises(StudyError, match=words):
        calibrating(folder, design)


def test_weights_must_be_declared(folder) -> None:
    study = calibrating(folder)
    file = study.folder / "study.toml"
    for design in (CALIBRATION, 'replicates = {{ columns = "rep_*", kind = "jk1" }}\n'):
        text = small_survey.STUDY.replace('weight = "weight"\n', design)
        file.write_text(text.format(cluster='cluster = "department"'), encoding="utf-8")
        with pytest.raises(StudyError, match=r"design\.weight"):
            studies.read("mine")


def test_targets_that_are_wrong_are_said_by_row(folder) -> None:
    def spoiled(whole: pd.DataFrame) -> pd.DataFrame:
        whole = pd.concat([whole.astype(str), whole.iloc[[0]].astype(str)], ignore_index=True)
        whole.loc[1, "level"], whole.loc[2, "heads"] = "staf", "many"
        return whole

    calibrating(folder, change=spoiled)
    text = said()
    for words in (
        "heads.csv",
        "row 3",
        "‘staf’",
        "did you mean ‘staff’",
        "row 4",
        "‘many’",
        "row 8",
        "stands there twice",
    ):
        assert words in text, (words, text)


def test_targets_that_are_not_there(folder) -> None:
    calibrating(folder, CALIBRATION.replace("heads.csv", "people.csv"))
    assert "people.csv" in said()
    calibrating(folder, change=lambda whole: whole.drop(columns="level").rename(columns={"heads": "count"}))
    assert "level" in said() and "column is missing" in said()
    calibrating(folder, change=lambda whole: whole.assign(wave="2019"))
    assert "has no rows" in said()


def test_margins_that_do_not_add_up(folder) -> None:
    design = CALIBRATION.replace('"heads.csv"', '["heads.csv", "levels.csv"]')
    table = respondents()
    levels = heads(table).groupby("level")["heads"].sum().reset_index()
    declared(folder, design, table, {"heads.csv": heads(table), "levels.csv": levels.assign(heads=levels["heads"] + 1)})
    assert "add up to different numbers of people in wave 2025" in said()


def test_categories_without_respondents_or_heads(folder) -> None:
    table = respondents()
    gone = table["level"].replace("director", "staff")
    declared(folder, CALIBRATION, table.assign(level=gone), {"heads.csv": heads(table)})
    assert "‘director’ has" in said() and "and no respondent" in said()
    calibrating(folder, change=lambda whole: whole[whole["level"] != "director"])
    assert "has no heads and" in said()
    declared(
        folder,
        CALIBRATION,
        table.assign(level=table["level"].where(table.index > 2, "refused")),
        {"heads.csv": heads(table)},
    )
    text = said()
    assert "is no category of level, to which weights are calibrated; so it is for 3 respondents" in text
    assert "row 2" in text


def test_more_margins_than_clusters_can_bear(folder) -> None:
    table = respondents()
    table = table[table["department"].isin(["d00", "d01", "d03", "d04"])].reset_index(drop=True)
    declared(folder, CALIBRATION, table, {"heads.csv": heads(table)})
    assert "leave no degree of freedom" in said()
    with pytest.raises(StudyError, match="leave no degree of freedom"):
        survey.read(studies.read("mine"))


def test_replicates_that_are_not_there_or_no_weights(folder) -> None:
    replicating(folder, 'replicates = {{ columns = ["rep_1", "rop_*"], kind = "jk1" }}\n')
    assert "‘rop_*’ is no column of the codebook" in said()
    replicating(folder, 'replicates = {{ columns = "rep_1", kind = "jk1" }}\n')
    assert "two or more make a variance" in said()
    replicating(folder, 'replicates = {{ columns = "rep_*", kind = "jkn", rscales = [1, 1] }}\n')
    assert "factors were given for 12 replicates" in said()
    replicating(folder, 'replicates = {{ columns = ["no_time", "rep_1"], kind = "jk1" }}\n')
    assert "holds replicate weights and is no number" in said()
    replicating(folder, 'replicates = {{ columns = ["level", "rep_1"], kind = "jk1" }}\n')
    assert "holds replicate weights and is no number" in said()
    table = with_replicates(respondents())
    factors = table.assign(rep_1=(table["rep_1"].astype(float) / table["weight"].astype(float)).astype(str))
    replicates = 'replicates = {{ columns = "rep_*", kind = "jk1" }}\n'
    declared(folder, replicates, factors, {}, ROWS)
    assert "a whole weight, no factor" in said()
    declared(folder, replicates, table.assign(**{f"rep_{at}": table["weight"] for at in range(1, 13)}), {}, ROWS)
    assert "are the weight itself" in said()
    declared(folder, replicates, table.assign(rep_2=table["rep_2"].where(table.index > 0, "")), {}, ROWS)
    assert "is blank" in said()


def test_factors_in_a_file_that_are_wrong(folder) -> None:
    design = 'replicates = {{ columns = "rep_*", kind = "jkn", rscales = "rscales.csv" }}\n'
    names = [f"rep_{at}" for at in range(1, 13)]
    wrong = pd.DataFrame({"replicate": [*names[:11], "rep_1"], "rscale": ["-1", *["0.9"] * 11]})
    declared(folder, design, with_replicates(respondents()), {"rscales.csv": wrong}, ROWS)
    text = said()
    assert "row 2" in text and "stands there twice" in text and "‘rep_12’ has no row" in text
    declared(
        folder, design, with_replicates(respondents()), {"rscales.csv": wrong.rename(columns={"rscale": "x"})}, ROWS
    )
    assert "column is missing" in said()


def test_a_frame_names_replicates_that_are_not_there() -> None:
    frame = pd.DataFrame({"w": [1.0, 2.0], "r1": [1.0, 2.0], "r2": [2.0, 1.0], "y": [1.0, 2.0]})
    with pytest.raises(UsageError, match="replicates: no column ‘s"):
        SurveyDesign(frame, "w", replicates=Replicates(("s*",), "jk1"))
    design = SurveyDesign(frame, "w", replicates=Replicates(("r*",), "jk1"))
    whole, each = 5 / 3, np.array([5 / 3, 4 / 3])
    found = design.mean("y").iloc[0]
    np.testing.assert_allclose(found["estimate"], whole)
    np.testing.assert_allclose(found["se"], np.sqrt(0.5 * ((each - each.mean()) ** 2).sum()))
    ratio = design.ratio("y", "w").iloc[0]
    of_each = np.array([5 / 5, 4 / 4])
    np.testing.assert_allclose(ratio[["estimate", "se"]].tolist(), [1.0, np.sqrt(0.5 * ((of_each - 1) ** 2).sum())])
