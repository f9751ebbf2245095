"""What is said and drawn of reliability and of coders' agreement, in both languages."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
import released_tables as made
from bs4 import BeautifulSoup

from digiskills import charts, tables, words
from digiskills.agreement import scale_tables
from digiskills.agreement import tables as of_coders
from digiskills.agreement.equivalence import REASONS as OF_EQUIVALENCE
from digiskills.agreement.patterns import REASONS as OF_CODERS
from digiskills.agreement.reliability import REASONS as OF_SCALES
from digiskills.codebook import LANGUAGES
from digiskills.disclosure import Released
from digiskills.errors import UsageError

TABLES = {
    "reliability": (made.reliability, words.findings_reliability),
    "equivalence": (made.equivalence, words.findings_equivalence),
    "coders": (made.coders, words.findings_coders),
    "settled": (made.settled, words.findings_settled),
}
both = pytest.mark.parametrize("language", LANGUAGES)
each = pytest.mark.parametrize("name", TABLES)


def numbers_in(sentence: str) -> set[str]:
    """The numbers of a sentence, without those of labels, waves and intervals of 95 %."""
    bare = re.sub(r"“.*?”|«.*?»|\(20\d\d\)|95\s?%|R²|AC1", "", sentence)
    return set(re.findall(r"−?\d[\d,.\xa0]*\d|−?\d", bare))


def written(table: Released) -> set[str]:
    """Every number of a table in each way of writing, sums of settled passages and counts of rows among them."""
    frame, language = table.frame, table.language
    columns = [name for name in ("n", "estimate", "low", "high", "base") if name in frame]
    values = frame[columns].to_numpy(dtype=float).ravel()
    values = values[~np.isnan(values)]
    found = {words.percent(value, language).rstrip("%\N{NO-BREAK SPACE}") for value in values}
    found |= {words.number(value, language, digits) for value in values for digits in (0, 2, 3)}
    found |= {words.number(count, language) for count in range(len(frame) + 1)}
    if table.kind == "settled":
        differed = frame[frame["outcome"].isin(["first", "second", "neither"])].groupby("code")["n"].sum()
        found |= {words.number(count, language) for count in differed}
    return found


@both
@each
def test_sentences_hold_only_numbers_of_the_table(name: str, language: str) -> None:
    table = TABLES[name][0](language)
    said = TABLES[name][1](table)
    assert len(said) >= 2
    assert all(line.endswith(".") and line[:1] in line[:1].upper() for line in said)
    for sentence in said:
        assert numbers_in(sentence) <= written(table), sentence


@both
@each
def test_captions_and_alternative_texts(name: str, language: str) -> None:
    table = TABLES[name][0](language)
    assert words.text(f"method.{table.kind}", language) in words.caption(table)
    alt = words.alt_text("coefficients", table)
    assert 60 <= len(alt) <= 400
    assert words.text(f"title.{table.kind}", language) == words.title(table)


@both
def test_every_reason_has_words(language: str) -> None:
    reasons = {*OF_CODERS, *OF_SCALES, *OF_EQUIVALENCE, scale_tables.ONE_ITEM} - {""}
    assert len(reasons) == 12
    for reason in reasons:
        assert words.undefined_label(reason, language)
        assert len(words.undefined_label(reason, language, short=True)) <= 16


@both
def test_every_coefficient_has_words(language: str) -> None:
    for name in ("prevalence", *of_coders.COEFFICIENTS, *of_coders.OF_SETS):
        assert words.coefficient_label("coder_agreement", name, language) != name.replace("_", " ")
    for name in (*scale_tables.COEFFICIENTS, "alpha_standardised"):
        assert words.coefficient_label("reliability", name, language) != name.replace("_", " ")
    own = words.coefficient_label("reliability", "alpha_ordinal", language)
    assert own != words.coefficient_label("coder_agreement", "alpha_ordinal", language)


@both
def test_the_bound_of_the_coders_agreement_is_said_wherever_it_is_shown(language: str) -> None:
    table = made.coders(language)
    bound = {"en": "likely higher than people would reach", "fr": "probablement plus élevé"}[language]
    assert bound in words.caption(table)
    assert bound in words.findings_coders(table)[-1]
    evidence = dataclasses.replace(table.study.evidence["focus_groups"], agreement={})
    study = dataclasses.replace(table.study, evidence={**table.study.evidence, "focus_groups": evidence})
    without = dataclasses.replace(table, study=study)
    assert bound not in words.caption(without) + " ".join(words.findings_coders(without))


def test_the_paradox_is_said_of_the_rare_code_farthest_apart() -> None:
    (said,) = [line for line in words.findings_coders(made.coders()) if "yet kappa" in line]
    assert "“Data management” in 98% of passages, and yet kappa is 0.34 (0.32 to 0.36)" in said
    assert "given in 2% of codings" in said and "AC1 is 0.97" in said
    table = made.coders()
    frequent = table.frame.assign(
        estimate=table.frame["estimate"].mask(table.frame["coefficient"].eq("prevalence"), 0.4)
    )
    near = table.frame.assign(estimate=table.frame["estimate"].mask(table.frame["coefficient"].eq("ac1"), 0.4))
    for frame in (frequent, near):
        said = words.findings_coders(dataclasses.replace(table, frame=frame))
        assert not any("yet kappa" in line for line in said)


def test_coefficients_that_lack_the_same_rows_stand_together() -> None:
    (said,) = [line for line in words.findings_coders(made.coders()) if "cannot be given" in line]
    assert "“Cohen’s kappa”, “Krippendorff’s alpha” and “Gwet’s AC1” cannot be given for “Technical resources”" in said
    assert words.undefined_label("constant", "en") in said


def test_questions_that_work_differently_are_named_with_their_size() -> None:
    first, failed = words.findings_equivalence(made.equivalence())
    assert "of 8 questions" in first and "by “Level”" in first
    assert first.index("large; change of R² 0.146") < first.index("moderate; change of R² 0.057")
    assert words.undefined_label("no_convergence", "en") in failed
    table = made.equivalence()
    alike = dataclasses.replace(table, frame=table.frame.assign(size="negligible"))
    assert "all 8 questions" in words.findings_equivalence(alike)[0]
    assert "moderate from 0.035 and large from 0.07" in words.caption(table).replace("0.070", "0.07")


def test_settled_says_only_what_was_not_agreed_from_the_start() -> None:
    said = words.findings_settled(made.settled())
    assert len(said) == 2
    assert "71 of 369 (settled as the first coder had it: 44; as the second: 25; otherwise: 2)" in said[0]
    assert "no measure of agreement" in said[1]


@both
@each
def test_when_all_is_withheld_that_is_said(name: str, language: str) -> None:
    table = TABLES[name][0](language)
    nothing = dataclasses.replace(table, frame=table.frame.assign(withheld="few_answers"))
    said = TABLES[name][1](nothing)
    assert said[0].lower() == words.text("withheld.everything", language, where=words.where(nothing)).lower()
    assert len(said) == 2


def cells_of(table: Released) -> list[list[str]]:
    rows = BeautifulSoup(tables.html(table), "html.parser").select("tbody tr")
    return [[cell.get_text() for cell in row.find_all(["th", "td"], recursive=False)] for row in rows]


def heads_of(table: Released) -> list[str]:
    return [head.get_text() for head in BeautifulSoup(tables.html(table), "html.parser").select("thead th")]


def test_tables() -> None:
    assert heads_of(made.reliability()) == [
        "Scale", "Coefficient", "Estimate", "95% interval", "Questions in the scale",
        "Answers to the thinnest pair of questions (n)", "Departments",
    ]  # fmt: skip
    rows = cells_of(made.reliability())
    assert rows[0] == ["Levels needed", "Cronbach’s alpha", "0.40", "0.37 to 0.43", "3", "1,234", "48"]
    assert rows[5][1:4] == ["Ordinal alpha", "no correlation", "–"]
    assert heads_of(made.coders()) == ["Code", "Coefficient", "Estimate", "95% interval", "Passages"]
    by_code = {(row[0], row[1]): row[2:] for row in cells_of(made.coders())}
    assert by_code["Data management", "Agreement"] == ["98%", "96% to 100%", "369"]
    assert by_code["Data management", "Cohen’s kappa"] == ["0.34", "0.32 to 0.36", "369"]
    assert by_code["Technical resources", "Gwet’s AC1"] == ["no variation", "–", "369"]
    assert by_code["All codes of a passage", "Agreement"] == ["96%", "94% to 98%", "369"]
    assert heads_of(made.equivalence()) == [
        "Question", "Scale", "Change of R²", "Size of the difference", "p, adjusted (Holm)", "Answers (n)",
        "Respondents of the smallest group",
    ]  # fmt: skip
    assert cells_of(made.equivalence())[0][1:5] == ["Levels needed", "0.146", "Large", "0.001"]
    assert cells_of(made.settled())[1] == ["All codes of a passage", "Settled as the first coder", "44", "369"]


def marks_of(axes: object) -> list[tuple[float, str]]:
    points = [line for line in axes.lines if len(line.get_xdata()) == 1]
    return [(float(line.get_xdata()[0]), line.get_marker()) for line in points]


def test_panels_hold_the_coefficients_and_say_what_is_undefined() -> None:
    table = made.reliability()
    axes = charts.coefficients(table).figure.axes
    assert [panel.get_title("left") for panel in axes] == ["Cronbach’s alpha", "McDonald’s omega", "Ordinal alpha"]
    frame = table.frame
    for panel, name in zip(axes, ("alpha", "omega", "alpha_ordinal"), strict=True):
        wanted = [(value, "o") for value in frame.loc[frame["coefficient"].eq(name), "estimate"].dropna()]
        two = frame.loc[frame["coefficient"].eq("spearman_brown"), "estimate"]
        wanted += [(value, "s") for value in two] if name == "alpha" else []
        assert marks_of(panel) == wanted
    assert [text.get_text() for text in axes[0].texts] == ["one question"]
    assert [text.get_text() for text in axes[2].texts] == ["no correlation"]
    foot = " ".join(text.get_text() for text in charts.coefficients(table).figure.texts).replace("\n", " ")
    assert "Squares: Spearman-Brown" in foot and words.undefined_label("no_correlation", "en") in foot


def test_codes_stand_in_the_order_of_the_codebook_without_all_together() -> None:
    axes = charts.coefficients(made.coders("fr", codes=5)).figure.axes
    labels = [label.get_text().replace("\n", " ") for label in axes[0].get_yticklabels()]
    assert labels[:2] == ["Gestion des données", "Ressources techniques"] and len(labels) == 5
    assert axes[1].get_xticklabels()[-1].get_text() == "100\N{NO-BREAK SPACE}%"


FEET = {
    "en": (
        "“Codings that give the code”: a share of these codings, counted and not estimated, so without interval. ",
        "No line under “Agreement”, “Cohen’s kappa”, “Krippendorff’s alpha” and “Gwet’s AC1”: every resample gives",
    ),
    "fr": (
        "« Codages qui donnent le code » : une part de ces codages, comptée et non estimée, donc sans intervalle. ",
        "Sans trait sous « Accord », « Kappa de Cohen », « Alpha de Krippendorff » et « AC1 de Gwet » : tous les",
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_foot_says_of_each_panel_why_a_line_is_missing(language: str) -> None:
    table = made.coders(language)
    counted = table.frame["coefficient"].eq("prevalence")
    frame = table.frame.assign(**{end: table.frame[end].mask(counted) for end in ("low", "high")})
    frame["reason"] = frame["reason"].mask(counted, "")
    foot = foot_of(charts.coefficients(dataclasses.replace(table, frame=frame)))
    assert all(said in foot for said in FEET[language]), foot
    whole = frame[~frame["coefficient"].isin(["kappa", "ac1"])]
    fewer = foot_of(charts.coefficients(dataclasses.replace(table, frame=whole)))
    assert "kappa" not in fewer.lower() and "AC1" not in fewer, "panels that are not drawn are not named"


def foot_of(drawing: charts.Drawing) -> str:
    """The words around the panels on one line, spaces plain."""
    return " ".join(" ".join(text.get_text() for text in drawing.figure.texts).split())


def test_more_than_can_be_read_is_refused() -> None:
    table = made.coders()
    more = table.frame.assign(coefficient=[f"c{number}" for number in range(len(table.frame))])
    with pytest.raises(UsageError, match="at most 60 and 5"):
        charts.coefficients(dataclasses.replace(table, frame=more))


@both
def test_choices_are_summed_up(language: str) -> None:
    table = made.robustness_range(language)
    first, *entries = words.findings_range(table)
    assert numbers_in(first) == {"1", "4"}
    assert len(entries) == 3
    ends = words.interval(0.25, 0.45, language, words.percent)
    assert ends in entries[0] and words.number(2, language, 1) in entries[0]
    assert ends in words.alt_text("table", table)
    assert words.text("detail.robustness_range", language) in words.caption(table)
    row = cells_of(table)[0]
    label = words.text("labelled", language, label=words.text("choice.threshold", language), value="")
    assert row[3:5] == [ends, words.number(2, language, 1)] and row[5].startswith(label.strip())
    assert cells_of(table)[1][5] == words.NO_NUMBER


@both
def test_the_first_under_other_choices(language: str) -> None:
    table = made.robustness_order(language)
    headline, kept, changed = words.findings_order(table)
    labels = [table.study.frameworks.label("skills", skill, language) for skill in made.SKILLS[:4]]
    assert headline.index(labels[0]) < headline.index(labels[1]) < headline.index(labels[2])
    assert labels[3] not in headline and labels[3] in changed
    assert numbers_in(kept) == {"3", "2", "1"}
    assert labels[0] in words.alt_text("table", table)
    rows = cells_of(table)
    assert rows[0][2] == words.text("headline", language)
    assert [row[3] for row in rows[:3]] == ["1", "2", "3"]
