"""The gate for passages: what is released describes enough people, holds no listed name and has one attribution."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills import focus_groups, study
from digiskills.disclosure import passages
from digiskills.disclosure.passages import attribution as ladders
from digiskills.disclosure.passages import people as populations
from digiskills.disclosure.passages.text import speaks_of, words_in
from digiskills.errors import ReleaseError, StudyError, UsageError
from digiskills.focus_groups import FocusGroups
from digiskills.intake import passport
from digiskills.study import Study

ONTARIO = study.read("ontario")
READ = focus_groups.read(ONTARIO)
assert READ is not None
GROUPS: FocusGroups = READ
SIZES, LEVELS = ONTARIO.dimensions["department_size"].names, ONTARIO.dimensions["level"].names
LADDER = ladders.ladder(ONTARIO)
PEOPLE = populations.population(ONTARIO)


@pytest.fixture(autouse=True, scope="module")
def nobody_looked(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Make Ontario as it was before a person looked at its passages."""
    global NOBODY_LOOKED
    NOBODY_LOOKED = declared(tmp_path_factory.mktemp("before"))
    (NOBODY_LOOKED.folder / "focus_groups" / "reviewed.csv").unlink()


def described(shown: Mapping[str, str], cells: pd.DataFrame) -> int:
    """People that an attribution of Ontario's fields describes, by hand: the fewest of any wave."""
    levels = {"executive": ["executive"], "manager": ["manager"], "staff": ["staff"]}
    kept = cells
    if "speaker_level" in shown:
        kept = kept[kept["level"].isin(levels[shown["speaker_level"]])]
    if "org_size" in shown:
        kept = kept[kept["department_size"] == shown["org_size"]]
    return int(kept.groupby("wave")["heads"].sum().min())


def climbed(smallest: int, **given: str) -> tuple[dict[str, str], list[str]]:
    shown, steps = LADDER.climb(given, PEOPLE, smallest)
    return shown, [step.reason for step in steps]


# The ladder by hand


def test_an_assistant_deputy_of_a_small_ministry_becomes_an_executive_of_one() -> None:
    # 70 executives in small departments in both waves; nobody knows how many assistant deputies there are.
    given_values = {"speaker_level": "assistant_deputy_minister", "org_size": "small"}
    assert climbed(10, **given_values) == ({"speaker_level": "executive", "org_size": "small"}, ["unknown_heads"])
    assert climbed(71, **given_values) == ({"speaker_level": "executive"}, ["unknown_heads", "few_heads"])
    shown, reasons = climbed(900, **given_values)
    assert shown == {} and reasons == ["unknown_heads", "few_heads", "few_heads"]  # 802 executives in 2023


def test_a_role_that_nobody_counted_is_left_out() -> None:
    shown, reasons = climbed(10, speaker_level="staff", org_size="large", org_role="central_agency")
    assert shown == {"speaker_level": "staff", "org_size": "large"} and reasons == ["unknown_heads"]


def test_values_that_are_not_listed_are_not_shown() -> None:
    shown, reasons = climbed(10, speaker_level="mixed", org_size="unspecified", org_role="policy_shop")
    assert shown == {} and reasons == ["not_listed"]


def test_nobody_is_counted_without_a_population() -> None:
    none = populations.Population(pd.DataFrame(), ())
    shown, steps = LADDER.climb({"speaker_level": "staff"}, none, 10)
    assert shown == {} and steps[0].reason == "unknown_heads"
    assert LADDER.heads({}, none) is None


