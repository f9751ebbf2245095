"""How often 95 % intervals hold the truth, over samples of one synthetic population.

Run by `make test-slow`, or by itself: .venv/bin/python tests/slow/coverage_study.py 1000 prints the tables.

Inference is about the finite population: the truth is what everyone in the population of the wave would give, people
who leave an item out excepted, as they are in the estimates. A sample draws departments, invitations and answers anew.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from digiskills import simulate
from digiskills.answers import barrier_side
from digiskills.codebook import Item
from digiskills.estimates import SurveyDesign

STUDY, WAVE = Path(__file__).parents[2] / "data" / "raw" / "ontario", "2025"
BREAKDOWNS = {
    "all": [],
    "size": ["department_size"],
    "level": ["level"],
    "size x level": ["department_size", "level"],
    "role": ["department_role"],
}
FEWEST_ANSWERS, FEWEST_CLUSTERS = 10, 3  # a table shows no others
NOTED = ("few_df", "lonely", "wide")
DESIGN = ["wave", "department", "department_size", "department_role", "stratum", "level"]


class Population:
    """One wave's people with what is asked of them, and the true value in every domain."""

    def __init__(self) -> None:
        self.truth = simulate.read(STUDY)
        everyone = simulate.population(self.truth)
        everyone = everyone[everyone["wave"] == WAVE].reset_index(drop=True)
        self.columns = self._columns(everyone)
        values = pd.DataFrame({name: column for names in self.columns.values() for name, column in names.items()})
        self.people = pd.concat([everyone[DESIGN], values], axis=1)
        strata = simulate.departments_in_strata(self.truth)
        self.clusters = strata[strata["wave"] == WAVE].set_index("stratum")["departments"]
        heads = simulate.heads_in_departments(everyone, self.truth)
        self.heads = heads.set_index(heads["department"].astype(str))["heads"]
        self.true = pd.concat([self._true(name) for name in BREAKDOWNS], ignore_index=True)

    def _columns(self, everyone: pd.DataFrame) -> dict[str, dict[str, np.ndarray]]:
        book = self.truth.codebook
        scores = {item.name: simulate.scores(everyone[item.name], item) for item in self.truth.asked if _scored(item)}
        gaps = {pair.skill: scores[pair.needed] - scores[pair.held] for pair in book.pairs()}
        barriers = [item for item in self.truth.asked if item.barrier][:9]
        sides = {item.name: everyone[item.name].isin(list(barrier_side(item))) for item in barriers}
        return {
            "mean": {pair.held: scores[pair.held] for pair in book.pairs()},
            "share": {f"short:{skill}": _where_known(gap >= 1, gap) for skill, gap in gaps.items()}
            | {f"barrier:{name}": _where_known(side, scores[name]) for name, side in sides.items()},
            "gap": {f"gap:{skill}": gap for skill, gap in gaps.items()},
        }

    def _true(self, breakdown: str) -> pd.DataFrame:
        by, names = BREAKDOWNS[breakdown], [name for names in self.columns.values() for name in names]
        grouped = self.people.groupby(by or np.zeros(len(self.people)), observed=True)[names].mean()
        found = grouped.stack().rename("true").rename_axis([*(by or ["everyone"]), "item"]).reset_index()
        return pd.DataFrame({"item": found["item"], "domain": _domain(found, by), "true": found["true"]})

    def estimates(self, draw: int) -> pd.DataFrame:
        """One row per item and domain of one sample: estimate, interval, note, and whether the truth is inside."""
        sample = simulate.sample(self.people, self.truth, WAVE, draw)
        sample[["stratum", "department"]] = sample[["stratum", "department"]].astype(str)
        sample["clusters"] = sample["stratum"].map(self.clusters).astype(float)
        sample["heads"] = sample["department"].map(self.heads).astype(float)
        design = SurveyDesign(sample, "weight", "stratum", "department", ("clusters", "heads"))
        parts = []
        for breakdown, by in BREAKDOWNS.items():
            for kind, names in self.columns.items():
                found = design.share(list(names), [1.0], by) if kind == "share" else design.mean(list(names), by)
                found = found[(found["n"] >= FEWEST_ANSWERS) & (found["clusters"] >= FEWEST_CLUSTERS)]
                parts.append(found.assign(breakdown=breakdown, kind=kind, domain=_domain(found, by)))
        rows = pd.concat(parts, ignore_index=True).merge(self.true, on=["item", "domain"], validate="many_to_one")
        rows["covered"] = (rows["low"] <= rows["true"]) & (rows["true"] <= rows["high"])
        wanted = ["breakdown", "kind", "domain", "item", "estimate", "true", "se", "df", "note", "covered"]
        return rows[wanted].assign(draw=draw)


def _scored(item: Item) -> bool:
    return item.kind == "select_one" and any(choice.score is not None for choice in item.choices)


def _where_known(value: np.ndarray | pd.Series, known: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(known), np.nan, np.asarray(value, dtype=float))


def _domain(frame: pd.DataFrame, by: list[str]) -> pd.Series:
    return frame[by].astype(str).agg(" x ".join, axis=1) if by else pd.Series("everyone", frame.index)


_population: list[Population] = []


def _start() -> None:
    _population.append(Population())


def _of_draw(draw: int) -> pd.DataFrame:
    return _population[0].estimates(draw)


def samples(count: int, processes: int = 2) -> pd.DataFrame:
    """Rows of `Population.estimates` over samples 1 to `count`; every process makes the same population."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_start) as pool:
        return pd.concat(pool.map(_of_draw, range(1, count + 1), chunksize=10), ignore_index=True)


def coverage(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Share of intervals with the truth, notes, degrees of freedom, and mean error over the estimates' own spread."""
    grouped = rows.groupby(by, sort=False)
    found = grouped.agg(coverage=("covered", "mean"), df=("df", "median"), rows=("covered", "size"))
    for note in NOTED:
        found[note] = rows["note"].eq(note).groupby([rows[name] for name in by], sort=False).mean()
    each = rows.groupby(list(dict.fromkeys([*by, "domain", "item"])), sort=False)
    ratio = np.sqrt(each["se"].apply(lambda se: (se**2).mean())) / each["estimate"].std()
    found["error"] = ratio.groupby(level=by, sort=False).mean()
    return found


def page(found: pd.DataFrame) -> str:
    """A table for docs/methods.md."""
    lines = ["| " + " | ".join([*found.index.names, *found.columns]) + " |", "|---" * (found.index.nlevels + 7) + "|"]
    for key, row in zip(found.index, found.itertuples(index=False), strict=True):
        names = " | ".join(key if isinstance(key, tuple) else (key,))
        percents = (
            f"{row.coverage:.1%} | {row.df:.0f} | {row.rows:,} | {row.few_df:.0%} | {row.lonely:.0%} | {row.wide:.0%}"
        )
        lines.append(f"| {names} | {percents} | {row.error:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    began = time.perf_counter()
    drawn = samples(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    pages = [page(coverage(drawn, by)) for by in (["breakdown", "kind"], ["breakdown", "domain"])]
    took = f"{drawn['draw'].nunique()} samples, {time.perf_counter() - began:.0f} s\n"
    sys.stdout.write("\n\n".join([*pages, took]))
