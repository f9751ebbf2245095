"""Agreement of coders in one table, ready to be published, and how their disagreements were settled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from digiskills.agreement.passages import RATED, passage_agreement, rating_agreement
from digiskills.agreement.tables import OF_CODES
from digiskills.errors import UsageError
from digiskills.focus_groups import CONSENSUS, EVERYTHING, FocusGroups

COLUMNS = ["code", "family", "coefficient", "n", "estimate", "low", "high", "reason"]
RESAMPLES, SEED = 1000, 20_250_531
OF_RATINGS = ("agreement", "kappa", "ac1", "alpha_nominal")
OF_ORDER = ("agreement", "kappa_linear", "ac2_linear", "alpha_ordinal")
CODES = "codes"
OUTCOMES = ("agreed", "first", "second", "neither", "changed")


def code_agreement(
    groups: FocusGroups,
    coders: Sequence[str] = ("a", "b"),
    scope: str = EVERYTHING,
    which: Sequence[str] = OF_CODES,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Agreement of coders on each code and on all codes of a passage together.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    coders : sequence of str
        Two coders or more who worked apart; never the consensus.
    scope : str
        Which passages count, as in `FocusGroups.passages`.
    which : sequence of str
        Coefficients of each code, as in `by_code`.
    resamples, seed : int
        Resampled passages for the intervals, 0 for none.

    Returns
    -------
    DataFrame
        One row per code and coefficient, in the order of the codebook, then the rows of the code ``all``: code,
        family, coefficient, n (passages), estimate, low, high, reason (why there is no estimate or no
        interval), label_en, label_fr (empty for ``all``). Prevalence, which shows where kappa is low because a code
        is rare, has no interval.

    Raises
    ------
    UsageError
        As `passage_agreement`.
    """
    table = passage_agreement(groups, coders, scope, "code", which, resamples, seed)
    codes = groups.codes.set_index("code")
    named = {name: table["code"].map(codes[name]).fillna("") for name in ("family", "label_en", "label_fr")}
    found = table.rename(columns={"units": "n"}).assign(**named)[[*COLUMNS, "label_en", "label_fr"]]
    # Authors chose these passages: how often a code stands in them is a count, and no estimate of anything beyond.
    counted = found["coefficient"].eq("prevalence")
    found = found.assign(
        **{name: found[name].mask(counted) for name in ("low", "high")},
        reason=found["reason"].mask(counted & found["estimate"].notna(), ""),
    )
    found.attrs["method"] = table.attrs["method"] | {"unit": "passages"}
    return found


def descriptor_agreement(
    groups: FocusGroups,
    coders: Sequence[str] = ("a", "b"),
    scope: str = EVERYTHING,
    fields: Sequence[str] = RATED,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Agreement of coders on what they said of each passage besides its codes: stance, intensity, descriptors.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    coders, scope
        As in `code_agreement`.
    fields : sequence of str
        ``stance``, ``intensity`` and descriptors.
    resamples, seed : int
        As in `code_agreement`.

    Returns
    -------
    DataFrame
        One row per field and coefficient: code (the field), coefficient, n (passages), estimate, low, high,
        reason. The intensity, whose values have an order, has linear weights and an ordinal alpha.

    Raises
    ------
    UsageError
        As `rating_agreement`.
    """
    parts = []
    for field in fields:
        ordered = pd.api.types.is_numeric_dtype(groups.ratings[field]) if field in groups.ratings else False
        which = OF_ORDER if ordered else OF_RATINGS
        parts.append(rating_agreement(groups, field, coders, scope, which, resamples, seed))
    found = pd.concat(parts, ignore_index=True).rename(columns={"field": "code", "units": "n"})
    found = found[[name for name in COLUMNS if name != "family"]]
    found.attrs["method"] = parts[0].attrs["method"] | {"unit": "passages"}
    return found


def settled(groups: FocusGroups, coders: Sequence[str] = ("a", "b"), scope: str = EVERYTHING) -> pd.DataFrame:
    """How the disagreements of two coders were settled.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study, with its consensus.
    coders : sequence of str
        The two coders.
    scope : str
        Which passages count, as in `FocusGroups.passages`.

    Returns
    -------
    DataFrame
        One row per field and outcome: code (``codes``: all codes of a passage; stance, intensity or a
        descriptor), outcome, n (passages), base (passages that both coders and the consensus rated).
        Outcomes: ``agreed`` (the coders agreed and so it stayed), ``first`` and ``second`` (they differed, and
        the consensus is what the first or second coder said), ``neither`` (they differed, and it is something
        else), ``changed`` (they agreed, and it was changed later). The base is their sum.

    Raises
    ------
    UsageError
        If there are not two coders, there is no consensus, or no passage was rated by all.

    Notes
    -----
    Counts, and no measure of agreement: the consensus was made from the coders' own work.
    """
    if isinstance(coders, str) or len(set(coders)) != 2 or CONSENSUS in coders:
        raise UsageError(f"coders: disagreements are settled between two different coders; given: {coders!r}")
    rated = {coder: groups.passages(scope, coder).set_index("segment_id") for coder in (*coders, CONSENSUS)}
    passages = pd.Index(sorted(set.intersection(*(set(table.index) for table in rated.values()))))
    if passages.empty:
        raise UsageError(f"coders: no passage in the scope ‘{scope}’ was rated by both coders and the consensus")
    said = {CODES: [_codes(groups, coder, passages) for coder in rated]}
    said |= {field: [table.loc[passages, field] for table in rated.values()] for field in RATED}
    found = pd.concat([_outcomes(field, *answers) for field, answers in said.items()], ignore_index=True)
    found.attrs["method"] = {"coders": list(coders), "scope": scope, "unit": "passages"}
    return found


def _codes(groups: FocusGroups, coder: str, passages: pd.Index) -> pd.Series:
    """The codes that a coder gave each passage, in one text."""
    given = groups.codings[groups.codings["coder"].eq(coder)].sort_values("code")
    return given.groupby("segment_id")["code"].agg(" ".join).reindex(passages).fillna("")


def _outcomes(field: str, first: pd.Series, second: pd.Series, consensus: pd.Series) -> pd.DataFrame:
    one, other, final = first.to_numpy(), second.to_numpy(), consensus.to_numpy()
    alike = one == other
    conditions = [alike & (final == one), alike, final == one, final == other]
    outcome = np.select(conditions, ["agreed", "changed", "first", "second"], "neither")
    counts = pd.Series(outcome).value_counts().reindex(OUTCOMES, fill_value=0)
    return pd.DataFrame({"code": field, "outcome": OUTCOMES, "n": counts.to_numpy(), "base": len(outcome)})
