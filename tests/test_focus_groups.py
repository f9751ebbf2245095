"""The coded passages: keys that point somewhere, and counts that can be found by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digiskills import focus_groups, study
from digiskills.errors import StudyError, UsageError
from digiskills.focus_groups import FocusGroups
from digiskills.intake import passport
from digiskills.study import Evidence, Study

DESCRIPTORS = """field,value,label_en,label_fr
speech,quotation,Quotation,Citation
speech,report,Relayed,Propos rapportés
speech,author,Authors,Propos des auteurs
speaker_level,executive,Executive,Cadre supérieur
speaker_level,staff,Staff,Membre du personnel
speaker_level,none,No participant,Aucun participant
about_level,all,Everyone,Tout le personnel
org_size,unspecified,Not stated,Taille non précisée
org_role,unspecified,Not stated,Rôle non précisé
stance,barrier,Barrier,Obstacle
stance,need,Need,Besoin
intensity,0,None,Aucune
intensity,2,Stressed,Souligné
family,culture,Culture,Culture
family,skill,Skills,Compétences
"""
# Five passages: two of staff, one of an executive, one heading, one duplicate, one of the authors.
SEGMENTS = (
    "segment_id,document,paragraph,words,paraphrase,speech,speaker_level,about_level,org_size,org_role,"
    "duplicate_of,is_heading,participants"
    """
