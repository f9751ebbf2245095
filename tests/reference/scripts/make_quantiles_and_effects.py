"""Makes expected/quantiles_and_effects.json with svy 0.35.0: python scripts/make_quantiles_and_effects.py here."""

from __future__ import annotations

import json
import math
from pathlib import Path

import polars as pl
import svy

survey = pl.read_csv("data/open_survey.csv").with_columns((pl.col("weight") * 3 + pl.col("id") % 7).alias("years"))
records = []


def keep(estimand: str, population: str | None, item: str, found: object, **more: float) -> None:
    """One record per row of a result, without its coefficients of variation; null where there is no number."""
    for row in found.to_polars().to_dicts():  # type: ignore[attr-defined]
        kept = {name: row.get(name) for name in ("level", "est", "se", "lci", "uci", "df", "n", "deff")}
        kept = {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in kept.items()}
        if estimand != "beta" or row[item] == 1:
            records.append({"estimand": estimand, "population": population, "item": item} | more | kept)


for population in (None, "n_offices"):
    design = svy.Design(stratum="region", wgt="weight", psu="office", pop_size=population, singleton="center")
    sample = svy.Sample(survey, design)
    for by in (None, "level"):
        for item in ("cur", "req", "years"):
            for p in (0.25, 0.5, 0.75):
                quantile = sample.estimation.quantile(item, p=p, by=by, q_method="higher", drop_nulls=True)
                keep("quantile", population, item, quantile, p=p)
        for item in ("cur", "req", "lacks_time"):
            for against in ("wor", "wr"):
                mean = sample.estimation.mean(item, by=by, deff=against, drop_nulls=True)
                keep(f"deff {against}", population, item, mean)
        share = sample.estimation.prop("lacks_time", by=by, ci_method="beta", drop_nulls=True)
        keep("beta", population, "lacks_time", share)
    for item in ("lacks_time", "cur", "req"):
        f = sample.categorical.tabulate(item, "level", drop_nulls=True).stats.f
        found = {"statistic": f.value, "df": [f.df_num, f.df_den], "p": f.p_value}
        records.append({"estimand": "rao-scott", "population": population, "item": item} | found)
text = json.dumps({"oracle": f"svy {svy.__version__}", "records": records}, indent=1)
Path("expected/quantiles_and_effects.json").write_text(text + "\n", encoding="utf-8")