def test_heads_are_those_of_the_wave_with_the_fewest() -> None:
    assert PEOPLE.describing({"level": ("staff",)}) == 604 + 2570 + 8601 + 18609 + 25452
    assert PEOPLE.describing({}) == PEOPLE.cells.groupby("wave")["heads"].sum().min()
    assert PEOPLE.describing({"level": ("executive",), "department_size": ("micro", "small")}) == 99
    assert PEOPLE.describing({"region": ("north",)}) is None
    assert PEOPLE.describing({"level": ("staff", "volunteer")}) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.assign(heads=table["heads"].mask(table["level"] == "staff", "about 600")),
        lambda table: table[~((table["level"] == "staff") & (table["wave"] == "2025"))],
        lambda table: pd.concat([table, table.tail(1)]),
        lambda table: pd.concat([table, table.tail(1).assign(level="all")]),
        lambda table: table.rename(columns={"level": "grade"}),
    ],
)
def test_a_population_that_is_not_clear_counts_nobody(change) -> None:
    table = pd.read_csv(ONTARIO.folder / "population.csv", dtype=str)
    people = populations.of_table(change(table), ONTARIO)
    assert people.describing({"level": ("staff",)}) is None


# The ladder whatever it is

FIELDS = ("speaker_level", "org_size", "org_role")


@st.composite
def rungs(draw: st.DrawFn) -> ladders.Ladder:
    """Any ladder that a study could declare: values a to d, each coarser only than values before it."""
    found: dict[str, dict[str, ladders.Rung]] = {}
    for field in draw(st.permutations(FIELDS))[: draw(st.integers(1, 3))]:
        dimension, names = draw(st.sampled_from([("level", LEVELS), ("department_size", SIZES), ("", ())]))
        values: dict[str, ladders.Rung] = {}
        for value in "abcd":
            coarser = draw(st.sampled_from(["", *values]))
            within = values[coarser].categories if coarser else ()
            chosen = draw(st.sets(st.sampled_from(names), min_size=1)) if names and draw(st.booleans()) else set()
            kept = tuple(name for name in names if name in chosen and (not within or name in within))
            values[value] = ladders.Rung(coarser, dimension if kept else "", kept)
        found[field] = values
    return ladders.Ladder(found)


@st.composite
def peoples(draw: st.DrawFn) -> populations.Population:
    """Any population: a few cells may be missing or without a number."""
    keys = list(product(("2023", "2025"), SIZES, LEVELS))
    heads = dict(zip(keys, draw(st.lists(st.integers(0, 90), min_size=len(keys), max_size=len(keys))), strict=True))
    damaged = {key: draw(st.sampled_from(["", "?"])) for key in draw(st.lists(st.sampled_from(keys), max_size=2))}
    rows = [
        {"wave": wave, "department_size": size, "level": level, "heads": str(number)}
        for (wave, size, level), count in heads.items()
        if (number := damaged.get((wave, size, level), str(count)))
    ]
    columns = ["wave", "department_size", "level", "heads"]
    return populations.of_table(pd.DataFrame(rows, columns=columns, dtype="str"), ONTARIO)


def by_hand(ladder: ladders.Ladder, shown: Mapping[str, str], people: populations.Population) -> int | None:
    """Count the people of an attribution cell by cell; None where one is not known."""
    wanted: dict[str, set[str]] = {}
    for field, value in shown.items():
        rung = ladder.rungs[field][value]
        if not rung.dimension:
            return None
        wanted[rung.dimension] = wanted.get(rung.dimension, set(rung.categories)) & set(rung.categories)
    known = {tuple(row[:-1]): row[-1] for row in people.cells[["wave", "department_size", "level", "heads"]].to_numpy()}
    waves = {key[0] for key in known}
    totals = []
    for wave in waves:
        total, groups = 0.0, set()
        for size, level in product(SIZES, LEVELS):
            inside = size in wanted.get("department_size", SIZES) and level in wanted.get("level", LEVELS)
            if inside and (wave, size, level) in known:
                total += known[(wave, size, level)]
                groups.add(tuple({"department_size": size, "level": level}[name] for name in wanted))
        if len(groups) != len(list(product(*wanted.values()))) or total != total:
            return None
        totals.append(total)
    return int(min(totals)) if totals else None


