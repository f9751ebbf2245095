"""How fast respondents are counted, beside others: `make bench`, or .venv/bin/python bench/answers.py.

Every contender is a process of its own that reads the same simulated respondents from Parquet and gives the mean
and standard error of 40 items in 20 domains; those of other libraries run in bench/.venv (requirements.lock).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
SKILLS = [f"skill{at}" for at in range(9)]
PAIRS = [(f"needed_{skill}", f"held_{skill}") for skill in SKILLS]
ITEMS = [*(name for pair in PAIRS for name in pair), *(f"barrier{at:02d}" for at in range(22))]
ANSWERS = ("1", "2", "3", "4", "5", "dont_know", "skipped")
SIZES, LEVELS = ("micro", "small", "medium", "large", "very_large"), ("executive", "director", "manager", "staff")
CLUSTERS, STRATA = 400, 20
KEYS = ["stratum", "cluster", "size", "level"]
BATCH = 1_000_000
CROSSED = 10_000_000  # from here on every cluster has every cell: 8,000 groups, the hardest case; else 1,600
RUNS = {20_000: 3, 200_000: 3, 1_000_000: 3, 10_000_000: 2}
LIMITS = {"svy": 200_000, "pandas": 1_000_000}  # beyond, minutes or more memory than a laptop has
OURS = ("streamed", "decode")
PEERS = ("svy", "pandas", "duckdb", "polars")


def simulate(respondents: int, folder: Path) -> None:
    """Write the respondents twice: answers as dictionaries for us, scores as int8 with nulls for the others."""
    draw = np.random.default_rng(respondents)
    writers: dict[str, pq.ParquetWriter] = {}
    for start in range(0, respondents, BATCH):
        tables = _tables(draw, min(BATCH, respondents - start), crossed=respondents >= CROSSED)
        for name, table in tables.items():
            if name not in writers:
                writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema)
            writers[name].write_table(table, row_group_size=BATCH // 2)
    for writer in writers.values():
        writer.close()


def _tables(draw: np.random.Generator, rows: int, crossed: bool) -> dict[str, pa.Table]:
    cluster = draw.integers(CLUSTERS, size=rows)
    size = draw.integers(len(SIZES), size=rows) if crossed else cluster // STRATA % len(SIZES)
    keys = {
        "stratum": _words(cluster % STRATA, [f"h{at:02d}" for at in range(STRATA)]),
        "cluster": _words(cluster, [f"d{at:03d}" for at in range(CLUSTERS)]),
        "size": _words(size, SIZES),
        "level": _words(draw.integers(len(LEVELS), size=rows), LEVELS),
        "weight": pa.array(draw.uniform(1, 9, rows)),
    }
    codes = {name: draw.integers(20, size=rows, dtype=np.int8) for name in ITEMS}
    codes = {name: np.where(code < 19, code % 5, 5 + cluster % 2).astype(np.int8) for name, code in codes.items()}
    words = {name: _words(code, ANSWERS) for name, code in codes.items()}
    scores = {name: pa.array(code + np.int8(1), mask=code > 4) for name, code in codes.items()}
    return {"answers": pa.table(keys | words), "scores": pa.table(keys | scores)}


def _words(codes: np.ndarray, words: tuple[str, ...] | list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int16 if len(words) > 127 else np.int8)), list(words)
    )


def errors(sums: pd.DataFrame) -> pd.DataFrame:
    """Means and errors from sums by stratum, cluster and domain: columns `<item>` (w y) and `<item>.w`."""
    value, base = (sums[[f"{item}{part}" for item in ITEMS]].to_numpy(float) for part in ("", ".w"))
    domain = sums.groupby(["size", "level"], observed=True, sort=True).ngroup().to_numpy()
    total, whole = (np.array([part[domain == at].sum(axis=0) for at in range(20)]) for part in (value, base))
    mean = total / whole
    linear = (value - mean[domain] * base) / whole[domain]
    of_stratum = pd.factorize(sums["stratum"], sort=True)[0]
    cell, sampled = domain * STRATA + of_stratum, CLUSTERS // STRATA
    squares, first = (np.zeros((20 * STRATA, len(ITEMS))) for _ in range(2))
    np.add.at(squares, cell, linear**2)
    np.add.at(first, cell, linear)
    spread = (squares - first**2 / sampled) * sampled / (sampled - 1)
    se = np.sqrt(spread.reshape(20, STRATA, -1).sum(axis=1))
    return pd.DataFrame({"estimate": mean.ravel(), "se": se.ravel()})


def run_streamed(folder: Path) -> pd.DataFrame:
    """Ours: n, w and w² of 40 items and 9 gaps, then means of the items."""
    from digiskills import answers, estimates

    counted = answers.count_parquet(folder / "answers.parquet", our_form())
    made = answers.Answers(counted.groups, counted.items, ("size", "level"), None, "adjust", True)
    found = estimates.means(made, ITEMS, ["size", "level"])
    return _ordered(found.assign(item=found["item"].map(ITEMS.index)))


def our_form():
    """What is counted, as a study's codebook would say it."""
    from digiskills import answers
    from digiskills.codebook import Choice, Codebook, Item

    choices = [
        Choice(name, {}, "" if name.isdigit() else name, float(name) if name.isdigit() else None) for name in ANSWERS
    ]
    items = {}
    for name in ITEMS:
        role, _, skill = name.partition("_")
        items[name] = Item(name, "select_one", {}, tuple(choices), role if skill else "barrier", skill)
    categories = dict.fromkeys(ITEMS, ANSWERS)
    cells = (answers.Cells("size", "size", SIZES, SIZES), answers.Cells("level", "level", LEVELS, LEVELS))
    recipes = answers.recipes(Codebook(items), categories)
    return answers.Form(recipes, categories, (), "weight", "stratum", "cluster", cells)


