"""The joint display holds released numbers only, states how its evidence relates, and tells nobody who spoke."""

from __future__ import annotations

import dataclasses
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from released_tables import ONTARIO, barriers, figures, released

from digiskills import check, exhibits, focus_groups, joint_display, themes, words
from digiskills import study as studies
from digiskills.disclosure import JOINT, DeclaredTable, Plan, Released, joint, passages, release_joint
from digiskills.errors import ReleaseError, StudyError, UsageError
from digiskills.intake import passport
from digiskills.joint_display import Parts, overruled, relation
from digiskills.reports import declared
from digiskills.reports.run import declared_tables
from digiskills.study import Study

CODED = focus_groups.read(ONTARIO)
assert CODED is not None
VOICED = joint_display.voiced(CODED, ONTARIO)
SHOWN = joint_display.paraphrases(CODED, ONTARIO)
TABLE = DeclaredTable("", "ontario", JOINT, "joint_display", wave="2025", options=(("common_share", 0.5),))
NUMBERS = ("n", "base", "stressed", "estimate", "low", "high")


def real(study: Study = ONTARIO) -> Study:
    """Ontario as if people had answered its survey."""
    return replace(study, evidence={**study.evidence, "survey": replace(study.evidence["survey"], kind="collected")})


def of_study(table: Released, study: Study) -> Released:
    return dataclasses.replace(table, study=study)


def parts(language: str = "en", study: Study = ONTARIO, *, published: bool = True) -> Parts:
    """Made-up shares beside the study's own passages and published figures."""
    said = {"language": language, "evidence": "focus_groups", "wave": ""}
    voiced = released(VOICED, "barriers_voiced", ("speaker_level",), method=VOICED.attrs["method"], **said)
    tables = {
        "survey": barriers(language),
        "by_size": barriers(language, ("department_size",)),
        "by_level": barriers(language, ("level",)),
        "voiced": voiced,
        "paraphrases": released(SHOWN, "paraphrases", (), **said),
        "published": figures(language) if published else None,
    }
    return Parts(**{name: table and of_study(table, study) for name, table in tables.items()})


@cache
def usual(language: str = "en") -> Released:
    """The display of Ontario's synthetic survey."""
    return joint_display.side_by_side(parts(language), TABLE, None)


def displayed(made_of: Parts, plan: Plan | None = None) -> Released:
    return joint_display.side_by_side(made_of, TABLE, plan)


def planned() -> Plan:
    """A plan that declares the display and its parts."""
    own = replace(TABLE, id="08-joint-display")
    return Plan("ontario", (own, *joint.parts(own, ONTARIO).values()), {}, {})


# --- every number is a released one


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_number_stands_in_the_released_table_that_it_came_from(language: str) -> None:
    given_parts = parts(language)
    frame, counted = displayed(given_parts).frame, 0
    for part, table in given_parts.named.items():
        for _, row in frame[frame["part"] == part].iterrows():
            own = table.frame
            keys = {"voiced": "code", "paraphrase": "barrier"}.get(part, "item")
            own = own[own[keys].astype(str) == (row["barrier"] if keys in ("code", "barrier") else row["item"])]
            for name in ("survey", "department_size", "level", "speaker_level", "passage"):
                own = own[own[name].astype(str) == row[name]] if name in own else own
            assert len(own) == 1, (part, row.to_dict())
            for name in (name for name in NUMBERS if name in own):
                value = own[name].iloc[0]
                assert (pd.isna(value) and pd.isna(row[name])) or float(value) == row[name], (part, name)
                counted += 1
    assert counted > 300
    relations = frame[frame["part"] == "relation"]
    assert len(relations) == 9 * 5 and relations[list(NUMBERS)].isna().all(axis=None)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_number_that_a_reader_sees_stands_in_the_frame(language: str) -> None:
    shown = usual(language)
    soup = BeautifulSoup(joint_display.laid_out(shown).html, "html.parser")
    frame = shown.frame
    known = {words.percent(value, language) for name in ("estimate", "low", "high") for value in frame[name].dropna()}
    known |= {words.number(value, language) for name in ("n", "base", "stressed") for value in frame[name].dropna()}
    known |= {words.number(count, language) for count in range(1, 9)}  # questions and statements that are folded
    known |= set(frame["passage"]) | set(frame["year"].dropna().astype(str))
    for own in soup.select("blockquote"):
        own.extract()  # a paraphrase may speak of numbers itself
    pattern = r"[A-Z]{2}\d+|\d[\d\u00a0\u202f,.]*\d\s?%|\d[\d\u00a0\u202f,.]*\d|\d\s?%|\d"
    cells = " ".join(cell.get_text(" ", strip=True) for cell in soup.select("td"))
    cells = re.sub(r"[“«].*?[”»]", "", cells)  # the words of questions
    found = [number.strip() for number in re.findall(pattern, cells)]
    assert len(found) > 300 and set(found) - known == set()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_number_of_a_sentence_stands_in_the_frame(language: str) -> None:
    shown = usual(language)
    known = {float(value) for name in NUMBERS for value in shown.frame[name].dropna()}
    known |= {float(count) for count in range(10)} | {50.0}
    for line in [*words.findings_joint(shown), words.alt_text("table", shown)]:
        line = line.replace("(2025)", "").replace("95", "")
        assert {float(number) for number in re.findall(r"\d+", line)} <= known, line
    assert len(words.alt_text("table", shown)) <= 400