@given(
    rungs(),
    peoples(),
    st.fixed_dictionaries({field: st.sampled_from("abcdx") for field in FIELDS}),
    st.integers(1, 200),
)
@settings(max_examples=150, deadline=None)
def test_what_is_shown_describes_enough_people(ladder, people, values, smallest) -> None:
    shown, steps = ladder.climb(values, people, smallest)
    heads = ladder.heads(shown, people)
    if shown:
        assert heads is not None and heads >= smallest
        counted = by_hand(ladder, shown, people)
        assert counted == heads
    for step in steps:  # never finer: a field is left out or stands under a coarser value
        assert set(step.after) <= set(step.before) and step.after != step.before
        for field, value in step.after.items():
            assert value in (step.before[field], ladder.rungs[field].get(step.before[field], ladders.Rung()).coarser)
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]


@given(rungs(), peoples(), st.fixed_dictionaries({field: st.sampled_from("abcd") for field in FIELDS}))
@settings(max_examples=100, deadline=None)
def test_a_stricter_threshold_is_further_along_the_same_ladder(ladder, people, values) -> None:
    loose, strict = (ladder.climb(values, people, smallest) for smallest in (10, 60))
    assert [step.after for step in strict[1]][: len(loose[1])] == [step.after for step in loose[1]]


def table(*rows: str) -> pd.DataFrame:
    lines = [row.split(",") for row in rows]
    return pd.DataFrame(lines, columns=list(ladders.COLUMNS), dtype="str")


def declared(tmp_path: Path, **files: str) -> Study:
    """Ontario with some files of its own."""
    for name in ("study.toml", "population.csv", "datapackage.json"):
        shutil.copy(ONTARIO.folder / name, tmp_path / name)
    for name in ("codebook", "focus_groups", "frameworks"):
        shutil.copytree(ONTARIO.folder / name, tmp_path / name)
    package = (tmp_path / "datapackage.json").read_text(encoding="utf-8")
    for path, text in files.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
        if f'"{path}"' not in package:
            package = package.replace('"resources": [', f'"resources": [{{"name": "{path}", "path": "{path}"}},')
    (tmp_path / "datapackage.json").write_text(package, encoding="utf-8")
    passport.renew(tmp_path)
    return replace(ONTARIO, folder=tmp_path)


def test_a_ladder_that_leads_nowhere_is_refused_whole(tmp_path: Path) -> None:
    text = (
        "field,value,coarser,dimension,categories\n"
        "speaker_level,staff,manager,level,staff\n"  # managers are not the staff
        "speaker_level,manager,executive,level,manager\n"
        "speaker_level,executive,deputy_minister,,\n"
        "speaker_level,deputy_minister,executive,,\n"
        "org_size,small,tiny,department_size,small\n"
        "org_size,large,,size,large\n"
        "org_role,central_agency,,department_role,centre\n"
        "org_role,head_office,,,\n"
        "org_role,head_office,,,\n"
    )
    with pytest.raises(StudyError) as error:
        ladders.ladder(declared(tmp_path, **{"frameworks/attributions.csv": text}))
    said = "\n".join(map(str, error.value.problems))
    for expected in (
        "row 2, column coarser: ‘manager’ describes fewer than ‘staff’",
        "row 3, column coarser: ‘executive’ describes fewer than ‘manager’",
        "row 4, column coarser: ‘executive’ leads back to itself",
        "row 6, column coarser: ‘tiny’ is no value of org_size here",
        "row 7, column dimension: ‘size’ is not declared",
        "row 8, column categories: ‘centre’ is not what the dimension has",
        "row 9, column value: ‘head_office’ is no org_role of descriptors.csv",
        "row 10, column value: ‘head_office’ stands twice",
    ):
        assert expected in said, expected


def test_a_study_without_a_ladder_attributes_nothing(tmp_path: Path) -> None:
    bare = declared(tmp_path)
    (tmp_path / "frameworks" / "attributions.csv").unlink()
    released = passages.release(GROUPS, bare)
    assert len(released.frame) and released.frame["attribution_en"].eq("").all()


