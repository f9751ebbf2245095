"""Tables of coefficients: one row per code and coefficient."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from digiskills.agreement import coders, krippendorff
from digiskills.agreement.code_sets import code_sets
from digiskills.agreement.codings import Codings
from digiskills.agreement.patterns import Patterns, method, of_frame, patterns, row
from digiskills.errors import UsageError, nearest

Estimator = Callable[[Patterns, np.ndarray], np.ndarray]
WHOLE_CODEBOOK = "all"
COEFFICIENTS: Mapping[str, Estimator] = {
    "agreement": coders.agreement,
    "kappa": coders.kappa,
    "kappa_linear": partial(coders.kappa, kind="linear"),
    "kappa_quadratic": partial(coders.kappa, kind="quadratic"),
    "fleiss": coders.fleiss,
    "ac1": coders.ac,
    "ac2_linear": partial(coders.ac, kind="linear"),
    "ac2_quadratic": partial(coders.ac, kind="quadratic"),
    **{f"alpha_{level}": partial(krippendorff.alpha, level=level) for level in krippendorff.LEVELS},
}
USUAL = ("agreement", "kappa", "fleiss", "alpha_nominal", "ac1")
OF_CODES = ("prevalence", "agreement", "kappa", "alpha_nominal", "ac1")
OF_SETS = ("agreement", "alpha_jaccard", "alpha_masi")
_ORDERED = ("linear", "quadratic", "ordinal")
_NUMBERS = ("interval", "ratio")
COLUMNS = ["coefficient", "units", "estimate", "low", "high", "reason"]


def coefficients(
    ratings: pd.DataFrame,
    values: Sequence[object] | None = None,
    which: Sequence[str] = USUAL,
    resamples: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Agreement of coders who each gave a unit one value.

    Parameters
    ----------
    ratings : DataFrame
        One row per unit, one column per coder; null where a coder gave nothing.
    values : sequence, optional
        Every value that could be given, in order; by default those that were, sorted. AC1 and AC2 depend on
        how many there are; words need their order for a coefficient with ranks.
    which : sequence of str
        ``agreement``, ``kappa``, ``kappa_linear``, ``kappa_quadratic``, ``fleiss``, ``ac1``, ``ac2_linear``,
        ``ac2_quadratic``, ``alpha_nominal``, ``alpha_ordinal``, ``alpha_interval``, ``alpha_ratio``.
    resamples : int
        Samples of the units for the interval; 0 for none.
    seed : int
        Seed of the resampling.

    Returns
    -------
    DataFrame
        One row per coefficient: coefficient, units (with two codings or more), estimate, low, high, reason.
        The estimate is NaN where it is undefined and the reason says why; `attrs["method"]["reasons"]` has the
        words. ``agreement`` is no correction for chance and is defined for constant codes.

    Raises
    ------
    UsageError
        If a coefficient does not exist or the values do not suit it.

    Notes
    -----
    Formulas stand with each coefficient in `coders` and `krippendorff`. Partial credit is by the numbers
    themselves, or by position for words. Intervals resample units, which counts them as drawn one by one.
    """
    _refuse_unknown(which, COEFFICIENTS)
    _refuse_resamples(resamples)
    coded, numeric = of_frame(ratings, values)
    _refuse_unsuited(which, coded, numeric, values is not None)
    frame = pd.DataFrame([_row(name, coded, resamples, seed) for name in which], columns=COLUMNS)
    frame.attrs["method"] = method(resamples, seed)
    return frame


def by_code(codings: Codings, which: Sequence[str] = OF_CODES, resamples: int = 0, seed: int = 0) -> pd.DataFrame:
    """Agreement on each code, given or not given.

    Parameters
    ----------
    codings : Codings
        Which codes each coder gave each unit; see `codings`.
    which : sequence of str
        ``prevalence`` (share of codings that give the code) and the coefficients of `coefficients`.
    resamples, seed : int
        As in `coefficients`.

    Returns
    -------
    DataFrame
        One row per code and coefficient: code, coefficient, units, estimate, low, high, reason.

    Raises
    ------
    UsageError
        If a coefficient does not exist.
    """
    known = {"prevalence": coders.prevalence, **COEFFICIENTS}
    _refuse_unknown(which, known)
    _refuse_resamples(resamples)
    rows = []
    for number, code in enumerate(codings.codes):
        given = np.where(codings.read, codings.chosen[:, :, number].astype(np.int64), -1)
        coded = patterns(given, np.array([0.0, 1.0]))
        rows += [{"code": code} | _row(name, coded, resamples, seed, known) for name in which]
    frame = pd.DataFrame(rows, columns=["code", *COLUMNS])
    frame.attrs["method"] = method(resamples, seed)
    return frame


