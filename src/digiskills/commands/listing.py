"""`list`: the reports, and whether they are fresh."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from digiskills.commands.root import OutputOption, StudyOption, app

if TYPE_CHECKING:
    from digiskills.reports.declared import Report


@app.command("list", epilog="Example: digiskills list --study ontario --json")
def list_reports(
    study: StudyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    output: OutputOption = None,
) -> None:
    """List reports, their parameters, whether they are fresh, and their last run."""
    from digiskills import paths
    from digiskills.reports import declared, freshness, run

    folder = output or paths.reports()
    reports, ledger = declared.reports(study), freshness.read(folder)
    parts = run.parts_of(reports, reports)
    states = {one.key: freshness.state(one, freshness.key(parts[one.key]), ledger, folder) for one in reports}
    rows = [
        {
            "report": one.key,
            "parameters": dict(one.parameters),
            "state": states[one.key],
            "changed": freshness.changed(one, parts[one.key], ledger) if states[one.key] == "stale" else [],
            "last_run": ledger.get(one.key, {}).get("finished", ""),
            "seconds": ledger.get(one.key, {}).get("seconds"),
        }
        for one in reports
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        _table(rows, reports)


def _table(rows: Sequence[dict[str, object]], reports: Sequence[Report]) -> None:
    """Print the reports as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("report", "parameters", "state", "last run", "seconds", box=None)
    for row, report in zip(rows, reports, strict=True):
        scope = ", ".join(f"{name}={value}" for name, value in report.scope.items())
        why = ", ".join(row["changed"])  # type: ignore[arg-type]
        state = f"{row['state']} ({why})" if why else str(row["state"])
        table.add_row(report.key, scope, state, str(row["last_run"]), str(row["seconds"] or ""))
    Console(width=None if sys.stdout.isatty() else 160).print(table)
