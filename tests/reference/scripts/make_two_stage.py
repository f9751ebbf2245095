"""Makes expected/two_stage.json with svy 0.35.0: python scripts/make_two_stage.py in tests/reference."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import svy

RULES = {"adjust": "center", "certainty": "skip"}  # R's names to svy's

survey = pl.read_csv("data/open_survey.csv").with_columns((pl.len().over("office") * 3 + 1).alias("people"))
records = []
for rule, singleton in RULES.items():
    design = svy.Design(
        stratum="region",
        wgt="weight",
        psu="office",
        ssu="id",
        pop_size=svy.PopSize(psu="n_offices", ssu="people"),
        singleton=singleton,
    )
    for item in ("cur", "req", "lacks_time"):
        for by in (None, "level"):
            for estimand in ("mean", "total"):
                found = getattr(svy.Sample(survey, design).estimation, estimand)(item, by=by, drop_nulls=True)
                records += [
                    {
                        "lonely": rule,
                        "variable": item,
                        "estimand": estimand,
                        "level": row.get("level"),
                        "estimate": row["est"],
                        "se": row["se"],
                    }
                    for row in found.to_polars().to_dicts()
                ]
text = json.dumps({"oracle": f"svy {svy.__version__}", "records": records}, indent=1)
Path("expected/two_stage.json").write_text(text + "\n", encoding="utf-8")