def test_a_number_that_was_not_released_is_refused() -> None:
    given_parts = parts()
    frame = displayed(given_parts).frame
    made_of = {"plan": None, "language": "en", "method": {}}
    for part, column in (("survey", "estimate"), ("voiced", "n"), ("published", "estimate"), ("relation", "n")):
        wrong = frame.copy()
        place = wrong.index[wrong["part"].eq(part) & (wrong["withheld"] == "")][0]
        wrong.loc[place, column] = 0.123456
        with pytest.raises(ReleaseError, match=part):
            release_joint(wrong, TABLE, ONTARIO, given_parts.named, **made_of)
    unknown = frame.assign(part=frame["part"].replace("voiced", "heard"))
    with pytest.raises(ReleaseError, match="heard"):
        release_joint(unknown, TABLE, ONTARIO, given_parts.named, **made_of)
    survey = replace(TABLE, evidence="survey")
    with pytest.raises(ReleaseError, match="survey"):
        release_joint(frame, survey, ONTARIO, given_parts.named, **made_of)


def test_what_is_withheld_in_a_part_is_withheld_in_the_display() -> None:
    given_parts = parts()
    hidden = sum(int(table.frame["withheld"].ne("").sum()) for table in given_parts.named.values())
    frame = displayed(given_parts).frame
    gone = frame[frame["withheld"].ne("")]
    assert 0 < len(gone) <= hidden and gone[list(NUMBERS)].isna().all(axis=None)
    assert "withheld" in joint_display.laid_out(displayed(given_parts)).html


# --- what a build may publish


def test_it_is_published_only_where_it_and_all_its_parts_were_declared(tmp_path: Path) -> None:
    plan = planned()
    ids = {name: plan.ids(replace(own, id="")) for name, own in joint.parts(TABLE, ONTARIO).items()}
    given_parts = parts()
    known = {name: dataclasses.replace(table, ids=ids[name]) for name, table in given_parts.named.items()}
    known["by_size"], known["by_level"] = known.pop("survey_by_size"), known.pop("survey_by_level")
    known["paraphrases"] = known.pop("paraphrase")
    shown = joint_display.laid_out(displayed(Parts(**known), plan))
    assert shown.released.ids == {"08-joint-display"}
    about = {"parameters": {}, "data_digest": "", "code_version": ""}
    exhibit = exhibits.publish("08-joint-display", shown, folder=tmp_path, **about)
    assert {path.suffix for path in exhibit.files} == {".csv", ".json"}
    table = pd.read_csv(tmp_path / "08-joint-display.csv")
    assert set(table["evidence"]) == {"synthetic", "published", "collected", "joint"}
    assert set(table.loc[table["part"] == "survey", "evidence"]) == {"synthetic"}
    undeclared = {**known, "voiced": dataclasses.replace(known["voiced"], ids=frozenset())}
    assert displayed(Parts(**undeclared), plan).ids == frozenset()
    with pytest.raises(ReleaseError, match="not declared"):
        exhibits.publish("08-joint-display", joint_display.laid_out(displayed(given_parts)), folder=tmp_path, **about)