def of_codebook(codings: Codings, resamples: int = 0, seed: int = 0) -> pd.DataFrame:
    """Agreement on all codes of a unit together.

    Parameters
    ----------
    codings : Codings
        Which codes each coder gave each unit; see `codings`.
    resamples, seed : int
        As in `coefficients`.

    Returns
    -------
    DataFrame
        Three rows, code ``all``: ``agreement`` (exactly the same codes), ``alpha_jaccard``, ``alpha_masi``;
        columns as in `by_code`.

    Notes
    -----
    A coder who read a unit and gave no code gave the empty set, which is a value like others.
    """
    _refuse_resamples(resamples)
    sets = code_sets(codings.chosen, codings.read)
    estimators: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "agreement": sets.agreement,
        "alpha_jaccard": partial(sets.alpha, distance="jaccard"),
        "alpha_masi": partial(sets.alpha, distance="masi"),
    }
    rows: list[dict[str, object]] = []
    for name, estimator in estimators.items():
        estimate = row(estimator, sets.units.times, resamples, seed)
        rows.append({"code": WHOLE_CODEBOOK} | _explained(name, sets.units, estimate))
    frame = pd.DataFrame(rows, columns=["code", *COLUMNS])
    frame.attrs["method"] = method(resamples, seed)
    return frame


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """Coefficients of each code beside one another, so that the paradox of kappa is seen.

    Parameters
    ----------
    table : DataFrame
        As `by_code` returns it.

    Returns
    -------
    DataFrame
        One row per code: code, units, one column per coefficient, and reason. Rarest codes first where the
        prevalence is there: on a rare code coders can agree nearly always and kappa still be low, because both
        say no by chance so often; AC1 expects less of chance.

    Notes
    -----
    Feinstein and Cicchetti (1990), Journal of Clinical Epidemiology 43, 543-549.
    """
    wide = table.pivot(index="code", columns="coefficient", values="estimate")
    wide = wide[list(dict.fromkeys(table["coefficient"]))]
    about = table.groupby("code", sort=False).agg(units=("units", "first"), reason=("reason", _first_reason))
    joined = about[["units"]].join(wide).join(about["reason"]).reset_index()
    joined.columns.name = None
    return joined.sort_values("prevalence", kind="stable", ignore_index=True) if "prevalence" in joined else joined


def _first_reason(reasons: pd.Series) -> str:
    return next((str(reason) for reason in reasons if reason), "")


def _row(
    name: str, coded: Patterns, resamples: int, seed: int, known: Mapping[str, Estimator] = COEFFICIENTS
) -> dict[str, object]:
    return _explained(name, coded, row(partial(known[name], coded), coded.times, resamples, seed))


def _explained(name: str, coded: Patterns, estimate: dict[str, object]) -> dict[str, object]:
    """Return a row that says why its estimate is undefined, where it is."""
    undefined = np.isnan(float(str(estimate["estimate"])))
    reason = _why(name, coded) if undefined else estimate["reason"]
    return {"coefficient": name, "units": coded.units, **estimate, "reason": reason}


def _why(name: str, coded: Patterns) -> str:
    if name.startswith("kappa") and coded.codes.shape[1] != 2:
        return "not_two_coders"
    return "constant" if coded.units else "no_common_units"


def _refuse_unknown(which: Sequence[str], known: Mapping[str, object]) -> None:
    for name in which:
        if name not in known:
            raise UsageError(f"which: there is no coefficient ‘{name}’; {nearest(name, known)}")


def _refuse_resamples(resamples: int) -> None:
    if resamples < 0:
        raise UsageError(f"resamples: {resamples} given; 0 for no interval, 1000 or more for one")


def _refuse_unsuited(which: Sequence[str], coded: Patterns, numeric: bool, ordered: bool) -> None:
    for name in which:
        kind = name.rpartition("_")[2]
        if kind in _NUMBERS and not numeric:
            raise UsageError(f"which: ‘{name}’ needs numbers, and the values are words; alpha_ordinal takes words")
        if kind in _ORDERED and not (numeric or ordered):
            raise UsageError(f"which: ‘{name}’ needs the order of the words: give them as values, lowest first")
        if kind == "ratio" and (coded.scores < 0).any():
            raise UsageError(f"which: ‘{name}’ needs numbers from 0 up; {coded.scores.min():g} is among the values")
