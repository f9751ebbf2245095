"""Published figures: typed, each survey alone, every cell that a reader sees in two languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from digiskills import paths, published, study
from digiskills.errors import StudyError, UsageError
from digiskills.intake import passport
from digiskills.published import Published
from digiskills.published.figures import DESCRIBED, TOLD
from digiskills.study import Study

WESTERN_AUSTRALIA = "WA Employee Perception Survey"
CANADA = "Public Service Employee Survey"


@pytest.fixture(scope="module")
def ontario() -> Published:
    found = published.read(study.read("ontario"))
    assert found is not None
    return found


def changed(folder: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Study:
    """Return Ontario with its figures changed and nothing else."""
    ontario = study.read("ontario")
    (folder / "published").mkdir()
    resources = []
    for path in sorted((paths.raw("ontario") / "published").glob("*.csv")):
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
        table = change(table) if path.stem == "workforce_surveys" else table
        table.to_csv(folder / "published" / path.name, index=False)
        resources.append({"name": path.stem, "path": f"published/{path.name}"})
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    passport.renew(folder)
    bare = Study("bare", folder, ontario.title, ontario.evidence, {})
    bare.__dict__["frameworks"] = ontario.frameworks  # the cached property: words stay Ontario's
    return bare


def refused(folder: Path, row: int, **cells: str) -> list[str]:
    """Return the problems of the figures with some cells of one row changed."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        for name, cell in cells.items():
            table.loc[row - 2, name] = cell
        return table

    with pytest.raises(StudyError) as error:
        published.read(changed(folder, change))
    return [str(problem) for problem in error.value.problems]


def test_shares_and_numbers(ontario: Published) -> None:
    # Row 2 of the file: 88.44 % favourable, 9.38 % on the barrier side, 10,033 of 11,344 answers.
    first = ontario.figures.iloc[0]
    assert (first["share_favourable"], first["share_barrier"], first["n_favourable"]) == (
        0.8844,
        0.0938,
        10033,
    )
    assert first["n_answers"] == 11344
    assert first["year"] == 2015
    shares = ontario.figures[["share_favourable", "share_barrier"]].stack().dropna()
    assert len(shares) > 172
    assert shares.between(0, 1).all()
    assert len(ontario.figures) == 172


def test_shares_agree_with_their_counts(ontario: Published) -> None:
    counted = ontario.figures.dropna(subset=["n_favourable"])
    assert len(counted) == 84 - 15
    for side in ("favourable", "barrier"):
        assert ((counted[f"n_{side}"] / counted["n_answers"] - counted[f"share_{side}"]).abs() < 0.00006).all()
    parts = counted[["n_favourable", "n_neutral", "n_barrier"]].sum(axis=1)
    assert (parts == counted["n_answers"]).all()


def test_withheld_figures_have_no_number(ontario: Published) -> None:
    withheld = ontario.figures[ontario.figures["withheld"] != ""]
    assert len(withheld) == 15
    columns = ["share_favourable", "share_barrier", "n_favourable", "n_neutral", "n_barrier"]
    assert withheld[columns].isna().all(axis=None)


def test_no_interval_and_no_difference(ontario: Published) -> None:
    named = {"se", "low", "high", "estimate", "difference"}
    assert not named & set(ontario.figures.columns)
    assert "no interval" in ontario.note(WESTERN_AUSTRALIA)
    assert "aucun intervalle" in ontario.note(WESTERN_AUSTRALIA, language="fr")


def test_panel_is_one_survey_and_one_year(ontario: Published) -> None:
    for survey in ontario.surveys:
        for year in [None, *ontario.years(survey)]:
            panel = ontario.panel(survey, year, fits=published.FITS)
            assert len(panel)
            assert set(panel["survey"]) == {survey}
            assert panel["year"].nunique() == 1
    assert set(ontario.panel(CANADA)["year"]) == {2019}
    assert set(ontario.panel(CANADA)["fit"]) <= {"close", "partial"}
    sizes = ontario.panel(WESTERN_AUSTRALIA, fits=published.FITS, breakdown="size")
    assert len(sizes) == 3 * 7