def test_the_plan_of_a_build_decides_over_the_parts_which_are_no_exhibits() -> None:
    report = next(each for each in declared.reports("ontario", ["en"], notebooks=["08-joint-display"]))
    tables = {table.id: table for table in declared_tables(report, ONTARIO)}
    own = tables["08-joint-display"]
    assert own.wave == "2025" and own.options == (("common_share", 0.5),)
    assert tables["08-joint-display.survey_by_level"].specification[1:6] == (
        "survey",
        "barrier_side",
        ("barrier",),
        ("level",),
        "2025",
    )
    assert tables["08-joint-display.voiced"].wave == ""
    assert not any(exhibits.ID.fullmatch(name) for name in tables if "." in name)


def test_a_page_limited_to_a_level_limits_the_survey_alone() -> None:
    limits = {"level": "staff"}
    (report,) = declared.reports("ontario", ["en"], limits, ["08-joint-display"])
    tables = {table.id: table for table in declared_tables(report, ONTARIO)}
    assert tables["08-joint-display"].where == tables["08-joint-display.survey"].where == (("level", "staff"),)
    assert tables["08-joint-display.voiced"].where == tables["08-voiced"].where == ()


def test_a_study_without_focus_groups_or_barriers_leaves_the_notebook_out() -> None:
    entry = next(each for each in declared.read()["report"] if each["notebook"] == "08-joint-display")
    without = replace(ONTARIO, evidence={"survey": ONTARIO.evidence["survey"]})
    assert declared.unanswered(entry, ONTARIO) == ""
    assert declared.unanswered(entry, without) == "evidence focus_groups"


def test_a_study_without_published_surveys_has_no_such_column_and_says_why() -> None:
    evidence = {name: each for name, each in ONTARIO.evidence.items() if name != "published"}
    study = replace(ONTARIO, evidence=evidence)
    shown = displayed(parts(study=study, published=False))
    heads = BeautifulSoup(joint_display.laid_out(shown).html, "html.parser").select("thead th")
    assert len(heads) == 4 and not any("Published" in head.text for head in heads)
    assert any("no published surveys" in line for line in words.findings_joint(shown))


# --- who spoke


def test_levels_that_nobody_counts_are_counted_where_their_passages_are_shown() -> None:
    fine = themes.by_barrier(CODED).rename(columns={"barrier": "code"})
    merged = fine.replace(
        {"speaker_level": dict.fromkeys(["deputy_minister", "assistant_deputy_minister"], "executive")}
    )
    sums = merged.groupby(["code", "speaker_level"], observed=True)[["segments", "base_segments", "stressed"]].sum()
    assert set(VOICED["speaker_level"]) == {"all", "executive", "staff", "mixed"}
    for _, row in VOICED[VOICED["speaker_level"] != "all"].iterrows():
        expected = sums.loc[(row["code"], row["speaker_level"])]
        assert (row["n"], row["base"], row["stressed"]) == tuple(expected)
    whole = VOICED[VOICED["speaker_level"] == "all"].set_index("code")
    parted = VOICED[VOICED["speaker_level"] != "all"].groupby("code")[["n", "base"]].sum()
    assert (whole[["n", "base"]] == parted.loc[whole.index]).all(axis=None)  # a passage has one speaker
    assert set(whole.index) == {item.barrier for item in ONTARIO.codebook.with_role("barrier")}
    assert joint_display.levels_of(ONTARIO) == {
        "executive": ("executive",),
        "manager": ("manager",),
        "staff": ("staff",),
    }


