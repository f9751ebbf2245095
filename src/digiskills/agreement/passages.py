"""Agreement of the coders of a study's focus groups."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from digiskills.agreement.codings import Codings, codings
from digiskills.agreement.tables import OF_CODES, USUAL, by_code, coefficients, of_codebook
from digiskills.errors import UsageError, nearest
from digiskills.focus_groups import CONSENSUS, EVERYTHING, FocusGroups

RATED = ("stance", "intensity", "speech", "speaker_level", "about_level", "org_size", "org_role")


def passage_agreement(
    groups: FocusGroups,
    coders: Sequence[str] = ("a", "b"),
    scope: str = EVERYTHING,
    of: str = "code",
    which: Sequence[str] = OF_CODES,
    resamples: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Agreement of coders on each code and on the whole codebook, over the passages they all read.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    coders : sequence of str
        Two coders or more who worked apart; never the consensus, which was made from them.
    scope : str
        Which passages count, as in `FocusGroups.passages`; headings and repeated passages do not.
    of : {"code", "family"}
        Agreement on codes, or on their families.
    which : sequence of str
        Coefficients of each code, as in `by_code`.
    resamples, seed : int
        Resampled passages for the interval, 0 for none.

    Returns
    -------
    DataFrame
        One row per code (or family) and coefficient, then three rows ``all`` for the whole codebook: code,
        coefficient, units (passages), estimate, low, high, reason.

    Raises
    ------
    UsageError
        If a coder is the consensus or unknown, or no passage was read by all.
    """
    given = _codings(groups, coders, scope, of)
    tables = [by_code(given, which, resamples, seed), of_codebook(given, resamples, seed)]
    return _described(pd.concat(tables, ignore_index=True), tables[0], coders, scope)


def rating_agreement(
    groups: FocusGroups,
    field: str,
    coders: Sequence[str] = ("a", "b"),
    scope: str = EVERYTHING,
    which: Sequence[str] = USUAL,
    resamples: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Agreement of coders on one rating of the passages, such as stance or intensity.

    Parameters
    ----------
    groups : FocusGroups
        The coded passages of a study.
    field : str
        ``stance``, ``intensity`` or a descriptor.
    coders : sequence of str
        Two coders or more who worked apart; never the consensus.
    scope : str
        Which passages count, as in `FocusGroups.passages`.
    which : sequence of str
        Coefficients, as in `coefficients`; ``alpha_ordinal`` and ``kappa_linear`` suit the intensity.
    resamples, seed : int
        Resampled passages for the interval, 0 for none.

    Returns
    -------
    DataFrame
        One row per coefficient: field, coefficient, units (passages), estimate, low, high, reason.

    Raises
    ------
    UsageError
        If a coder is the consensus or unknown, or the field is not rated.
    """
    if field not in RATED:
        raise UsageError(f"field: passages are not rated by ‘{field}’; {nearest(field, RATED)}")
    read = _read_by_all(groups, coders, scope)
    rated = read.pivot(index="segment_id", columns="coder", values=field)
    values = None if pd.api.types.is_numeric_dtype(read[field]) else groups.frameworks.values(field)
    table = coefficients(rated, values, which, resamples, seed)
    named = table.assign(field=field)[["field", *table.columns]]
    return _described(named, table, coders, scope)


def _codings(groups: FocusGroups, coders: Sequence[str], scope: str, of: str) -> Codings:
    if of not in ("code", "family"):
        raise UsageError(f"of: agreement is not on ‘{of}’; {nearest(of, ('code', 'family'))}")
    readings = _read_by_all(groups, coders, scope)[["segment_id", "coder"]]
    family = groups.codes[["code", "family"]]
    given = groups.codings.merge(readings, on=["segment_id", "coder"]).merge(family, on="code")
    units = {"segment_id": "unit"}
    known = list(groups.codes[of].unique())
    tidy = given[["segment_id", "coder", of]].rename(columns={**units, of: "code"})
    return codings(tidy, readings.rename(columns=units), known)


def _read_by_all(groups: FocusGroups, coders: Sequence[str], scope: str) -> pd.DataFrame:
    """Return the ratings of the passages that each of the coders rated."""
    _refuse_coders(groups, coders)
    read = pd.concat([groups.passages(scope, coder).assign(coder=coder) for coder in coders], ignore_index=True)
    common = read[read.groupby("segment_id")["coder"].transform("size") == len(coders)]
    if common.empty:
        raise UsageError(f"coders: {' and '.join(coders)} have no passage in common in the scope ‘{scope}’")
    return common


def _refuse_coders(groups: FocusGroups, coders: Sequence[str]) -> None:
    if CONSENSUS in coders:
        raise UsageError(
            "coders: the consensus was made from the coders' own work, so agreement with it says nothing; "
            f"known: {', '.join(name for name in groups.coders if name != CONSENSUS)}"
        )
    if isinstance(coders, str) or len(coders) < 2 or len(set(coders)) < len(coders):
        raise UsageError(f"coders: two different coders or more are needed; given: {coders!r}")


def _described(frame: pd.DataFrame, source: pd.DataFrame, coders: Sequence[str], scope: str) -> pd.DataFrame:
    frame.attrs["method"] = source.attrs["method"] | {"coders": list(coders), "scope": scope}
    return frame