# Texts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Data must be cleaned before use. Nobody has the time", []),
        ("We use AI and IT tools, and I like the Web", []),
        ("L’État sert le bien commun; l’IA aide", []),
        ("A manager called Singh said no", ["name"]),
        ("The office in Sudbury has no tools", ["name"]),
        ("Selon Élodie, rien ne change", ["name"]),
        ("Staff of MOHLTC agree", ["name"]),
        ("Jean-Luc agrees", ["name"]),
        ("Write to a.b@ontario.ca or call", ["address", "email"]),
        ("See www.example.org for more", ["address"]),
        ("See example.ca", ["address"]),
        ("Follow @somebody", ["account"]),
        ("Call 416 555-0199 at noon", ["phone"]),
        ("appelez le (514) 555.0199", ["phone"]),
        ("at M5V 2T6", ["name", "postal_code"]),
        ("said Mr. Brown", ["name", "title"]),
        ("selon Mme Tremblay", ["name", "title"]),
        ("la ministre Roy a refusé", ["name", "title"]),
        ("le 26 avril, tout a changé", ["date"]),
        ("in 2018 nothing changed", []),
        ("=HYPERLINK(a)", ["formula", "name"]),
        (" - we have no tools", ["formula"]),
        ("they asked ᐊᓚᓂᔅ for data", ["script"]),
        ("they asked \N{CYRILLIC SMALL LETTER A}nna for data", ["script"]),
        ("elle a dit « ça m’œuvre » à 5\N{NO-BREAK SPACE}%", []),
        ("J\u200bane said no", []),  # the first word of a sentence, hidden sign or not
        ("they told J\u200bane", ["name"]),
    ],
)
def test_what_a_person_should_look_at(text: str, found: list[str]) -> None:
    assert passages.looks(text) == found


def test_the_first_word_of_a_sentence_is_looked_at_where_it_is_not_known() -> None:
    known = words_in(["the tools are old", "we say so"])
    assert passages.looks("Tools are old. We say so", known) == []
    assert passages.looks("Singh says so", known) == ["name"]
    assert passages.looks("the tools are old. Singh says so", known) == ["name"]


@pytest.mark.parametrize(
    ("text", "name", "held"),
    [
        ("asked lee for data", "Lee", True),
        ("Leeds is far", "Lee", False),
        ("selon ELODIE  d’Arcy", "Élodie D'Arcy", True),
        ("Jean Luc said", "jean-luc", True),
        ("Je\u0301ro\u0302me a dit", "Jérôme", True),
        ("Sm\u00adith said", "Smith", True),
        ("anything", "", False),
    ],
)
def test_names_are_found_however_they_are_written(text: str, name: str, held: bool) -> None:
    assert passages.names_in(text, [name]) is held


def test_a_text_that_says_what_was_taken_away() -> None:
    assert speaks_of("Many deputies agree", ["deput"])
    assert speaks_of("Les SOUS-MINISTRES disent", ["sous-ministre"])
    assert not speaks_of("The computed value", ["deput"])


# The gate


def with_texts(texts: Mapping[str, str]) -> FocusGroups:
    """Ontario's groups, the paraphrases of some passages changed in both languages."""
    segments = GROUPS.segments.copy()
    for name, text in texts.items():
        segments.loc[segments["segment_id"] == name, ["paraphrase", "paraphrase_fr"]] = text
    return replace(GROUPS, segments=segments)


def test_ontario_releases_what_describes_ten_people_or_more() -> None:
    released = passages.release(GROUPS, ONTARIO)
    assert 0 < len(released.frame) < 143
    assert released.log["passage"].nunique() == 143
    cells = pd.read_csv(ONTARIO.folder / "population.csv")
    for row in released.frame.to_dict("records"):
        shown = {field: row[field] for field in FIELDS if row[field]}
        assert described(shown, cells) >= 10
        assert "org_role" not in shown and shown.get("speaker_level", "staff") in ("executive", "staff")
    assert not released.frame["attribution_en"].str.contains("eputy").any()
    assert not released.frame["text_en"].str.contains("eputies|eputy").any()


def test_repr_shows_no_text() -> None:
    assert repr(passages.release(GROUPS, ONTARIO)).startswith("ReleasedPassages(")
    assert "released of 143)" in repr(passages.release(GROUPS, ONTARIO))


