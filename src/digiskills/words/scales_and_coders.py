"""Sentences on the reliability of scales and the agreement of coders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from digiskills.words.captions import withheld_count
from digiskills.words.catalogue import text
from digiskills.words.coefficients import IN_PERCENT, about_coders, coefficient_label, groups_compared, undefined_label
from digiskills.words.findings import quoted, say, withheld_sentences
from digiskills.words.labels import rows
from digiskills.words.measures import form, row_form
from digiskills.words.numbers import interval, join, number, percent
from digiskills.words.parts import short, value_words

if TYPE_CHECKING:
    from digiskills.disclosure import Released

WHOLE = "all"
ALIKE, RARE, APART = 0.9, 0.1, 0.1  # of the paradox: agreement from, prevalence to, AC1 less kappa from
NEGLIGIBLE = ("", "negligible")
DIFFERED = ("first", "second", "neither")


def findings_reliability(released: Released) -> list[str]:
    """Return sentences on how reliable scales are.

    Parameters
    ----------
    released : Released
        Kind ``reliability``.

    Returns
    -------
    list of str
        For each coefficient the lowest and the highest scale with their intervals; which scales have none and
        why; what the coefficients do not allow for; what is withheld.
    """
    frame = _shown(released)
    if frame.empty:
        return _nothing(released)
    ranges = [_range(released, cells) for _, cells in frame.groupby("coefficient", sort=False)]
    found = [sentence for sentence in ranges if sentence]
    return [*found, *_undefined(released), say(released, "reliability.caution"), *withheld_sentences(released)]


def findings_equivalence(released: Released) -> list[str]:
    """Return sentences on whether questions work alike in different groups.

    Parameters
    ----------
    released : Released
        Kind ``equivalence``, of one test for each question.

    Returns
    -------
    list of str
        The questions whose difference is more than negligible, the largest first, or that there is none; for
        which the test could not be made; what is withheld.
    """
    frame, language = _shown(released), released.language
    if frame.empty:
        return _nothing(released)
    labels = join([_unlike_entry(released, row) for _, row in _unlike(frame).iterrows()], language)
    failed = [
        say(
            released,
            "equivalence.undefined" if len(cells) < len(frame) else "equivalence.undefined_all",
            labels=_labels(released, cells),
            reason=undefined_label(str(why), language),
        )
        for why, cells in frame[frame["value"].isna()].groupby("reason", sort=False)
    ]
    if frame["value"].isna().all():
        return [*failed, *withheld_sentences(released)]
    tested = number(int(frame["value"].notna().sum()), language)
    key = "equivalence.some" if labels else "equivalence.none"
    return [
        say(released, key, labels=labels, all=tested, groups=groups_compared(released)),
        *failed,
        *withheld_sentences(released),
    ]


def findings_coders(released: Released) -> list[str]:
    """Return sentences on how far coders agree.

    Parameters
    ----------
    released : Released
        Kind ``coder_agreement``.

    Returns
    -------
    list of str
        In how many passages they gave the same codes; kappa's lowest and highest; the rare code on which kappa is
        farthest below AC1; what is undefined and why; what the study says of its coders, such as that their
        agreement is likely higher than people would reach.
    """
    frame = _shown(released)
    if frame.empty:
        return _nothing(released)
    codes = frame[frame["code"].ne(WHOLE)]
    whole = frame[frame["code"].eq(WHOLE) & frame["coefficient"].eq("agreement")]
    found = [_same_codes(released, row) for _, row in whole.dropna(subset="value").iterrows()]
    wanted = [name for name in ("kappa", "agreement") if name in set(codes["coefficient"])][:1]
    found += [_range(released, codes[codes["coefficient"].eq(name)]) for name in wanted]
    found += [_paradox(released, codes), *_undefined(released), about_coders(released)]
    return [sentence for sentence in found if sentence] + withheld_sentences(released)


def findings_settled(released: Released) -> list[str]:
    """Return sentences on how the disagreements of coders were settled.

    Parameters
    ----------
    released : Released
        Kind ``settled``.

    Returns
    -------
    list of str
        For each field on which they differed, in how many passages and how that was settled; that this measures
        no agreement.
    """
    frame, language = _shown(released), released.language
    if frame.empty:
        return _nothing(released)
    found = []
    for field, cells in frame.groupby("item_label", sort=False):
        if not cells.loc[cells["outcome"].ne("agreed"), "value"].sum():
            continue
        counts = cells.set_index("outcome")["value"]
        places = {name: number(counts.get(name, 0), language) for name in (*DIFFERED, "changed")}
        differed = number(counts.reindex(DIFFERED).sum(), language)
        places |= {"field": quoted(released, str(field)), "base": number(cells["base"].iloc[0], language)}
        found.append(say(released, "settled.differed", count=differed, **places))
    return [*found, say(released, "settled.caution")]


def reliability_highlights(released: Released, most: int) -> list[str]:
    """Return for each coefficient its lowest and highest row, and how many rows have no estimate."""
    frame, language = _shown(released), released.language
    frame = frame[frame["code"].ne(WHOLE)] if "code" in frame else frame
    found = []
    for name, cells in frame.dropna(subset="value").groupby("coefficient", sort=False):
        ends = _ends(cells)
        places = {which: value_words(released, row) for which, row in ends.items()}
        places |= {f"{which}_label": short(_about(row)) for which, row in ends.items()}
        coefficient = coefficient_label(released.kind, str(name), language)
        found.append(text("alt.coefficient", language, coefficient=coefficient, **places))
    missing, every = int(frame["value"].isna().sum()), number(len(frame), language)
    gone = [text("alt.undefined", language, count=number(missing, language), all=every)] if missing else []
    return found[:most] + gone


def equivalence_highlights(released: Released, most: int) -> list[str]:
    """Return how many questions differ more than negligibly between groups, and the largest difference."""
    frame, language = _shown(released).dropna(subset="value"), released.language
    if frame.empty:
        return []
    largest = _ends(frame)["high"]
    places = {"label": short(str(largest["item_label"])), "value": form("equivalence")(largest["value"], language)}
    count, every = number(len(_unlike(frame)), language), number(len(frame), language)
    return [text("alt.equivalence", language, count=count, all=every, **places)][:most]


def settled_highlights(released: Released, most: int) -> list[str]:
    """Return in how many passages the coders agreed on the codes."""
    frame, language = _shown(released), released.language
    agreed = frame[frame["code"].eq("codes") & frame["outcome"].isin(["agreed", "changed"])]
    if agreed.empty:
        return []
    base, count = (number(value, language) for value in (agreed["base"].iloc[0], agreed["value"].sum()))
    return [text("alt.settled", language, agreed=count, base=base)][:most]


def _nothing(released: Released) -> list[str]:
    found = say(released, "withheld.everything" if withheld_count(released) else "nothing")
    return [found, *withheld_sentences(released)]


def _shown(released: Released) -> pd.DataFrame:
    """Return the rows that are not withheld, undefined ones among them."""
    frame = rows(released)
    return frame[frame["withheld"].eq("")].reset_index(drop=True)


def _about(row: pd.Series) -> str:
    """Return what a row of coefficients is about: its scale or code and its group."""
    parts = (str(row[name]).removesuffix(".") for name in ("item_label", "group_label"))
    return ", ".join(part for part in parts if part)


def _labels(released: Released, frame: pd.DataFrame) -> str:
    labels = dict.fromkeys(_about(row) for _, row in frame.iterrows())
    return join([quoted(released, label) for label in labels], released.language)


def _ends(cells: pd.DataFrame) -> dict[str, pd.Series]:
    values = cells["value"].to_numpy(dtype=float)
    return {"low": cells.iloc[int(values.argmin())], "high": cells.iloc[int(values.argmax())]}


def _with_interval(released: Released, row: pd.Series) -> str:
    """Return a number with its interval in brackets, where it has one."""
    language, write = released.language, row_form(released, row)
    value = write(row["value"], language)
    if pd.isna(row["low"]):
        return value
    return text("change", language, change=value, interval=interval(row["low"], row["high"], language, write))


def _range(released: Released, cells: pd.DataFrame) -> str:
    """Return the sentence on the lowest and highest row of one coefficient; empty where it has no estimate."""
    defined = cells.dropna(subset="value")
    if defined.empty:
        return ""
    ends = _ends(defined)
    places = {which: _with_interval(released, row) for which, row in ends.items()}
    places |= {f"{which}_label": quoted(released, _about(row)) for which, row in ends.items()}
    name = _coefficient(released, str(defined["coefficient"].iloc[0]))
    key = "reliability.single" if len(defined) == 1 else "reliability.range"
    return say(released, key, coefficient=name, **places)


def _undefined(released: Released) -> list[str]:
    """Return for each reason the rows without an estimate; coefficients that lack the same rows stand together."""
    frame, language = _shown(released), released.language
    gone = frame[frame["value"].isna() & frame["reason"].ne("")]
    together: dict[tuple[str, str], list[str]] = {}
    for (name, why), cells in gone.groupby(["coefficient", "reason"], sort=False):
        together.setdefault((str(why), _labels(released, cells)), []).append(_coefficient(released, str(name)))
    return [
        say(
            released,
            "reliability.undefined",
            coefficient=join(names, language),
            labels=labels,
            reason=undefined_label(why, language),
        )
        for (why, labels), names in together.items()
    ]


def _coefficient(released: Released, name: str) -> str:
    return quoted(released, coefficient_label(released.kind, name, released.language))


def _unlike(frame: pd.DataFrame) -> pd.DataFrame:
    differing = frame[~frame["size"].isin(NEGLIGIBLE) & frame["value"].notna()]
    return differing.sort_values("value", ascending=False, kind="stable")


def _unlike_entry(released: Released, row: pd.Series) -> str:
    language = released.language
    size, value = text(f"size.{row['size']}", language).lower(), form("equivalence")(row["value"], language)
    return text("equivalence.entry", language, label=quoted(released, str(row["item_label"])), size=size, value=value)


def _same_codes(released: Released, row: pd.Series) -> str:
    places = {"value": percent(row["value"], released.language), "n": number(row["n"], released.language)}
    if pd.isna(row["low"]):
        return say(released, "coders.codes.plain", **places)
    ends = interval(row["low"], row["high"], released.language, percent)
    return say(released, "coders.codes", interval=ends, **places)


def _paradox(released: Released, codes: pd.DataFrame) -> str:
    """Return the sentence on the rare code whose kappa is farthest below AC1; empty where there is none."""
    wide = codes.pivot(index="item_label", columns="coefficient", values="value")
    if not {"agreement", "prevalence", "kappa", "ac1"} <= set(wide.columns):
        return ""
    rare = wide[wide["agreement"].ge(ALIKE) & wide["prevalence"].le(RARE) & (wide["ac1"] - wide["kappa"]).ge(APART)]
    if rare.empty:
        return ""
    label = str((rare["ac1"] - rare["kappa"]).idxmax())
    language, write = released.language, form(released.kind)
    kappa = codes[codes["item_label"].eq(label) & codes["coefficient"].eq("kappa")].iloc[0]
    places = {name: percent(float(rare[name][label]), language) for name in IN_PERCENT}
    places |= {name: write(float(rare[name][label]), language) for name in ("kappa", "ac1")}
    bounded = pd.notna(kappa["low"])
    ends = interval(kappa["low"], kappa["high"], language, write) if bounded else text("coders.no_interval", language)
    return say(released, "coders.paradox", label=quoted(released, label), interval=ends, **places)
