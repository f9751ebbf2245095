"""Focus groups as a notebook sees them: passages through the gate, and studies whose passages are a project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import in_process
import pandas as pd
import pytest
from refi_qda_files import archive
from test_focus_groups_exchange import CODES, DESCRIPTORS, TEXTS, foreign
from tiny_site import STUDY, site

from digiskills import focus_groups, study
from digiskills.disclosure import passages as gate
from digiskills.disclosure.passages import counted
from digiskills.errors import ReleaseError, UsageError
from digiskills.intake import passport, refi_qda
from digiskills.notebook import RUN, open_study, passages

ROOT = Path(__file__).parents[1]
NOTEBOOK = "03-what-focus-groups-said"


# Passages to read


def test_examples_are_the_strongest_of_their_group_and_passed_the_gate() -> None:
    coded = open_study("ontario").focus_groups()
    examples, released = coded.examples(by="stance", each=2), coded.texts()
    assert repr(examples) == "Examples(8 passages)"
    assert set(examples.frame["passage"]) <= set(released.frame["passage"])
    told = released.frame.set_index("passage").loc[examples.frame["passage"]]
    assert examples.frame["attribution"].tolist() == told["attribution_en"].tolist()
    assert examples.frame["text"].tolist() == told["text_en"].tolist()
    rated = coded.coded.passages().set_index("segment_id")
    everything = rated.loc[released.frame["passage"]]
    for stance, shown in rated.loc[examples.frame["passage"]].groupby("stance"):
        others = everything[everything["stance"] == stance].drop(shown.index)
        assert shown["intensity"].min() >= others["intensity"].max()


def test_what_is_withheld_is_said() -> None:
    coded = open_study("ontario", "fr").focus_groups()
    released = coded.texts()
    said = passages("03-passages-to-read", coded.examples()).data
    withheld = len(released.public_log) - len(released.frame)
    assert f"{len(released.frame)} sur {len(released.public_log)}" in said
    assert f"l’attribution tait\u00a0: {withheld}." in said
    hidden = coded.coded.segments.set_index("segment_id").loc[
        released.public_log.loc[released.public_log["outcome"] == "withheld", "passage"], "paraphrase_fr"
    ]
    assert not [text for text in hidden if text in said]


@pytest.mark.parametrize("by", ["speaker_level", "org_size", "org_role"])
def test_no_passage_stands_beside_what_its_attribution_leaves_out(by: str) -> None:
    with pytest.raises(ReleaseError, match="its attribution may leave out"):
        open_study("ontario").focus_groups().examples(by=by)


def test_no_passage_stands_where_counts_tell_more_than_its_attribution() -> None:
    coded = open_study("ontario").focus_groups()
    everything = coded.examples(each=200).frame["passage"]
    kept = gate.untold(coded.texts().frame, coded.coded)["passage"]
    assert sorted(everything) == sorted(kept) and len(kept) < len(coded.texts().frame)


def test_counts_by_a_document_with_a_listed_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    coded = open_study("ontario").focus_groups()
    monkeypatch.setattr(counted, "denylist", lambda study: ("Ethos",))
    with pytest.raises(ReleaseError, match="holds a name of denylist"):
        coded.themes(by=["document"], scope="others")
    assert len(coded.themes().frame)


def test_examples_of_nothing_are_refused() -> None:
    coded = open_study("ontario").focus_groups()
    for asked in ({"by": "stances"}, {"each": 0}):
        with pytest.raises(UsageError, match="give a descriptor such as stance, and 1 or more"):
            coded.examples(**asked)  # type: ignore[arg-type]


def test_a_build_shows_declared_passages_only(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = open_study("ontario").focus_groups().examples(by="document")
    assert "blockquote" in passages("03-other", examples).data
    monkeypatch.setenv(RUN, json.dumps({"exhibits": "x", "parameters": {}}))
    with pytest.raises(ReleaseError, match="‘03-other’ was not declared for these passages"):
        passages("03-other", examples)


# Levels set side by side


def test_a_level_that_stands_for_finer_ones_is_not_set_beside_them() -> None:
    coded = open_study("ontario").focus_groups()
    assert coded.apart().frame["speaker_level"].unique().tolist() == [
        "deputy_minister",
        "assistant_deputy_minister",
        "staff",
    ]
    assert coded.apart(["executive", "staff"]).frame["speaker_level"].unique().tolist() == ["executive", "staff"]


def test_families_that_a_study_has_not_are_left_out_of_pairs() -> None:
    coded = open_study("ontario").focus_groups()
    assert coded.together(["skill", "sports"]).frame.equals(coded.together(["skill"]).frame)
    with pytest.raises(UsageError, match="there is no family ‘sports’"):
        coded.together(["sports"])


# Studies whose passages are a project


def registered(folder: Path, *names: str) -> None:
    """List files in the passport of a study."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"resources": []}
    package["resources"] += [{"name": name, "path": name} for name in names]
    path.write_text(json.dumps(package), encoding="utf-8")
    passport.renew(folder)