S1,report,1,9,secret words,quotation,staff,all,unspecified,unspecified,,,yes
S2,report,1,9,secret words,report,staff,all,unspecified,unspecified,,,yes
S3,report,2,9,secret words,report,executive,all,unspecified,unspecified,,,yes
S4,report,2,2,secret words,report,staff,all,unspecified,unspecified,,yes,yes
S5,report,3,9,secret words,report,staff,all,unspecified,unspecified,S1,,yes
S6,report,3,9,secret words,author,none,all,unspecified,unspecified,,,
"""
)
CODES = """code,family,label_en,label_fr
culture.approvals,culture,Approvals,Approbations
culture.risk,culture,Risk aversion,Aversion au risque
skill.data,skill,Data analysis,Analyse de données
"""
CODINGS = """segment_id,coder,code,rank
S1,consensus,culture.approvals,1
S1,consensus,culture.risk,2
S1,a,skill.data,1
S3,consensus,culture.approvals,1
S4,consensus,skill.data,1
S5,consensus,skill.data,1
S6,consensus,skill.data,1
"""
RATINGS = "segment_id,coder,stance,intensity,speech,speaker_level,about_level,org_size,org_role\n" + "".join(
    f"S{number},consensus,{stance},2,{speech},{level},all,unspecified,unspecified\n"
    for number, stance, speech, level in (
        (1, "barrier", "quotation", "staff"),
        (2, "need", "report", "staff"),
        (3, "barrier", "report", "executive"),
        (4, "need", "report", "staff"),
        (5, "need", "report", "staff"),
        (6, "need", "author", "none"),
    )
)
TABLES = {
    "segments": SEGMENTS,
    "codes": CODES,
    "codings": CODINGS,
    "ratings": RATINGS + "S1,a,need,0,quotation,executive,all,unspecified,unspecified\n",
    "documents": "document,title\nreport,A report\n",
    "facts": "fact,value,document\nfocus_groups,13,report\n",
    "adjudications": "segment_id,field,decision\nS1,codes,culture.approvals\n",
}


def written(folder: Path, **changed: str) -> Study:
    """Write a small study, some of its tables changed."""
    (folder / "focus_groups").mkdir(parents=True)
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "descriptors.csv").write_text(DESCRIPTORS, encoding="utf-8")
    resources = []
    for name, text in (TABLES | changed).items():
        path = f"focus_groups/{name}.csv"
        (folder / path).write_text(text, encoding="utf-8")
        resources.append({"name": name, "path": path})
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    passport.renew(folder)
    evidence = {"focus_groups": Evidence("focus_groups", "collected", {"en": "x", "fr": "x"}, "focus_groups")}
    return Study("small", folder, {"en": "x", "fr": "x"}, evidence, {})


@pytest.fixture
def small(tmp_path: Path) -> FocusGroups:
    found = focus_groups.read(written(tmp_path / "small"))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ontario() -> FocusGroups:
    found = focus_groups.read(study.read("ontario"))
    assert found is not None
    return found


def refused(folder: Path, **changed: str) -> list[str]:
    with pytest.raises(StudyError) as error:
        focus_groups.read(written(folder / "small", **changed))
    return [str(problem) for problem in error.value.problems]


# By hand


def test_headings_duplicates_and_authors_are_no_participants(small: FocusGroups) -> None:
    assert small.passages()["segment_id"].tolist() == ["S1", "S2", "S3"]
    assert small.passages("all")["segment_id"].tolist() == ["S1", "S2", "S3", "S6"]
    assert small.passages("report").equals(small.passages("all"))


def test_types(small: FocusGroups) -> None:
    assert small.segments[["is_heading", "participants"]].dtypes.astype(str).tolist() == ["bool", "bool"]
    assert small.ratings["intensity"].tolist()[0] == 2


def test_repr_shows_no_passage(small: FocusGroups) -> None:
    assert "secret" not in repr(small)
    assert "segments (6, 13)" in repr(small)


def test_labels(small: FocusGroups) -> None:
    assert small.label("code", "culture.risk", "fr") == "Aversion au risque"
    assert small.label("speaker_level", "staff", "en") == "Staff"
    with pytest.raises(UsageError, match=r"did you mean ‘culture\.risk’"):
        small.label("code", "culture.risks", "fr")


@pytest.mark.parametrize("asked", [{"scope": "everybody"}, {"coder": "c"}])
def test_unknown_names_are_refused(small: FocusGroups, asked: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        small.passages(**asked)


# Keys


def test_all_problems_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        codings=CODINGS + "S9,consensus,culture.risk,1\nS2,consensus,culture.rsk,x\n",
        segments=SEGMENTS.replace("S6,report,3", "S6,raport,3").replace(",,,yes\nS2", ",,,true\nS2"),
    )
    assert found == [
        "focus_groups/segments.csv, row 2, column participants: ‘true’ is neither yes nor empty",
        "focus_groups/codings.csv, row 10, column rank: ‘x’ is no whole number",
        "focus_groups/segments.csv, row 7, column document: ‘raport’ is not in documents.csv",
        "focus_groups/codings.csv, row 9, column segment_id: ‘S9’ is not in segments.csv",
        "focus_groups/codings.csv, row 10, column code: ‘culture.rsk’ is not in codes.csv",
    ]


def test_duplicated_key(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, codings=CODINGS + "S1,consensus,culture.risk,3\n")
    assert "row 9, column code: ‘culture.risk’ stands twice" in problem


def test_unknown_descriptor(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, ratings=RATINGS.replace("S6,consensus,need", "S6,consensus,wish"))
    assert "row 7, column stance: ‘wish’ is not in descriptors.csv (barrier, need)" in problem


def test_missing_column(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, codes=CODES.replace("family", "kind"))
    assert "codes.csv, row 1, column family: column is missing" in problem


def test_study_without_focus_groups(tmp_path: Path) -> None:
    bare = Study("bare", tmp_path, {"en": "x", "fr": "x"}, {}, {})
    assert focus_groups.read(bare) is None
    assert "no focus groups" in focus_groups.why_absent(bare, "en")
    assert "n’a pas de groupes de discussion" in focus_groups.why_absent(bare, "fr")


# Ontario, against what comes with the files


def test_ontario_participants(ontario: FocusGroups) -> None:
    # The received page: 376 segments, 143 relay participants; none of those is a heading or a duplicate.
    assert len(ontario.segments) == 376
    passages = ontario.passages()
    assert len(passages) == 143
    assert set(passages["document"]) == {"making-digital-happen"}
    assert passages["speaker_level"].value_counts().to_dict() == {
        "mixed": 66,
        "staff": 32,
        "assistant_deputy_minister": 30,
        "deputy_minister": 8,
        "executive": 7,
    }
    assert len(ontario.passages("all")) == 376 - 3 - 3
    # MD246 was added after the two passes: it has the consensus alone.
    assert set(passages["segment_id"]) - set(ontario.passages(coder="a")["segment_id"]) == {"MD246"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_ontario_has_words_for_all(ontario: FocusGroups, language: str) -> None:
    for name in ("stance", "speaker_level", "about_level", "org_size", "org_role", "speech", "intensity"):
        assert all(ontario.label(name, value, language) for value in ontario.ratings[name].unique())
    for name in ("family", "document", "code"):
        table = ontario.documents if name == "document" else ontario.codes
        assert all(ontario.label(name, value, language) for value in table[name])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_ontario_words_for_skills_and_barriers(language: str) -> None:
    ontario = study.read("ontario")
    items = ontario.codebook.items.values()
    for table, codes in (
        ("skills", {item.skill for item in items}),
        ("barriers", {item.barrier for item in items}),
    ):
        assert all(ontario.frameworks.label(table, code, language) for code in codes - {""})