def test_a_paraphrase_passed_the_gate_and_speaks_of_the_barrier_as_an_obstacle() -> None:
    gate = passages.release(CODED, ONTARIO).frame.set_index("passage")
    rated = CODED.passages().set_index("segment_id")
    coded = CODED.codings[CODED.codings["coder"] == "consensus"]
    assert len(SHOWN) == 9
    for _, row in SHOWN.iterrows():
        own = gate.loc[row["passage"]]
        assert (row["text_en"], row["text_fr"]) == (own["text_en"], own["text_fr"])
        assert row["attribution_en"] == own["attribution_en"]
        assert rated.loc[row["passage"], "stance"] == "barrier"
        first = coded[(coded["segment_id"] == row["passage"]) & (coded["code"] == row["barrier"])]
        assert first["rank"].tolist() == [1]
        # no other that may be shown and speaks of it first, and of no more barriers, is more intense
        others = coded[(coded["code"] == row["barrier"]) & (coded["rank"] == 1)]["segment_id"]
        known = set(ONTARIO.frameworks.table("barriers")["code"])
        named = coded[coded["code"].isin(known)].groupby("segment_id").size()
        rivals = [name for name in others if name in gate.index and rated["stance"].get(name) == "barrier"]
        rivals = [name for name in rivals if gate.loc[name, "attribution_en"] in ("", "Staff")]
        assert all(
            (named[name], -rated.loc[name, "intensity"])
            >= (named[row["passage"]], -rated.loc[row["passage"], "intensity"])
            for name in rivals
        )


def test_counts_never_tell_more_of_a_speaker_than_the_passage_beside_them() -> None:
    counted = themes.prevalence(CODED, ["speaker_level"]).set_index(["code", "speaker_level"])["segments"]
    executives = SHOWN[SHOWN["attribution_en"] == "Executive"]
    assert len(executives) and all(counted[barrier, "executive"] > 0 for barrier in executives["barrier"])
    # where only deputies speak of it, none of their passages stands under “Executive”
    only = [code for code in SHOWN["barrier"] if not counted[code, "executive"] and counted[code, "deputy_minister"]]
    assert "culture.approvals" in only
    assert not set(executives["barrier"]) & set(only)


def test_a_passage_that_only_finer_levels_could_have_said_is_left_out() -> None:
    best = SHOWN.set_index("barrier").loc["culture.approvals", "passage"]
    tables = {}
    for name in ("segments", "ratings"):
        table = getattr(CODED, name)
        tables[name] = table.assign(
            speaker_level=table["speaker_level"].mask(table["segment_id"] == best, "deputy_minister")
        )
    moved = replace(CODED, **tables)
    gate = passages.release(moved, ONTARIO).frame.set_index("passage")
    assert gate.loc[best, "attribution_en"] == "Executive"  # the gate alone would show it
    shown = joint_display.paraphrases(moved, ONTARIO).set_index("barrier")
    assert shown.loc["culture.approvals", "passage"] != best
    assert shown.loc["culture.approvals", "attribution_en"] != "Executive"


# --- how survey and focus groups relate


@pytest.mark.parametrize(
    ("voiced", "base", "intervals", "compared", "said"),
    [
        (3, 30, [(0.51, 0.6)], True, "confirms"),
        (3, 30, [(0.1, 0.2), (0.51, 0.6)], True, "confirms"),
        (3, 30, [(0.1, 0.2), (0.3, 0.49)], True, "contradicts"),
        (3, 30, [(0.1, 0.2), (0.45, 0.55)], True, "expands"),
        (3, 30, [], True, "expands"),
        (3, 30, [(np.nan, np.nan)], True, "expands"),
        (3, 30, [(np.nan, np.nan), (0.1, 0.2)], True, "contradicts"),
        (0, 30, [(0.51, 0.6)], True, "silent"),
        (0, 0, [(0.51, 0.6)], True, "not_covered"),
        (0, 0, [(0.51, 0.6)], False, "not_covered"),
        (3, 30, [(0.51, 0.6)], False, "not_compared"),
        (0, 30, [(0.51, 0.6)], False, "not_compared"),
    ],
)
def test_the_rule(voiced: int, base: int, intervals: list[tuple[float, float]], compared: bool, said: str) -> None:
    assert relation(voiced, base, intervals, 0.5, compared) == said


SHARE = st.floats(0.01, 0.99)


@given(st.lists(st.tuples(SHARE, SHARE).map(sorted), min_size=1, max_size=4), SHARE)
def test_wider_intervals_settle_no_more(intervals: list[list[float]], common: float) -> None:
    pairs = [(low, high) for low, high in intervals]
    before = relation(1, 10, pairs, common, True)
    after = relation(1, 10, [(low - 0.1, high + 0.1) for low, high in pairs], common, True)
    assert after in (before, "expands")
    assert relation(1, 10, pairs, 0.995, True) == "contradicts" and relation(1, 10, pairs, 0.005, True) == "confirms"