def test_headlines_leave_out_weak_fits(ontario: Published) -> None:
    headlines = ontario.headlines()
    assert set(headlines["fit"]) == {"close", "partial"}
    assert set(headlines["breakdown"]) == {"total"}
    weak = ontario.figures["fit"].isin(["weak", "none"]) & (ontario.figures["breakdown"] == "total")
    assert len(headlines) + weak.sum() == (ontario.figures["breakdown"] == "total").sum()


@pytest.mark.parametrize(
    "ask",
    [
        lambda found: found.panel("PSES"),
        lambda found: found.panel(CANADA, 2020),
        lambda found: found.panel(CANADA, fits=["good"]),
        lambda found: found.panel(CANADA, breakdown="sizes"),
        lambda found: found.label("caution", "none at all", "fr"),
        lambda found: found.label("caution", "whole percents", "de"),
    ],
)
def test_unknown_names_are_refused(ontario: Published, ask: Callable[[Published], object]) -> None:
    with pytest.raises(UsageError):
        ask(ontario)


def test_a_later_year_says_what_the_first_said(ontario: Published) -> None:
    assert ontario.about(CANADA, 2019)["answer_scale"] == "agreement, 5 points; frequency, 5 points"
    assert not ontario.sources[list(TOLD)].apply(lambda column: column.str.startswith("as 20")).any(axis=None)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_cell_that_a_reader_sees_has_words(ontario: Published, language: str) -> None:
    for table, names in (
        (ontario.sources, TOLD),
        (ontario.figures, (*DESCRIBED, "n_answers_means", "withheld", "fit")),
    ):
        for name in names:
            for value in set(table[name]) - {""}:
                assert ontario.label(name, value, language).strip(), (name, value)
    for name in ("item_en", "item_fr"):
        assert ontario.figures[name].str.strip().ne("").all()


def test_french_words_are_all_used_and_french(ontario: Published) -> None:
    told = {(name, value) for name in TOLD for value in ontario.sources[name]}
    told |= {(name, value) for name in ("n_answers_means", "withheld", "fit") for value in ontario.figures[name]}
    assert set(ontario.french) <= told
    for words in ontario.french.values():
        assert "'" not in words
        assert " :" not in words, "a no-break space stands before a colon"
        assert " %" not in words


def test_study_without_published_surveys(tmp_path: Path) -> None:
    bare = Study("bare", tmp_path, {"en": "x", "fr": "x"}, {}, {})
    assert published.read(bare) is None
    assert "no published surveys" in published.why_absent(bare, "en")
    assert "n’a pas de sondages publiés" in published.why_absent(bare, "fr")


def test_problems_name_row_and_column(tmp_path: Path) -> None:
    found = refused(tmp_path, 5, fit="good", n_answers="1,000", percent_favourable="101", year="2016")
    place = "published/workforce_surveys.csv, row 5, column"
    assert any(f"{place} fit: ‘good’ is no fit (close, partial, weak, none)" in problem for problem in found)
    assert any(f"{place} n_answers: ‘1,000’ is no whole number" in problem for problem in found)
    assert any(f"{place} percent_favourable: ‘101’ is no percentage" in problem for problem in found)
    assert any(f"{place} survey" in problem and "no row of this year in sources.csv" in problem for problem in found)


def test_a_withheld_figure_must_not_be_given(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, 2, withheld="a count is under 10")
    assert "row 2, column withheld" in problem


def test_duplicated_figure(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, 4, department_size="under 200")
    assert "row 4, column item: ‘A2a’ stands twice" in problem


def test_unknown_barrier_and_word(tmp_path: Path) -> None:
    found = refused(tmp_path, 2, barrier="culture.meetings", level="everyone")
    assert "‘everyone’ is not in descriptors.csv" in found[0]
    assert "‘culture.meetings’ is not in frameworks/barriers.csv" in found[1]