def run_decode(folder: Path) -> None:
    """The limit: the columns as arrow arrays, by as many threads as there are processors; nothing done with them."""
    with pq.ParquetFile(folder / "answers.parquet") as file:
        for batch in file.iter_batches(1 << 19):
            assert batch.num_rows


def run_svy(folder: Path) -> pd.DataFrame:
    """A survey library: 40 items in one call each (in one call for all, it would leave out rows listwise)."""
    import polars as pl
    import svy

    frame = pl.read_parquet(folder / "scores.parquet").with_columns(
        pl.col(ITEMS).cast(pl.Float64), pl.col(KEYS).cast(pl.String)
    )
    sample = svy.Sample(frame, svy.Design(stratum="stratum", psu="cluster", wgt="weight"))
    tables = []
    for at, item in enumerate(ITEMS):
        found = sample.estimation.mean(item, by=["size", "level"], drop_nulls=True).to_polars().to_pandas()
        tables.append(
            found.rename(columns={"est": "estimate"}).assign(item=at)[["size", "level", "item", "estimate", "se"]]
        )
    return _ordered(pd.concat(tables))


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    table = table.astype({"size": pd.CategoricalDtype(SIZES), "level": pd.CategoricalDtype(LEVELS)})
    return table.sort_values(["size", "level", "item"])[["estimate", "se"]]


def run_pandas(folder: Path) -> pd.DataFrame:
    """One group-by of w and w y, wide, then the same formulas."""
    frame = pd.read_parquet(folder / "scores.parquet")
    weight = frame["weight"].to_numpy()
    wide = {item: frame[item].to_numpy(float) * weight for item in ITEMS}
    wide |= {f"{item}.w": np.where(np.isnan(wide[item]), np.nan, weight) for item in ITEMS}
    return errors(pd.DataFrame(wide).groupby([frame[key] for key in KEYS], observed=True).sum().reset_index())


def run_duckdb(folder: Path) -> pd.DataFrame:
    """Its own group-by of n, w, w² and w y of 40 items and 9 gaps, then the same formulas."""
    import duckdb

    gaps = {f"gap{at}": f"({needed} - {held})" for at, (needed, held) in enumerate(PAIRS)}
    asked = {item: item for item in ITEMS} | gaps
    parts = [
        f'count({value}) AS "{name}.n", sum(weight + 0 * {value}) AS "{name}.w", '  # null where the value is
        f'sum(weight * weight + 0 * {value}) AS "{name}.w2", sum(weight * {value}) AS "{name}"'
        for name, value in asked.items()
    ]
    keys = ", ".join(KEYS)
    with duckdb.connect(config={"threads": 2}) as connection:
        query = f"SELECT {keys}, {', '.join(parts)} FROM read_parquet(?) GROUP BY {keys}"
        sums = connection.execute(query, [str(folder / "scores.parquet")]).df()
    return errors(_levels(sums))


def run_polars(folder: Path) -> pd.DataFrame:
    """Its own lazy group-by of the same sums, streaming, then the same formulas."""
    import polars as pl

    asked = {item: pl.col(item) for item in ITEMS}
    asked |= {f"gap{at}": pl.col(needed) - pl.col(held) for at, (needed, held) in enumerate(PAIRS)}
    w, parts = pl.col("weight"), []
    for name, value in asked.items():
        known = pl.when(value.is_not_null()).then(w)
        parts += [value.count().alias(f"{name}.n"), known.sum().alias(f"{name}.w")]
        parts += [(known * w).sum().alias(f"{name}.w2"), (w * value).sum().alias(name)]
    frame = pl.scan_parquet(folder / "scores.parquet").with_columns(pl.col(KEYS).cast(pl.Categorical))
    sums = frame.group_by(KEYS).agg(parts).collect(engine="streaming")
    return errors(_levels(sums.with_columns(pl.col(KEYS).cast(pl.String)).to_pandas()))