def test_ontario_as_a_project_gives_the_same_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = in_process.copy_of(ROOT, tmp_path / "root")
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    folder = root / "data" / "raw" / "ontario"
    coded = focus_groups.read(study.read("ontario"))
    assert coded is not None
    refi_qda.write(focus_groups.to_project(coded, "ontario"), folder / "groups.qdpx")
    shown = in_process.execute(NOTEBOOK, monkeypatch)
    told = folder / "study.toml"
    text = told.read_text(encoding="utf-8")
    told.write_text(text.replace('folder = "focus_groups"', 'file = "groups.qdpx"'), encoding="utf-8")
    for name in ("codes.csv", "reviewed.csv"):
        shutil.move(folder / "focus_groups" / name, folder / name)
    shutil.rmtree(folder / "focus_groups")
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if not one["path"].startswith("focus_groups/")]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    registered(folder, "codes.csv", "reviewed.csv", "groups.qdpx")
    again = in_process.execute(NOTEBOOK, monkeypatch)
    assert [one == other for one, other in zip(shown, again, strict=True)] == [True] * (len(shown) - 1) + [False]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with nothing but a project of another program, as its own root with the notebooks of the checkout."""
    root = site(tmp_path / "root", "")
    shutil.rmtree(root / "notebooks")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    folder = root / "data" / "raw" / "tiny"
    evidence = '[evidence.focus_groups]\nkind = "collected"\nlabel.en = "Groups"\nlabel.fr = "Groupes"\n'
    evidence += 'file = "groups.qdpx"\ncoder = "Ana"\n'
    cut = STUDY[: STUDY.index("[evidence.published]")] + evidence + STUDY[STUDY.index("[dimensions.") :]
    (folder / "study.toml").write_text(cut, encoding="utf-8")
    (folder / "frameworks").mkdir()
    DESCRIPTORS.to_csv(folder / "frameworks" / "descriptors.csv", index=False)
    CODES.to_csv(folder / "codes.csv", index=False)
    archive(folder / "groups.qdpx", foreign(), **TEXTS)
    registered(folder, "codes.csv", "groups.qdpx", "frameworks/descriptors.csv")
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    in_process.prepare("tiny")
    return root


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_project_of_another_program_makes_a_page(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    shown = " ".join(in_process.execute(NOTEBOOK, monkeypatch, tmp_path / "out", study="tiny", language=language))
    found = {path.stem: pd.read_csv(path) for path in (tmp_path / "out").glob("*.csv")}
    # Passages by hand, see `foreign`: one of an executive, one of staff, one of nobody known.
    assert found["03-passages-by-speaker"].set_index("speaker_level")["n"].to_dict() == {
        "executive": 1,
        "staff": 1,
        "not_stated": 1,
    }
    assert found["03-themes"].set_index("code")[["n", "base"]].to_numpy().tolist() == [[2, 3], [1, 3]]
    assert found["03-apart-and-together"]["speaker_level"].unique().tolist() == ["executive", "staff"]
    assert found["03-sessions"][["session", "new", "n"]].to_numpy().tolist() == [[1, 2, 2], [2, 0, 2]]
    # Their words are no paraphrases: none is shown, and the page says how many.
    assert not [words for words in ("dares", "too risky", "data skills") if words in shown]
    assert ("may be shown: 0 of 3" if language == "en" else "montrés\u00a0: 0 sur 3") in shown
