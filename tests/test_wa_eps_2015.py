"""A second study, of real answers in other words: it must give the figures that the agency published."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from digiskills import answers, check, estimates, intake, paths, published, study, survey
from digiskills.answers import Answers, barrier_side
from digiskills.errors import StudyError
from digiskills.intake import Received, passport
from digiskills.study import Study
from digiskills.survey import Survey

NAME = "wa-eps-2015"
CSV, SAV = "full_survey_data.csv", "wa_eps_2015.sav"
RESPONDENTS = 11_405
SIZES = {"under 200": "under_200", "200 to 1000": "from_200_to_1000", "over 1000": "over_1000"}
LEVELS = {"top four management levels": "top_four_levels", "other levels": "other_levels"}


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    """Give the published figures of this survey in the words of the study."""
    ontario = published.read(study.read("ontario"))
    assert ontario is not None
    panel = ontario.panel("WA Employee Perception Survey", 2015, fits=published.FITS)
    words = {"department_size": SIZES, "level": LEVELS}
    return panel.assign(**{name: panel[name].replace(known) for name, known in words.items()})


@pytest.fixture(scope="module")
def complete(received_data: Path, figures: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """Give the study with its answers, under a root of its own (where Ontario's figures are not)."""
    root = tmp_path_factory.mktemp("root")
    folder = root / "data" / "raw" / NAME
    shutil.copytree(paths.raw(NAME), folder)
    for name in (CSV, SAV):
        shutil.copy(received_data / "surveys" / NAME / name, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DIGISKILLS_ROOT", str(root))
        yield study.read(NAME)


@pytest.fixture(scope="module")
def received(complete: Study) -> dict[str, Received]:
    return {name: intake.read_listed(complete.folder, name) for name in (CSV, SAV)}


@pytest.fixture(scope="module", params=[CSV, SAV])
def table(request: pytest.FixtureRequest, complete: Study, received: dict[str, Received]) -> Survey:
    return survey.from_received(complete, complete.wave(), received[request.param].frame)


@pytest.fixture(scope="module")
def counted(table: Survey) -> Answers:
    return answers.count(table, ("department_size", "level"))


# Without the answers


def test_codebook_in_two_languages() -> None:
    items = study.read(NAME).codebook.items
    assert len(items) == 110
    for item in items.values():
        for labels in (item.labels, *(choice.labels for choice in item.choices)):
            assert labels["en"] != labels["fr"]
            assert "'" not in labels["fr"]


def test_low_codes_are_favourable() -> None:
    items = study.read(NAME).codebook.items
    scores = {choice.name: choice.score for choice in items["A3d"].answers}
    assert scores == {str(code): 8.0 - code for code in range(1, 8)}
    assert [choice.missing for choice in items["A3d"].reasons] == ["dont_know"]
    assert barrier_side(items["A3d"]) == ("5", "6", "7")


def test_missing_answers_say_where_to_fetch_them() -> None:
    if (paths.raw(NAME) / CSV).exists():
        pytest.skip("the answers have been fetched")
    (problem,) = passport.check(paths.raw(NAME))
    assert problem.file == CSV
    assert "data.gov.au" in problem.allowed
    with pytest.raises(StudyError, match=CSV):
        survey.read(study.read(NAME), "latest")


# With the answers


def test_nothing_is_wrong_with_the_study(complete: Study) -> None:
    assert check.study(NAME) == []


def test_csv_and_spss_hold_the_same_answers(received: dict[str, Received]) -> None:
    from_csv, from_spss = received[CSV].frame, received[SAV].frame
    assert from_csv.shape == (RESPONDENTS, 110)
    assert from_csv.drop(columns="D1").equals(from_spss.drop(columns="D1"))
    differ = from_csv["D1"] != from_spss["D1"]
    # Entries damaged in the copy; a numeric SPSS column cannot hold them.
    assert from_csv.loc[differ, "D1"].value_counts().to_dict() == {"-": 3, "NoneS": 1, "None": 1, "NaN": 1}
    assert set(from_spss.loc[differ, "D1"]) == {""}


def test_spss_labels_are_those_of_the_codebook(complete: Study, received: dict[str, Received]) -> None:
    metadata = received[SAV].metadata
    for name, item in complete.codebook.items.items():
        labels = {choice.name: choice.labels["en"] for choice in item.choices if choice.missing != "damaged"}
        # The release misprints one band as "$110,00 to 159,999".
        received_labels = {
            code: words.replace("$110,00 ", "$110,000 ") for code, words in metadata[name].value_labels.items()
        }
        assert received_labels == labels, name
        assert " ".join(metadata[name].label.split()) == item.labels["en"]
    assert sum(about.missing_values == ("8",) for about in metadata.values()) == 46


def test_respondents(table: Survey) -> None:
    # Dataset page on data.gov.au: 11,405 valid responses.
    assert len(table) == RESPONDENTS
    assert pd.Series(table.dimension("department_size")).value_counts().tolist() == [8841, 2177, 387]
    assert pd.Series(table.dimension("level")).value_counts().tolist() == [10741, 545]


def test_innovation_as_the_agency_published_it(table: Survey, counted: Answers) -> None:
    # State of the WA public sector 2015: 73 % say that their work group was innovative in the last 12 months.
    given = pd.Series(table.answers("B3c")).astype(str)
    given = given[given != "skipped"]
    assert round(given.isin(["1", "2", "3"]).mean(), 3) == 0.733
    shares = estimates.shares(counted, ["B3c"], of={"B3c": ("1", "2", "3")})
    assert round(shares["estimate"].iloc[0], 3) == 0.779
    # "Do not know" is no answer on the scale, yet it is kept apart and can be put back.
    unknown = (given == "dont_know").sum()
    assert round(shares["estimate"].iloc[0] * shares["n"].iloc[0] / (shares["n"].iloc[0] + unknown), 3) == 0.733


def test_reliability_that_others_computed(table: Survey) -> None:
    # Notebook in the repository that the copy comes from: alpha of A2a to A2d is 0.82815 with n = 10,940,
    # among those who also gave gender, education and salary.
    scores = np.column_stack([table.scores(name) for name in ("A2a", "A2b", "A2c", "A2d")])
    known = [~pd.Series(table.answers(name)).isin(["skipped", "damaged"]) for name in ("D1", "D3", "D8")]
    scores = scores[~np.isnan(scores).any(axis=1) & np.logical_and.reduce(known)]
    alpha = 4 / 3 * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1))
    assert len(scores) == 10_940
    assert round(alpha, 5) == 0.82815


