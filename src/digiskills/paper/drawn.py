"""Pictures of exhibits at the widths of journals, drawn from the published tables alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digiskills import charts
from digiskills.charts import house, render
from digiskills.disclosure import Released
from digiskills.errors import UsageError, nearest

MEASURED = ("dots", "heatmap", "ranks")
"""Charts that are told which measure of a table they show."""
ORIGIN = ("study", "language", "wave", "evidence_kind", "parameters", "data_digest", "code_version")


def size(preset: str) -> str:
    """Return the name of a preset as house style has it.

    Parameters
    ----------
    preset : str
        Such as ``single column`` or ``single-column``.

    Returns
    -------
    str
        A key of `digiskills.charts.house.PRESETS`.

    Raises
    ------
    UsageError
        If there is no such preset.
    """
    wanted = preset.strip().lower().replace("-", " ")
    if wanted not in house.PRESETS:
        raise UsageError(f"--preset {preset}: {nearest(wanted, house.PRESETS)}")
    return wanted


def pictures(about: Mapping[str, Any], released: Released, preset: str) -> dict[str, bytes]:
    """Return the picture files of a published exhibit at a preset.

    Parameters
    ----------
    about : mapping
        What its JSON file says; ``chart`` names the function that drew it.
    released : Released
        Its table, as published.
    preset : str
        As for `size`.

    Returns
    -------
    dict of str to bytes
        By the name of the file, ``<id>.<preset>.<suffix>``; the same for the same exhibit, none of a table alone.

    Raises
    ------
    UsageError
        If the chart cannot be read at that width.
    """
    name, chart = size(preset), str(about.get("chart", ""))
    if not chart:
        return {}
    measures = list(released.frame["measure"].unique()) if "measure" in released.frame else []
    given = measures[:1] if chart in MEASURED and len(measures) == 1 else []
    with charts.preset(name):
        shown = getattr(charts, chart)(released, *given)
        said = render.Said(
            about["id"], about["title"], about["alt_text"], {key: about[key] for key in ORIGIN} | {"preset": name}
        )
        made = render.pictures(shown, said)
    stem = f"{about['id']}.{name.replace(' ', '-')}"
    return {f"{stem}{suffix}": content for suffix, content in made.items()}