def test_the_private_log_says_each_step_and_the_public_one_no_number() -> None:
    released = passages.release(GROUPS, ONTARIO)
    assert list(released.log) == ["passage", "step", "from", "to", "heads", "reason"]
    last = released.log.groupby("passage").tail(1).set_index("passage")["reason"]
    assert set(last[last == "shown"].index) == set(released.frame["passage"])
    public = released.public_log
    assert list(public) == ["passage", "outcome", "to", "reason"]
    assert public["passage"].is_unique and len(public) == 143
    told = public.drop(columns="passage").to_string()
    assert not any(sign.isdigit() for sign in "".join(public[["outcome", "to", "reason"]].to_numpy().ravel()))
    assert "deputy" not in told


def test_the_public_log_does_not_tell_a_deputy_from_another_executive() -> None:
    released = passages.release(GROUPS, ONTARIO)
    ratings = GROUPS.ratings[GROUPS.ratings["coder"] == "consensus"].set_index("segment_id")["speaker_level"]
    shown = released.public_log[released.public_log["to"] == "speaker_level=executive"]
    assert ratings[shown["passage"]].nunique() == 3
    assert shown.drop(columns="passage").drop_duplicates().shape[0] == 1
    frame = released.frame[released.frame["speaker_level"] == "executive"]
    assert frame[["org_size", "org_role", "attribution_en", "attribution_fr"]].drop_duplicates().shape[0] == 1


HEADER = "passage,decision,date,role,reason,sha256\n"


def reviewed(groups: FocusGroups, **decisions: str) -> str:
    """The file of a person who read these passages as they are now."""
    waiting = passages.release(groups, NOBODY_LOOKED, scope="all").waiting.set_index("passage")["sha256"]
    unseen = passages.digest([])
    rows = (
        f"{name},{decision},2025-01-01,editor,fine,{waiting.get(name, unseen)}\n"
        for name, decision in decisions.items()
    )
    return HEADER + "".join(rows)


def decided(folder: Path, text: str) -> Study:
    return declared(folder, **{"focus_groups/reviewed.csv": text})


def test_a_listed_name_is_never_released_even_where_a_person_looked(tmp_path: Path) -> None:
    kept = passages.release(GROUPS, ONTARIO).frame["passage"].tolist()[:2]
    groups = with_texts({kept[0]: "they asked smith for data", kept[1]: "they asked Jones for data"})
    files = {
        "focus_groups/denylist.csv": "name\nSmith\n",
        "focus_groups/reviewed.csv": reviewed(groups, **dict.fromkeys(kept, "release")),
    }
    released = passages.release(groups, declared(tmp_path, **files))
    assert kept[0] not in set(released.frame["passage"]) and kept[1] in set(released.frame["passage"])
    assert released.log.set_index("passage").loc[[kept[0]], "reason"].tolist()[-1] == "denylist"
    assert kept[1] not in set(passages.release(groups, ONTARIO).frame["passage"])


def test_a_listed_name_beside_a_passage_withholds_it(tmp_path: Path) -> None:
    first = passages.release(GROUPS, ONTARIO).frame["passage"].iloc[0]
    listed = declared(tmp_path, **{"focus_groups/denylist.csv": f"name\n{first}\n"})
    assert first not in set(passages.release(GROUPS, listed).frame["passage"])
    (listed.folder / "focus_groups" / "denylist.csv").write_text("name\nMaking Digital Happen\n", encoding="utf-8")
    passport.renew(listed.folder)
    assert len(passages.release(GROUPS, listed).frame) == 0, "the title of its document is shown beside it"


def test_counts_by_a_document_or_session_with_a_listed_name_are_refused(tmp_path: Path) -> None:
    listed = declared(tmp_path, **{"focus_groups/denylist.csv": "name\nEthos\nJane Doe\n"})
    passages.refuse_listed(GROUPS, listed, pd.DataFrame({"code": ["ethos"], "n": [1]}))
    for frame in ({"document": ["ethos-interview"]}, {"session": ["with jane doe"]}):
        with pytest.raises(ReleaseError, match="holds a name of denylist") as error:
            passages.refuse_listed(GROUPS, listed, pd.DataFrame(frame))
        assert "jane" not in str(error.value).lower()
        passages.refuse_listed(GROUPS, ONTARIO, pd.DataFrame(frame))


