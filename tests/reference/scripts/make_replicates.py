"""Makes expected/replicates.json with svy 0.35.0: python scripts/make_replicates.py in tests/reference."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import svy

# One replicate per office: its weights times `kept`, the others' times `raised`.
survey = pl.read_csv("data/open_survey.csv")
offices = sorted(survey["office"].unique())
count = len(offices)
jackknife = {"kept": 0.0, "raised": count / (count - 1)}
halves = {"kept": 0.7, "raised": 1.3}
METHODS = [
    ("JK1", None, jackknife, svy.JackknifeWgts(prefix="r", n_reps=count, kind="jk1")),
    ("BRR", None, halves, svy.BrrWgts(prefix="r", n_reps=count)),
    ("Fay", 0.3, halves, svy.BrrWgts(prefix="r", n_reps=count, fay_coef=0.3)),
    ("bootstrap", None, halves, svy.BootstrapWgts(prefix="r", n_reps=count)),
    ("successive-difference", None, halves, svy.SdrWgts(prefix="r", n_reps=count)),
]

records = []
for method, rho, factor, weights in METHODS:
    columns = [
        (pl.col("weight") * pl.when(pl.col("office") == office).then(factor["kept"]).otherwise(factor["raised"])).alias(
            f"r{at}"
        )
        for at, office in enumerate(offices, start=1)
    ]
    sample = svy.Sample(survey.with_columns(columns), svy.Design(wgt="weight", rep_wgts=weights))
    for item in ("cur", "lacks_time"):
        for by in (None, "level"):
            for estimand in ("mean", "total"):
                found = getattr(sample.estimation, estimand)(item, by=by, drop_nulls=True, method="replication")
                records += [
                    {
                        "method": method,
                        "variable": item,
                        "estimand": estimand,
                        "level": row.get("level"),
                        "rho": rho,
                        **factor,
                        "estimate": row["est"],
                        "se": row["se"],
                    }
                    for row in found.to_polars().to_dicts()
                ]
text = json.dumps({"oracle": f"svy {svy.__version__}", "records": records}, indent=1)
Path("expected/replicates.json").write_text(text + "\n", encoding="utf-8")
