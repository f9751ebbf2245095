"""Made-up released tables of the Ontario study, for the tests of words, charts, tables and exhibits."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills import published
from digiskills import study as studies
from digiskills.disclosure import DeclaredTable, Released

ONTARIO = studies.read("ontario")
NUMBERS = ["n", "clusters", "estimate", "se", "df", "low", "high"]
SKILLS = [pair.skill for pair in ONTARIO.codebook.pairs()]
BARRIERS = [item.name for item in ONTARIO.codebook.with_role("barrier")]


def released(
    frame: pd.DataFrame,
    kind: str,
    by: Sequence[str] = (),
    language: str = "en",
    *,
    evidence: str = "survey",
    wave: str = "2025",
    ids: Sequence[str] = ("05-test",),
    where: Sequence[tuple[str, str]] = (),
) -> Released:
    """A released table around a frame."""
    table = DeclaredTable("", "ontario", evidence, kind, ("skills",), tuple(by), wave, tuple(where))
    shown = frame if "withheld" in frame else frame.assign(withheld="")
    return Released(shown, table, frozenset(ids), ONTARIO, language, {"interval": "t"})


def estimates(cells: pd.DataFrame, *, seed: int = 1, hidden: float = 0.0, half: float = 0.05) -> pd.DataFrame:
    """Add made-up shares with intervals; a part of the rows is withheld."""
    rng = np.random.default_rng(seed)
    size = len(cells)
    share = rng.uniform(0.1, 0.85, size)
    frame = cells.assign(
        n=rng.integers(12, 2400, size).astype(float), clusters=12.0, estimate=share, se=half / 2, df=40.0
    )
    frame["low"], frame["high"] = share - half, share + half
    gone = rng.random(size) < hidden
    frame.loc[gone, NUMBERS] = np.nan
    return frame.assign(withheld=np.where(gone, "few_answers", ""))


def cells(**columns: Sequence[str]) -> pd.DataFrame:
    """Every combination of the given values."""
    return pd.DataFrame(list(itertools.product(*columns.values())), columns=list(columns))


def sizes() -> list[str]:
    """The department sizes in order."""
    return list(ONTARIO.dimensions["department_size"].names)


def levels() -> list[str]:
    """The levels in order."""
    return list(ONTARIO.dimensions["level"].names)


def shortfalls(language: str = "en", by: Sequence[str] = (), skills: int = 9, hidden: float = 0.12) -> Released:
    """Shortfalls of skills, broken down or not."""
    groups = {name: list(ONTARIO.dimensions[name].names) for name in by}
    frame = estimates(cells(item=SKILLS[:skills], measure=["short_by_one"], **groups), hidden=hidden if by else 0)
    people = frame.assign(
        measure="people_short", **{name: frame[name] * 5432.1 for name in ("estimate", "low", "high")}
    )
    return released(pd.concat([frame, people], ignore_index=True), "shortfalls", by, language)


def barriers(language: str = "en", by: Sequence[str] = (), items: int = 23) -> Released:
    """The share on the barrier side of each item."""
    groups = {name: list(ONTARIO.dimensions[name].names) for name in by}
    return released(estimates(cells(item=BARRIERS[:items], **groups), hidden=0.1), "barrier_side", by, language)


def agreement(language: str = "en", *, with_missing: bool = True) -> Released:
    """Every answer to every barrier item; shares of an item add up to 1."""
    answers = [answer.name for answer in ONTARIO.codebook.item(BARRIERS[0]).answers]
    frame = estimates(cells(item=BARRIERS, answer=answers), half=0.03)
    frame["estimate"] /= frame.groupby("item")["estimate"].transform("sum")
    frame["n"] = frame.groupby("item")["n"].transform("first")
    frame.loc[frame["item"] == BARRIERS[4], NUMBERS] = np.nan
    frame.loc[frame["item"] == BARRIERS[4], "withheld"] = "few_answers"
    extra = estimates(cells(item=BARRIERS, answer=["dont_know", "not_applicable"]))
    extra["estimate"] *= 0.1
    return released(pd.concat([frame, extra] if with_missing else [frame], ignore_index=True), "shares", (), language)


def skill_levels(language: str = "en") -> Released:
    """Mean level needed and held of each skill."""
    items = [name for pair in ONTARIO.codebook.pairs() for name in (pair.needed, pair.held)]
    frame = estimates(cells(item=items))
    for name in ("estimate", "low", "high"):
        frame[name] = 1.5 + 3 * frame[name]
    return released(frame, "means", (), language)


def respondents(language: str = "en", by: Sequence[str] = ("department_size", "level")) -> Released:
    """Numbers of respondents."""
    groups = {name: list(ONTARIO.dimensions[name].names) for name in by}
    frame = estimates(cells(item=["respondents"], **groups), hidden=0.2 if by else 0)
    return released(frame.assign(estimate=frame["n"] * 10, low=np.nan, high=np.nan), "respondents", by, language)


def themes(language: str = "en", by: Sequence[str] = ("speaker_level",)) -> Released:
    """Counts of passages by code, one group per level of speaker."""
    codes = pd.read_csv(ONTARIO.folder / "focus_groups" / "codes.csv").set_index("code")
    groups = {"speaker_level": ["deputy_minister", "executive", "manager", "staff", "mixed"]} if by else {}
    frame = cells(code=list(codes.index[:19]), **groups)
    labels = {name: frame["code"].map(codes[name]) for name in ("label_en", "label_fr")}
    n = np.random.default_rng(2).integers(0, 40, len(frame))
    frame = frame.assign(family=frame["code"].str.partition(".")[0], n=n, base=143, **labels)
    return released(frame, "themes", by, language, evidence="focus_groups", wave="")


def figures(language: str = "en", by: Sequence[str] = ()) -> Released:
    """Published figures, as the study holds them."""
    source = published.read(ONTARIO)
    assert source is not None
    breakdown = {(): "total", ("level",): "level"}[tuple(by)]
    frame = pd.concat([source.panel(survey, breakdown=breakdown) for survey in source.surveys], ignore_index=True)
    frame = frame.assign(
        n=frame["n_answers"],
        estimate=frame["share_barrier"],
        label_en=frame["item_en"],
        label_fr=frame["item_fr"],
        withheld=np.where(frame["withheld"].ne(""), "few_answers", ""),
        **dict.fromkeys(("se", "df", "low", "high"), np.nan),
    )
    names = ["survey", "year", "item", "label_en", "label_fr", "barrier", *by]
    frame = frame.loc[frame["estimate"].notna(), [*names, "n", "estimate", "se", "df", "low", "high", "withheld"]]
    table = released(frame.reset_index(drop=True), "figures", by, language, evidence="published", wave="")
    return dataclasses.replace(table, table=dataclasses.replace(table.table, items=("share_barrier",)))