def test_a_lone_first_word_is_looked_at(tmp_path: Path) -> None:
    kept = passages.release(GROUPS, ONTARIO).frame["passage"].iloc[0]
    alone = replace(GROUPS, segments=GROUPS.segments.assign(paraphrase="Jean.", paraphrase_fr="Jean."))
    silent = declared(tmp_path)
    shutil.rmtree(silent.folder / "codebook")
    found = passages.release(alone, silent).log.groupby("passage").tail(1).set_index("passage")["reason"]
    assert found[kept] in ("looks:name", "changed")
    assert "shown" not in set(found), "no word of the study is known to be no name"


def test_passages_that_counts_would_tell_more_of_are_told_apart() -> None:
    released = passages.release(GROUPS, ONTARIO).frame
    kept = passages.untold(released, GROUPS)
    own = GROUPS.passages().set_index("segment_id")["speaker_level"]
    coded = GROUPS.codings.query("coder == 'consensus'").groupby("segment_id")["code"].agg(set)
    told = {level: set().union(*coded.reindex(own.index[own.eq(level)]).dropna()) for level in own.unique()}
    for row in released.itertuples():
        expected = not row.speaker_level or coded.get(row.passage, set()) <= told.get(row.speaker_level, set())
        assert (row.passage in set(kept["passage"])) is expected
    assert 0 < len(kept) < len(released)