def _levels(sums: pd.DataFrame) -> pd.DataFrame:
    sums = sums.astype({"stratum": str, "size": pd.CategoricalDtype(SIZES), "level": pd.CategoricalDtype(LEVELS)})
    return sums.sort_values(KEYS)


CONTENDERS: dict[str, Callable[[Path], pd.DataFrame | None]] = {
    "streamed": run_streamed,
    "decode": run_decode,
    "svy": run_svy,
    "pandas": run_pandas,
    "duckdb": run_duckdb,
    "polars": run_polars,
}
MODULES = {"svy": ["svy"], "polars": ["polars"], "duckdb": ["duckdb"]}


def one(name: str, folder: Path) -> dict[str, float | str]:
    """Run one contender in this process: seconds without imports, most memory with its children, a check sum."""
    imported = ["digiskills.estimates"] if name.startswith("streamed") else MODULES.get(name, [])
    for module in imported:
        __import__(module)
    start = time.perf_counter()
    found = CONTENDERS[name](folder)
    seconds = time.perf_counter() - start
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    position = np.arange(1, 801)
    check = "" if found is None else f"{found['estimate'] @ position:.8g} {found['se'] @ position:.8g}"
    return {"seconds": seconds, "mebibytes": peak, "check": check}


def measure(respondents: int, contenders: list[str], runs: int, peers: Path | None) -> pd.DataFrame:
    """Run contenders in turn, some times over; a row per contender with medians.

    The first of each is for warming up where there are several runs.
    """
    with tempfile.TemporaryDirectory() as folder:
        simulate(respondents, Path(folder))
        asked = [name for name in contenders if respondents <= LIMITS.get(name, respondents)]
        found: dict[str, list[dict]] = {name: [] for name in asked}
        for _ in range(runs):
            for name in asked:
                python = peers if name in PEERS and peers else Path(sys.executable)
                found[name].append(_process(python, name, folder))
    _same([runs[0]["check"] for runs in found.values() if runs[0]["check"]])
    rows = [
        {
            "respondents": respondents,
            "contender": name,
            "seconds": statistics.median(run["seconds"] for run in timed),
            "mebibytes": statistics.median(run["mebibytes"] for run in timed),
            "runs": len(timed),
        }
        for name, timed in found.items()
    ]
    return pd.DataFrame(rows)


def _process(python: Path, name: str, folder: str) -> dict:
    command = [str(python), str(Path(__file__).resolve()), "--one", name, "--folder", folder]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _same(checks: list[str]) -> None:
    numbers = np.array([check.split() for check in checks], dtype=float)
    if not np.allclose(numbers, numbers[0], rtol=1e-6):
        raise SystemExit(f"the contenders disagree: {checks}")


def page(table: pd.DataFrame, peers: Path | None) -> str:
    """The table as Markdown, with ratios to ours, and versions."""
    lines = ["| respondents | contender | seconds | ratio to ours | peak MiB | runs |", "|---|---|---|---|---|---|"]
    for respondents, rows in table.groupby("respondents", sort=False):
        seconds = dict(zip(rows["contender"], rows["seconds"], strict=True))
        for row in rows.itertuples():
            ratio = row.seconds / seconds["streamed"] if "streamed" in seconds else float("nan")
            lines.append(
                f"| {respondents:,} | {row.contender} | {row.seconds:.3f} | {ratio:.2f} | {row.mebibytes:.0f} "
                f"| {row.runs} |"
            )
    return "\n".join(
        [*lines, "", f"Python {platform.python_version()}, {os.cpu_count()} processors; {_versions(peers)}."]
    )


def _versions(peers: Path | None) -> str:
    code = "from importlib.metadata import version as v; print(*(f'{n} {v(n)}' for n in %r), sep=', ')"
    names = ["svy", "duckdb", "polars", "pandas", "numpy", "pyarrow"]
    ours = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "pandas", "pyarrow"))
    if peers is None:
        return f"ours: {ours}"
    theirs = subprocess.run([str(peers), "-c", code % names], capture_output=True, text=True, check=True).stdout.strip()
    return f"ours: {ours}; others: {theirs}"


def peers_python() -> Path:
    """The interpreter of the others' environment, made where it is absent."""
    python = HERE / ".venv" / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(HERE / ".venv")], check=True)
        lock = str(HERE / "requirements.lock")
        subprocess.run(
            [uv, "pip", "install", "-q", "--python", str(python), "--require-hashes", "-r", lock], check=True
        )
    return python


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=CONTENDERS, help="run one contender on files that are there")
    parser.add_argument("--folder", type=Path, help="where the files are")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(RUNS), help="numbers of respondents")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one, given.folder)))
        return
    peers = peers_python()
    tables = []
    for size in given.sizes:
        tables.append(measure(size, [*OURS, *PEERS], RUNS.get(size, 1), peers))
        print(tables[-1].to_string(index=False), flush=True)
    text = page(pd.concat(tables), peers)
    print(text)
    (HERE / "results_answers.md").write_text(f"# Counting respondents\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
