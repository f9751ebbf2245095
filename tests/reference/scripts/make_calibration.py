"""Makes expected/calibration.json with svy 0.35.0: python scripts/make_calibration.py in tests/reference."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import svy

LEVELS = {"head": 90.0, "lead": 210.0, "staff": 430.0}
REGIONS = {"R1": 340.0, "R2": 240.0, "R3": 90.0, "R4": 60.0}
RULES = {"adjust": "center", "certainty": "skip"}  # R's names to svy's

survey = pl.read_csv("data/open_survey.csv")


def weighted(sample: svy.Sample, margins: str) -> svy.Sample:
    """Post-strata of levels, or the linear calibration to levels and regions."""
    if margins == "level":
        return sample.weighting.poststratify(LEVELS, cells="level", wgt_name="calibrated")
    both = {svy.Cat("level"): LEVELS, svy.Cat("region"): REGIONS}
    return sample.weighting.calibrate(controls=both, wgt_name="calibrated")


records, factors = [], {}
for margins in ("level", "level, region"):
    for rule, singleton in RULES.items():
        for population in (None, "n_offices"):
            stages = {} if population is None else {"pop_size": svy.PopSize(psu=population)}
            design = svy.Design(stratum="region", psu="office", wgt="weight", singleton=singleton, **stages)
            sample = weighted(svy.Sample(survey, design), margins)
            factor = pl.col("calibrated") / pl.col("weight")
            factors[margins] = sample.data.group_by("level", "region").agg(factor.mean()).sort("level", "region").rows()
            for item in ("cur", "lacks_time"):
                for by in (None, "region", "level"):
                    for estimand in ("mean", "total"):
                        found = getattr(sample.estimation, estimand)(item, by=by, drop_nulls=True)
                        records += [
                            {
                                "margins": margins,
                                "lonely": rule,
                                "population": population,
                                "item": item,
                                "estimand": estimand,
                                "where": {} if by is None else {by: row[by]},
                                "estimate": row["est"],
                                "se": row["se"],
                            }
                            for row in found.to_polars().to_dicts()
                        ]
# The factor of the weights of each cell, as nothing here makes linear weights.
text = json.dumps({"oracle": f"svy {svy.__version__}", "factors": factors, "records": records}, indent=1)
Path("expected/calibration.json").write_text(text + "\n", encoding="utf-8")
