"""The panel's widgets; imported only where it is shown."""

from __future__ import annotations

from typing import Any

import ipywidgets

from digiskills import words
from digiskills.notebook.panel.fields import chosen, labels
from digiskills.notebook.panel.views import Explorer

WIDE = {"width": "28rem"}


def box(explorer: Explorer) -> ipywidgets.VBox:
    """Return the fields, what they show, and the line of code.

    Parameters
    ----------
    explorer : Explorer
        Gives the views.

    Returns
    -------
    ipywidgets.VBox
        What it shows follows each change of a field.
    """
    first = explorer.first()
    values = {"about": first.about, **dict(first.groups), "wave": first.wave, "language": first.language}
    fields = {
        name: ipywidgets.Dropdown(
            options=options, value=values[name], description=label, style={"description_width": "12rem"}, layout=WIDE
        )
        for name, (label, options) in labels(explorer, first.language).items()
    }
    shown = ipywidgets.HTML()
    code = ipywidgets.Textarea(rows=3, layout={"width": "100%"}, style={"description_width": "12rem"})
    told: dict[str, str] = {}

    def show(_: Any = None) -> None:
        """Show what the fields say; a change of language also changes their words."""
        now = {name: str(field.value) for name, field in fields.items()}
        if now == told:
            return
        if told.get("language") != now["language"]:
            told.update(now)
            _relabel(fields, explorer, now)
            code.description = words.text("explore.code", now["language"])
        told.update(now)
        view = explorer.view(chosen(now))
        shown.value, code.value = view.html, view.code

    show()
    for field in fields.values():
        field.observe(show, names="value")
    return ipywidgets.VBox([ipywidgets.Box(list(fields.values()), layout={"flex_flow": "row wrap"}), shown, code])


def _relabel(fields: dict[str, ipywidgets.Dropdown], explorer: Explorer, now: dict[str, str]) -> None:
    """Give the fields their words in another language and keep what they say."""
    for name, (label, options) in labels(explorer, now["language"]).items():
        field = fields[name]
        field.description = label
        if tuple(field.options) != tuple(options):
            with field.hold_trait_notifications():
                field.options = options
                field.value = now[name]