@pytest.mark.parametrize("common", [0, 1, 50, float("nan")])
def test_a_bound_that_is_no_share_is_refused(common: float) -> None:
    with pytest.raises(UsageError, match="common_share"):
        relation(1, 10, [(0.1, 0.2)], common, True)


def test_a_synthetic_survey_is_compared_with_nothing() -> None:
    shown = usual()
    rows = shown.frame[shown.frame["part"] == "relation"]
    assert set(rows["relation"]) == {"not_compared", "not_covered"}
    assert set(rows.loc[rows["relation"] == "not_covered", "group"]) == {"director", "manager"}
    said = " ".join(words.findings_joint(shown))
    assert "synthetic" in said and "confirms what" not in said
    assert "synthetic" in joint_display.laid_out(shown).html


def test_real_answers_are_related_by_the_rule() -> None:
    given_parts = parts(study=real())
    rows = displayed(given_parts).frame.query("part == 'relation'")
    known = ONTARIO.codebook.items
    voiced = VOICED.set_index(["code", "speaker_level"])
    for group, speaker in (("all", "all"), ("executive", "executive"), ("staff", "staff")):
        table = given_parts.survey.frame if group == "all" else given_parts.by_level.frame.query("level == @group")
        for _, row in rows[rows["group"] == group].iterrows():
            own = table[[known[item].barrier == row["barrier"] for item in table["item"]]]
            if not voiced.loc[(row["barrier"], speaker), "n"]:
                assert row["relation"] == "silent"
            elif (own["low"] > 0.5).any():
                assert row["relation"] == "confirms"
            elif (own["high"].dropna() < 0.5).all() and own["high"].notna().any():
                assert row["relation"] == "contradicts"
            else:
                assert row["relation"] == "expands"
    assert {"confirms", "expands", "silent", "not_covered"} <= set(rows["relation"])
    assert "synthetic" not in joint_display.laid_out(displayed(given_parts)).html


def of_files(tmp_path: Path, text: str, *, synthetic: bool = False) -> Study:
    """Ontario with relations of an analyst."""
    for name in ("study.toml", "population.csv", "datapackage.json"):
        shutil.copy(ONTARIO.folder / name, tmp_path / name)
    for name in ("codebook", "focus_groups", "frameworks"):
        shutil.copytree(ONTARIO.folder / name, tmp_path / name)
    path = "focus_groups/relations.csv"
    (tmp_path / path).write_text(text, encoding="utf-8")
    package = (tmp_path / "datapackage.json").read_text(encoding="utf-8")
    package = package.replace('"resources": [', f'"resources": [{{"name": "relations", "path": "{path}"}},', 1)
    (tmp_path / "datapackage.json").write_text(package, encoding="utf-8")
    passport.renew(tmp_path)
    study = replace(ONTARIO, folder=tmp_path)
    return study if synthetic else real(study)


HEAD = "barrier,group,relation,reason,reason_fr\n"


def test_an_analyst_may_overrule_the_rule_with_a_reason(tmp_path: Path) -> None:
    text = f"{HEAD}culture.approvals,staff,expands,They speak of other <approvals>.,Il s’agit d’autres approbations.\n"
    study = of_files(tmp_path, text)
    shown = displayed(parts(study=study))
    rows = shown.frame.query("part == 'relation' and rule == 'overruled'")
    assert rows[["barrier", "group", "relation"]].to_numpy().tolist() == [["culture.approvals", "staff", "expands"]]
    html = joint_display.laid_out(shown).html
    assert "They speak of other &lt;approvals&gt;." in html and "judgement" in html
    assert "Il s’agit d’autres approbations." in joint_display.laid_out(displayed(parts("fr", study))).html
    assert any("overruled 1 relation" in line for line in words.findings_joint(shown))


def test_a_study_without_the_file_overrules_nothing() -> None:
    assert overruled(ONTARIO).empty