def test_gender_by_level(table: Survey) -> None:
    # The same notebook's counts.
    counts = pd.crosstab(np.asarray(table.answers("D1")), np.asarray(table.dimension("level").astype(str)))
    found = counts.loc[["2", "1"], ["other_levels", "top_four_levels"]]
    assert found.to_numpy().tolist() == [[7735, 279], [2916, 260]]


FIGURES = pytest.mark.parametrize(
    ("breakdown", "by"),
    [
        ("total", []),
        ("size", ["department_size"]),
        ("level", ["level"]),
        ("size by level", ["department_size", "level"]),
    ],
)


@FIGURES
def test_published_figures(figures: pd.DataFrame, counted: Answers, breakdown: str, by: list[str]) -> None:
    wanted = figures[figures["breakdown"] == breakdown]
    items = sorted(wanted["item"].unique())
    assert len(items) == 7
    for side, codes in (("favourable", ("1", "2", "3")), ("barrier", ("5", "6", "7"))):
        found = estimates.shares(counted, items, of=dict.fromkeys(items, codes), by=by)
        found = found.assign(**{name: found[name].astype(str) for name in by})
        both = wanted.merge(found, on=["item", *by], validate="one_to_one")
        assert len(both) == len(wanted)
        assert both["n_answers"].tolist() == both["n"].tolist()
        shown = both[both["withheld"] == ""]
        assert (shown["estimate"] - shown[f"share_{side}"]).abs().max() < 0.00006
        assert np.round(shown["estimate"] * shown["n"]).astype(int).tolist() == shown[f"n_{side}"].tolist()


@FIGURES
def test_withheld_figures_are_the_small_ones(
    figures: pd.DataFrame, counted: Answers, breakdown: str, by: list[str]
) -> None:
    wanted = figures[figures["breakdown"] == breakdown]
    items = sorted(wanted["item"].unique())
    sides = {"favourable": ("1", "2", "3"), "neutral": ("4",), "barrier": ("5", "6", "7")}
    tables = [estimates.shares(counted, items, of=dict.fromkeys(items, codes), by=by) for codes in sides.values()]
    counts = pd.concat([table.assign(count=(table["estimate"] * table["n"]).round()) for table in tables])
    counts = counts.assign(**{name: counts[name].astype(str) for name in by})
    smallest = counts.groupby(["item", *by], as_index=False)["count"].min()
    both = wanted.merge(smallest, on=["item", *by], validate="one_to_one")
    assert both["withheld"].ne("").tolist() == both["count"].lt(10).tolist()