@given(
    st.lists(st.text(alphabet="aàbcé’- ", min_size=1, max_size=6), min_size=1, max_size=3),
    st.lists(st.text(alphabet="aàbcéABCÉ’- .", min_size=1, max_size=14), min_size=3, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_no_released_text_holds_a_listed_name(names: list[str], texts: list[str]) -> None:
    for text in texts:
        plain = ladders_plain(text)
        expected = any(ladders_plain(name) and is_within(ladders_plain(name), plain) for name in names)
        assert passages.names_in(text, names) is expected


def ladders_plain(text: str) -> list[str]:
    """Words without capitals and accents, by another route than the gate's."""
    plain = text.translate(str.maketrans("àéÉ’-.", "aee   ")).lower()
    return plain.split()


def is_within(words: list[str], text: list[str]) -> bool:
    return any(text[at : at + len(words)] == words for at in range(len(text)))


def test_a_passage_without_a_text_is_withheld() -> None:
    kept = passages.release(GROUPS, ONTARIO).frame["passage"].tolist()[0]
    released = passages.release(with_texts({kept: "  "}), ONTARIO)
    assert released.log.set_index("passage").loc[[kept], "reason"].tolist()[-1] == "no_text"
    with pytest.raises(UsageError, match="no column paraphrase_fr"):
        passages.release(replace(GROUPS, segments=GROUPS.segments.drop(columns="paraphrase_fr")), ONTARIO)


def test_a_raised_threshold_withholds_and_never_shows_another_attribution() -> None:
    usual = passages.release(GROUPS, ONTARIO)
    raised = passages.release(GROUPS, ONTARIO, smallest_group=5000)
    both = usual.frame.merge(raised.frame, on="passage", suffixes=("", "_raised"))
    assert 0 < len(raised.frame) < len(usual.frame) and len(both) == len(raised.frame)
    assert (both["attribution_en"] == both["attribution_en_raised"]).all()
    assert not raised.frame["speaker_level"].eq("executive").any()  # 802 of them in 2023
    passages.refuse_two_attributions([usual.frame, raised.frame])
    with pytest.raises(ReleaseError, match="below the 10"):
        passages.release(GROUPS, ONTARIO, smallest_group=5)


def test_scope_never_changes_an_attribution() -> None:
    frames = [passages.release(GROUPS, ONTARIO, scope=scope).frame for scope in ("participants", "all")]
    passages.refuse_two_attributions(frames)
    assert set(frames[0]["passage"]) <= set(frames[1]["passage"])


def test_two_attributions_of_a_passage_are_refused() -> None:
    frame = passages.release(GROUPS, ONTARIO).frame
    other = frame.head(3).assign(attribution_en="Executive, small department")
    with pytest.raises(ReleaseError, match=f"two attributions.*{frame['passage'].iloc[0]}"):
        passages.refuse_two_attributions([frame, other])


def test_a_study_of_few_people_releases_nothing(tmp_path: Path) -> None:
    head = "wave,department_size,level,heads\n"
    few = head + "".join(f"2023,{size},{level},0\n" for size, level in product(SIZES, LEVELS))
    tiny = declared(tmp_path, **{"population.csv": few.replace("micro,staff,0", "micro,staff,9")})
    released = passages.release(GROUPS, tiny)
    assert released.frame.empty and list(released.frame)[:2] == ["passage", "document"]
    assert set(released.public_log["outcome"]) == {"withheld"}


def test_what_was_decided_must_be_whole(tmp_path: Path) -> None:
    digest = passages.digest([])
    text = (
        f"{HEADER}MD999,release,2025-01-01,editor,fine,{digest}\nMD033,release,,editor,fine,{digest}\n"
        f"MD034,release,2025-01-01, ,,{digest}\nMD035,fine,2025-01-01,editor,fine,{digest[:-1]}\n"
        f"MD035,release,2025-01-01,editor,fine,{digest.upper()}\n"
    )
    with pytest.raises(StudyError) as error:
        passages.release(GROUPS, decided(tmp_path, text))
    assert sorted((problem.row, problem.column) for problem in error.value.problems) == [
        (2, "passage"),
        (3, "date"),
        (4, "reason"),
        (4, "role"),
        (5, "decision"),
        (5, "sha256"),
        (6, "passage"),
        (6, "sha256"),
    ]


def test_a_file_of_decisions_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"reviewed\.csv, row 1, column decision: column is missing"):
        passages.release(GROUPS, decided(tmp_path, "passage,date,reason\n"))


def test_a_person_releases_what_was_read_and_nothing_else(tmp_path: Path) -> None:
    kept = passages.release(GROUPS, ONTARIO).frame["passage"].tolist()[0]
    groups = with_texts({kept: "they asked Jones for data"})
    own = decided(tmp_path, reviewed(groups, **{kept: "release"}))
    released = passages.release(groups, own)
    assert kept in set(released.frame["passage"]) and kept not in set(released.waiting["passage"])
    log = released.log[released.log["passage"] == kept]
    assert log["reason"].tolist()[-2:] == ["looks:name, released by a person", "shown"]
    changed = passages.release(with_texts({kept: "they asked Jones for more data"}), own)
    assert kept not in set(changed.frame["passage"])
    assert changed.log[changed.log["passage"] == kept]["reason"].tolist()[-1] == "changed"
    assert changed.waiting.set_index("passage").loc[kept, "found"] == "changed"
    assert changed.public_log.set_index("passage").loc[kept, ["outcome", "reason"]].tolist() == ["withheld", "text"]


def test_a_person_who_read_another_attribution_has_not_read_this_one(tmp_path: Path) -> None:
    first = passages.release(GROUPS, ONTARIO).frame.query("speaker_level == 'staff'")["passage"].iloc[0]
    groups = with_texts({first: "they asked Jones for data"})
    own = decided(tmp_path, reviewed(groups, **{first: "release"}))
    assert first in set(passages.release(groups, own).frame["passage"])
    ladder = (own.folder / "frameworks" / "attributions.csv").read_text(encoding="utf-8")
    (own.folder / "frameworks" / "attributions.csv").write_text(
        ladder.replace("speaker_level,staff,,level,staff,\n", ""), encoding="utf-8"
    )
    passport.renew(own.folder)
    again = passages.release(groups, replace(own))
    assert first not in set(again.frame["passage"])
    assert again.log[again.log["passage"] == first]["reason"].tolist()[-1] == "changed"


def test_a_person_withholds_whatever_the_look_says(tmp_path: Path) -> None:
    kept = passages.release(GROUPS, ONTARIO).frame["passage"].tolist()[0]
    own = decided(tmp_path, reviewed(GROUPS, **{kept: "withhold"}))
    released = passages.release(GROUPS, own)
    assert released.log[released.log["passage"] == kept]["reason"].tolist()[-1] == "person"
    assert kept not in set(released.waiting["passage"])
    assert kept not in set(passages.release(with_texts({kept: "they have no tools"}), own).frame["passage"])


def test_ontario_s_decisions_are_on_the_passages_that_the_look_flags() -> None:
    waiting = passages.release(GROUPS, NOBODY_LOOKED).waiting.set_index("passage")
    table = pd.read_csv(ONTARIO.folder / "focus_groups" / "reviewed.csv").set_index("passage")
    assert set(table.index) == set(waiting.index)
    assert table["sha256"].to_dict() == waiting["sha256"].to_dict()
    withheld = table.index[table["decision"] == "withhold"]
    assert set(waiting.index[waiting["found"].str.contains("attribution")]) == set(withheld)
    assert passages.release(GROUPS, ONTARIO).waiting.empty


# What pages say of the passages that they show


@given(st.text(), st.text(), st.text())
@settings(max_examples=60, deadline=None)
def test_pages_are_read_back_as_they_were_written(passage: str, en: str, fr: str) -> None:
    told = {"passage": passage, "attribution_en": en, "attribution_fr": fr}
    frame = passages.shown(f"<blockquote{passages.marks(told)}>x</blockquote>")
    assert frame.to_dict("records") == [told]


def test_what_a_page_maker_rewrites_is_read_back_too() -> None:
    told = {"passage": "P1", "attribution_en": 'the "big" one', "attribution_fr": "d’un & l'autre"}
    page = str(BeautifulSoup(f"<p><q{passages.marks(told)}>x</q></p>", "html.parser"))
    assert "'the" in page
    assert passages.shown(page).to_dict("records") == [told]


def test_the_log_is_written_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    path = passages.write_log("ontario", passages.release(GROUPS, NOBODY_LOOKED))
    beside = path.with_name("passages_to_review.csv")
    assert path.stat().st_mode & 0o077 == 0 and beside.stat().st_mode & 0o077 == 0
    assert len(pd.read_csv(path)) > 143
    waiting = pd.read_csv(beside)
    assert len(waiting) == 29 and waiting["text_en"].notna().all() and waiting["decision"].isna().all()
    evil = with_texts({waiting["passage"][0]: '=HYPERLINK("http://x")', waiting["passage"][1]: "@cmd"})
    passages.write_log("ontario", passages.release(evil, NOBODY_LOOKED))
    written = pd.read_csv(beside, dtype=str).set_index("passage")["text_en"]
    assert written[waiting["passage"][:2]].tolist() == ['\'=HYPERLINK("http://x")', "'@cmd"]


def test_a_column_of_the_study_s_own_may_stand_in_the_ladder(tmp_path: Path) -> None:
    shown = passages.release(GROUPS, ONTARIO).frame["passage"].tolist()
    ministries = {shown[0]: "finance", shown[1]: "finance"}
    groups = with_texts({shown[0]: "we at finance have no tools", shown[1]: "we have no tools"})
    segments = groups.segments.assign(ministry=groups.segments["segment_id"].map(ministries).fillna(""))
    attributions = (ONTARIO.folder / "frameworks" / "attributions.csv").read_text(encoding="utf-8")
    descriptors = (ONTARIO.folder / "frameworks" / "descriptors.csv").read_text(encoding="utf-8")
    own = declared(
        tmp_path,
        **{
            "frameworks/attributions.csv": attributions + "ministry,health,,,,\n",
            "frameworks/descriptors.csv": descriptors + "ministry,health,Health,Santé,\n",
        },
    )
    released = passages.release(replace(groups, segments=segments), own)
    assert shown[0] not in set(released.frame["passage"]) and shown[1] in set(released.frame["passage"])
    assert released.frame["ministry"].eq("").all()
    assert "finance" not in released.public_log.to_string()