def test_every_wrong_cell_is_named_by_file_row_and_column(tmp_path: Path) -> None:
    text = (
        f"{HEAD}culture.aprovals,staff,confirms,why,pourquoi\n"
        "culture.approvals,staf,confirms,why,pourquoi\n"
        "culture.approvals,staff,confirm,why,pourquoi\n"
        "culture.approvals,staff,not_compared, ,pourquoi\n"
    )
    with pytest.raises(StudyError) as error:
        overruled(of_files(tmp_path, text))
    said = "\n".join(map(str, error.value.problems))
    for expected in (
        "focus_groups/relations.csv, row 2, column barrier: ‘culture.aprovals’ is no barrier",
        "row 3, column group: ‘staf’ is no group",
        "row 4, column relation: ‘confirm’ is no relation",
        "row 5, column relation: ‘not_compared’ is no relation",
        "row 5, column reason: is empty",
        "row 5, column barrier: ‘culture.approvals’ stands twice",
    ):
        assert expected in said, expected


def test_nothing_is_overruled_beside_a_synthetic_survey_and_check_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "culture.approvals,staff,confirms,why,pourquoi\n"
    study = of_files(tmp_path, HEAD + row, synthetic=True)
    with pytest.raises(StudyError, match="synthetic"):
        overruled(study)
    monkeypatch.setattr(studies, "read", lambda name: replace(study, waves=(), population_file=""))
    assert any("relations.csv" in str(problem) for problem in check.study("ontario"))
    with pytest.raises(StudyError, match="column is missing"):
        (tmp_path / "b").mkdir()
        overruled(of_files(tmp_path / "b", "barrier,group\n"))


# --- for readers


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_cell_says_what_evidence_it_is_and_keeps_its_role_as_a_card(language: str) -> None:
    soup = BeautifulSoup(joint_display.laid_out(usual(language)).html, "html.parser")
    heads = [head.get_text() for head in soup.select("thead th")]
    assert soup.table["role"] == "table" and soup.caption
    assert len(soup.select("tr.family")) == 3
    rows = [row for row in soup.select("tbody tr") if "family" not in row.get("class", [])]
    assert len(rows) == 9
    for row in rows:
        assert row.th["scope"] == "row" and row.th["role"] == "rowheader"
        assert [cell["data-head"] for cell in row.select("td")] == heads[1:]
        assert all(cell["role"] == "cell" and cell.get_text(strip=True) for cell in row.select("td"))


def test_a_cell_says_the_share_of_its_own_group() -> None:
    frame = usual().frame.query("withheld == ''")
    rows = BeautifulSoup(joint_display.laid_out(usual()).html, "html.parser").select("tbody tr:not(.family)")
    by_label = {row.th.get_text(): row.select("td")[0].get_text(" ") for row in rows}
    for part, dimension in (("survey_by_size", "department_size"), ("survey_by_level", "level")):
        for _, row in frame[frame["part"] == part].iterrows():
            label = ONTARIO.frameworks.label("barriers", row["barrier"], "en")
            group = ONTARIO.dimensions[dimension].label(row[dimension], "en")
            assert f"{group}: {words.percent(row['estimate'], 'en')}" in by_label[label]


def test_both_languages_hold_the_same_numbers() -> None:
    numbers = ["part", "barrier", *NUMBERS]
    english, french = (usual(language).frame[numbers] for language in words.LANGUAGES)
    pd.testing.assert_frame_equal(english, french)


def test_the_leading_statement_is_the_one_with_the_highest_share() -> None:
    given_parts = parts()
    frame = displayed(given_parts).frame
    known = ONTARIO.codebook.items
    for barrier, own in frame[frame["part"] == "survey"].groupby("barrier"):
        highest = max(
            (row for _, row in given_parts.survey.frame.iterrows() if known[row["item"]].barrier == barrier),
            key=lambda row: -1 if pd.isna(row["estimate"]) else row["estimate"],
        )
        assert own.loc[own["leads"] == "yes", "item"].tolist() == [highest["item"]]
        broken = frame[(frame["barrier"] == barrier) & frame["part"].isin(["survey_by_size", "survey_by_level"])]
        assert set(broken["item"]) == {highest["item"]}


def test_a_survey_that_asks_about_no_barrier_is_refused() -> None:
    given_parts = parts()
    nothing = dataclasses.replace(given_parts.survey, frame=given_parts.survey.frame.iloc[:0])
    with pytest.raises(UsageError, match="no barrier"):
        displayed(replace(given_parts, survey=nothing))
