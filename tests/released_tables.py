"""Made-up released tables of the Ontario study, for the tests of words, charts, tables and exhibits."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

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
    method: Mapping[str, object] | None = None,
) -> Released:
    """A released table around a frame."""
    table = DeclaredTable("", "ontario", evidence, kind, ("skills",), tuple(by), wave, tuple(where))
    shown = frame if "withheld" in frame else frame.assign(withheld="")
    return Released(shown, table, frozenset(ids), ONTARIO, language, {"interval": "t", **(method or {})})


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


def withhold(frame: pd.DataFrame, rows: Sequence[int]) -> pd.DataFrame:
    """Take every number out of some rows, as release does."""
    names = {"item", "measure", "term", "level", "reference", "choice", "option", "withheld", "is_headline"}
    names |= {"coefficient", "scale", "test", "cut", "right", "at_least", "short", "other"}
    names |= {"department_size", "against", "part", "bands"}
    numbers = [name for name in frame if name not in names]
    frame = frame.astype(dict.fromkeys(numbers, object))
    frame.loc[list(rows), numbers] = np.nan
    kept = [name for name in numbers if name not in ("quadrant", "differs", "surely_small", "note", "size", "reason")]
    frame = frame.astype(dict.fromkeys(kept, float))
    frame.loc[list(rows), "withheld"] = "few_answers"
    return frame


def needs(language: str = "en", hidden: Sequence[int] = (), skills: int = 9) -> Released:
    """Indices of need with their ranks; the second and third skill share a rank, the last is withheld."""
    measures = ["borich", "ranked_discrepancy", "mean_gap", "short_by_one", "short_by_two", "short_by_three"]
    frame = cells(measure=measures, item=SKILLS[:skills]).assign(n=1234.0, clusters=48.0, df=40.0, withheld="")
    place = np.tile(np.arange(skills, dtype=float), len(measures))
    height = {"borich": 3.0, "ranked_discrepancy": -0.6, "mean_gap": 0.9, "short_by_one": 0.62}
    height |= {"short_by_two": 0.42, "short_by_three": 0.21}
    slope = {"borich": -0.2, "ranked_discrepancy": 0.07, "mean_gap": -0.06, "short_by_one": -0.05}
    slope |= {"short_by_two": -0.03, "short_by_three": -0.01}
    frame["rank"] = np.where(np.isin(place, (1, 2)), 2.5, place + 1)
    frame["estimate"] = frame["measure"].map(height) + (frame["rank"] - 1) * frame["measure"].map(slope)
    half = frame["measure"].map(slope).abs()
    frame = frame.assign(se=half / 2, low=frame["estimate"] - half, high=frame["estimate"] + half)
    frame["rank_low"], frame["rank_high"] = np.maximum(place, 1), np.minimum(place + 2, skills)
    frame["top_probability"] = np.clip(1.05 - place / 5, 0, 1)
    return released(withhold(frame, hidden), "needs", (), language)


def quadrants(language: str = "en", hidden: Sequence[int] = (), skills: int = 9, spread: float = 0.35) -> Released:
    """Importance and performance of skills, near each other as in surveys."""
    rng = np.random.default_rng(4)
    frame = cells(item=SKILLS[:skills]).assign(n=1234.0, clusters=48.0, withheld="")
    for name, middle in (("importance", 3.4), ("performance", 2.8)):
        frame[name] = middle + rng.uniform(-spread, spread, skills)
        frame[f"{name}_low"], frame[f"{name}_high"] = frame[name] - 0.06, frame[name] + 0.06
    high, good = frame["importance"] >= 3.4, frame["performance"] >= 2.8
    frame["quadrant"] = np.select(
        [high & ~good, high & good, ~high & ~good], ["concentrate_here", "keep_up", "low_priority"], "possible_overkill"
    )
    sure = np.linspace(0.45, 1, skills)
    for key in ("concentrate", "keep_up", "low_priority", "overkill"):
        frame[f"p_{key}"] = np.where(frame["quadrant"].str.contains(key), sure, (1 - sure) / 3)
    return released(withhold(frame, hidden), "quadrants", (), language, method={"cut": (3.4, 2.8)})


def model(language: str = "en", hidden: Sequence[int] = (), kind: str = "linear") -> Released:
    """A model of gaps: constant, department size, level, an interaction and a number."""
    terms = [("intercept", "", "")]
    for name in ("department_size", "level"):
        first, *others = ONTARIO.dimensions[name].names
        terms += [(name, level, first) for level in others]
    terms += [("department_size:level", "small:staff", "micro:executive"), ("gap:digital_literacy", "", "")]
    frame = pd.DataFrame(terms, columns=["term", "level", "reference"])
    estimate = np.linspace(-0.55, 0.75, len(frame))
    frame = frame.assign(estimate=estimate, se=0.1, df=40.0, low=estimate - 0.2, high=estimate + 0.2)
    frame = frame.assign(p=np.linspace(0.0001, 0.4, len(frame)), n=4321.0, clusters=48.0, withheld="")
    method = {"model": f"{kind} regression of gap", "design": "stratified clusters"}
    return released(withhold(frame, hidden), "model", (), language, method=method)


def differences(
    language: str = "en", by: str = "department_size", hidden: Sequence[int] = (), skills: int = 9
) -> Released:
    """Differences between every two groups: some stand up, some are surely small, some stay open."""
    pairs = list(itertools.combinations(ONTARIO.dimensions[by].names, 2))
    rows = [(skill, *pair) for skill in SKILLS[:skills] for pair in pairs]
    frame = pd.DataFrame(rows, columns=["item", by, "against"])
    estimate = np.linspace(-0.22, 0.31, len(frame))
    frame = frame.assign(n=321.0, clusters=12.0, estimate=estimate, se=0.03, df=9.0)
    frame["low"], frame["high"] = estimate - 0.06, estimate + 0.06
    frame = frame.assign(effect=2 * estimate, p=0.01, p_adjusted=0.02, differs=np.abs(estimate) > 0.12)
    frame["p_adjusted"] = np.where(np.abs(estimate) > 0.06, 0.02, 0.4)
    frame = frame.assign(p_small=0.2, p_small_adjusted=0.4, surely_small=np.abs(estimate) < 0.03, withheld="")
    shown = withhold(frame, hidden) if len(hidden) else frame
    return released(shown, "differences", (by,), language, method={"margin": 0.1})


def standardized(language: str = "en", skills: int = 9) -> Released:
    """The share short by size, as it is and with the same mix of people."""
    frame = estimates(cells(item=SKILLS[:skills], department_size=sizes()))
    alike = frame["estimate"] * 0.9
    frame = frame.assign(standardized=alike, standardized_low=alike - 0.05, standardized_high=alike + 0.05)
    return released(frame, "standardized", ("department_size",), language)


def parts(language: str = "en", kind: str = "mix_and_rate", skills: int = 9) -> Released:
    """A difference of shares in three parts, or under three cuts, around 0."""
    names = {"mix_and_rate": ("part", ["difference", "mix", "rate"]), "band_ends": ("bands", ["own", "three", "six"])}
    column, values = names[kind]
    frame = cells(item=SKILLS[:skills], **{column: values})
    estimate = np.linspace(-0.09, 0.21, len(frame))
    frame = frame.assign(n=251.0, clusters=7.0, estimate=estimate, se=0.02, df=9.0, withheld="")
    return released(frame.assign(low=estimate - 0.04, high=estimate + 0.04), kind, (), language)


def explained(language: str = "en", kind: str = "effects", hidden: Sequence[int] = ()) -> Released:
    """Marginal effects, or a multilevel model with the weighted one beside it."""
    table = model(language, hidden, "linear" if kind == "effects" else "linear with a random department")
    frame, method = table.frame, {**table.method, "about": "gap", "skill": "all"}
    if kind == "effects":
        return released(frame[frame["term"] != "intercept"], "effects", (), language, method=method)
    frame = frame.assign(weighted=frame["estimate"] + 0.05)
    frame = frame.assign(weighted_low=frame["low"], weighted_high=frame["high"])
    return released(frame, "model", (), language, method=method)


def changes(language: str = "en", hidden: Sequence[int] = (), measure: str = "short_by_one") -> Released:
    """Two waves: barriers for `barrier_side`, else skills; every third change differs."""
    items = BARRIERS if measure == "barrier_side" else [f"gap:{skill}" for skill in SKILLS]
    frame = cells(item=items).assign(n_before=345.0, n=1234.0, clusters=48.0)
    size, scale = len(frame), {"levels": 4.0}.get(measure, 1.0)
    frame["before"] = scale * (0.4 + 0.3 * np.random.default_rng(5).random(size))
    frame["estimate"] = scale * np.where(np.arange(size) % 3 == 0, -0.08, 0.014)
    frame["after"] = frame["before"] + frame["estimate"]
    frame = frame.assign(se=0.01 * scale, df=40.0, differs=np.arange(size) % 3 == 0, withheld="")
    frame["p_adjusted"] = np.where(np.arange(size) % 3 == 2, 0.4, 0.001)
    frame["low"], frame["high"] = frame["estimate"] - 0.02 * scale, frame["estimate"] + 0.02 * scale
    frame["note"] = np.where(np.arange(size) == 1, "rounding", "")
    return released(withhold(frame, hidden), "changes", (), language, method={"measure": measure})


def robustness(language: str = "en", hidden: Sequence[int] = (), measure: str = "short_by_one") -> Released:
    """The share short of one skill under other choices; the headline stands once for each choice."""
    options = {
        "dont_know": ["excluded", "lowest", "middle"],
        "index": ["short_by_one", "mean_gap"],
        "weighted": ["yes", "no"],
        "threshold": ["one_level", "two_levels"],
        "df_rule": ["design", "domain", "infinite"],
    }
    rows = [(SKILLS[7], choice, option) for choice, each in options.items() for option in each]
    frame = pd.DataFrame(rows, columns=["item", "choice", "option"])
    frame["is_headline"] = ~frame["choice"].duplicated()
    estimate = np.where(frame["is_headline"], 0.42, 0.30 + 0.03 * np.arange(len(frame)))
    frame = frame.assign(n=1234.0, estimate=estimate, low=estimate - 0.05, high=estimate + 0.05, withheld="")
    return released(withhold(frame, hidden), "robustness", (), language, method={"measure": measure})


SCALES = ["needed", "held", "capacity.data_management", "culture.risk_aversion", "culture.approvals"]


def reliability(language: str = "en", by: Sequence[str] = (), hidden: Sequence[int] = ()) -> Released:
    """Coefficients of scales: the fourth has two items, the fifth one item, and an ordinal alpha is undefined."""
    groups = {name: list(ONTARIO.dimensions[name].names) for name in by}
    frame = cells(item=SCALES[:3], coefficient=["alpha", "omega", "alpha_ordinal"], **groups)
    two, one = (
        cells(item=[SCALES[at]], coefficient=[name], **groups) for at, name in ((3, "spearman_brown"), (4, "alpha"))
    )
    frame = pd.concat([frame, two, one], ignore_index=True)
    estimate = np.linspace(0.4, 0.9, len(frame))
    frame = frame.assign(items=3.0, n=1234.0, fewest=1200.0, clusters=48.0, estimate=estimate, reason="", withheld="")
    alone = frame["item"].eq(SCALES[4])
    frame.loc[alone, ["estimate", "reason"]] = [np.nan, "one_item"]
    undefined = frame["item"].eq("held") & frame["coefficient"].eq("alpha_ordinal")
    frame.loc[undefined, ["estimate", "reason"]] = [np.nan, "no_correlation"]
    is_alpha = frame["coefficient"].eq("alpha")
    frame["low"], frame["high"] = (frame["estimate"].where(is_alpha) + half for half in (-0.03, 0.03))
    return released(withhold(frame, hidden), "reliability", by, language)


def equivalence(language: str = "en", hidden: Sequence[int] = ()) -> Released:
    """Whether levels needed work alike by level: the first differs much, the second somewhat, the last has no test."""
    items = [f"needed_{skill}" for skill in SKILLS]
    frame = cells(scale=["needed"], item=items, test=["total"]).assign(n=1234.0, fewest=123.0, clusters=48.0, reason="")
    frame["estimate"] = [0.146, 0.057, *np.linspace(0.001, 0.005, len(frame) - 2)]
    frame["p_adjusted"], frame["size"] = 0.001, ["large", "moderate", *["negligible"] * (len(frame) - 2)]
    frame.loc[frame.index[-1], ["estimate", "p_adjusted", "size", "reason"]] = [np.nan, np.nan, "", "no_convergence"]
    method = {"groups": "level", "moderate": 0.035, "large": 0.07}
    return released(withhold(frame.assign(withheld=""), hidden), "equivalence", (), language, method=method)


def coders(language: str = "en", codes: int = 28) -> Released:
    """Agreement on each code: the first is rare with a low kappa, the second constant, the third without interval."""
    names = pd.read_csv(ONTARIO.folder / "focus_groups" / "codes.csv")[["code", "family", "label_en", "label_fr"]]
    coefficients = pd.DataFrame({"coefficient": ["prevalence", "agreement", "kappa", "alpha_nominal", "ac1"]})
    frame = names.head(codes).merge(coefficients, how="cross")
    whole = pd.DataFrame({"code": "all", "coefficient": ["agreement", "alpha_jaccard", "alpha_masi"]})
    frame = pd.concat([frame, whole], ignore_index=True).fillna("")
    usual = {"prevalence": 0.08, "agreement": 0.96, "kappa": 0.81, "alpha_nominal": 0.81, "ac1": 0.93}
    frame["estimate"] = frame["coefficient"].map(usual).fillna(0.85)
    first, second, third = (frame["code"].eq(name) for name in names["code"].head(3))
    for name, value in {"prevalence": 0.02, "agreement": 0.98, "kappa": 0.34, "ac1": 0.97}.items():
        frame.loc[first & frame["coefficient"].eq(name), "estimate"] = value
    frame["low"], frame["high"] = frame["estimate"] - 0.02, np.minimum(frame["estimate"] + 0.02, 1)
    frame["reason"] = ""
    gone = second & ~frame["coefficient"].isin(["prevalence", "agreement"])
    frame.loc[gone, ["estimate", "low", "high", "reason"]] = [np.nan, np.nan, np.nan, "constant"]
    frame.loc[third, ["low", "high", "reason"]] = [np.nan, np.nan, "same_in_all_resamples"]
    frame = frame.assign(n=369.0, withheld="")
    return released(frame, "coder_agreement", (), language, evidence="focus_groups", wave="")


def settled(language: str = "en") -> Released:
    """How disagreements were settled: they differed on codes in 71 of 369 passages and never on the size named."""
    counts = {"codes": [293, 44, 25, 2, 5], "org_size": [369, 0, 0, 0, 0]}
    rows = [
        (field, outcome, n)
        for field, each in counts.items()
        for outcome, n in zip(["agreed", "first", "second", "neither", "changed"], each, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["code", "outcome", "n"]).assign(base=369)
    return released(frame, "settled", (), language, evidence="focus_groups", wave="")


def robustness_range(language: str = "en", hidden: Sequence[int] = ()) -> Released:
    """How far other choices move the shares short: the first twice its interval, the second not at all."""
    frame = cells(item=SKILLS[:4]).assign(n=1234.0, clusters=48.0, estimate=[0.42, 0.3, 0.25, 0.2], withheld="")
    frame = frame.assign(low=frame["estimate"] - 0.05, high=frame["estimate"] + 0.05)
    frame = frame.assign(lowest=[0.25, 0.3, 0.2, 0.19], highest=[0.45, 0.3, 0.25, 0.21], ratio=[2.0, 0.0, 0.5, 0.2])
    frame["farthest_choice"] = ["threshold", "", "weighted", "weighted"]
    frame["farthest_option"] = ["two_levels", "", "no", "no"]
    return released(frame, "robustness_range", (), language, method={"measure": "short_by_one"})


def robustness_order(language: str = "en") -> Released:
    """The first three skills: the same when not weighted, other ones from two levels, the same by the mean gap."""
    lists = [
        ("short_by_one", "headline", "headline", (0, 1, 2)),
        ("short_by_one", "weighted", "no", (0, 2, 1)),
        ("short_by_one", "threshold", "two_levels", (0, 1, 3)),
        ("mean_gap", "headline", "headline", (0, 1, 2)),
    ]
    rows = [
        (
            measure,
            choice,
            option,
            choice == "headline",
            place + 1,
            SKILLS[at],
            0.42 - place / 10,
            set(each) == {0, 1, 2},
        )
        for measure, choice, option, each in lists
        for place, at in enumerate(each)
    ]
    columns = ["measure", "choice", "option", "is_headline", "place", "item", "estimate", "same_items"]
    frame = pd.DataFrame(rows, columns=columns).assign(n=1234.0, clusters=48.0, withheld="")
    frame["same_order"] = frame["same_items"] & frame["is_headline"]
    return released(frame, "robustness_order", (), language, method={"measure": "short_by_one"})


def sets(language: str = "en", hidden: Sequence[int] = ()) -> Released:
    """The most common sets of missing skills: nobody's, one skill, two, three."""
    names = ["none", *(" + ".join(SKILLS[:count]) for count in (1, 2, 3))]
    frame = cells(item=names).assign(skills=[0, 1, 2, 3], people=[400.0, 300.0, 90.0, 50.0], n=1234.0, clusters=48.0)
    frame = frame.assign(estimate=[0.31, 0.22, 0.07, 0.04], se=0.01, df=40.0, withheld="")
    frame = frame.assign(low=frame["estimate"] - 0.02, high=frame["estimate"] + 0.02)
    return released(withhold(frame, hidden), "sets_short", (), language)
