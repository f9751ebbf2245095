"""The panel's widgets; imported only where it is shown."""

from __future__ import annotations

from typing import Any

import ipywidgets

from digiskills import words
from digiskills.notebook.panel.fields import chosen, labels
from digiskills.notebook.panel.views import Explorer

WIDE = {"width": "28rem"}
Fields = dict[str, ipywidgets.Dropdown]


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
    fields = _fields(explorer)
    others = [field for name, field in fields.items() if name != "language"]
    shown = ipywidgets.HTML()
    code = ipywidgets.Textarea(rows=3, layout={"width": "100%"}, style={"description_width": "12rem"})

    def show(_: Any = None) -> None:
        """Show what the fields say."""
        view = explorer.view(chosen(_values(fields)))
        code.description = words.text("explore.code", fields["language"].value)
        shown.value, code.value = view.html, view.code

    def translate(_: Any) -> None:
        """Give the fields their words in another language; what they say for a moment meanwhile is not shown."""
        for field in others:
            field.unobserve(show, names="value")
        _relabel(fields, explorer)
        for field in others:
            field.observe(show, names="value")
        show()

    show()
    for field in others:
        field.observe(show, names="value")
    fields["language"].observe(translate, names="value")
    return ipywidgets.VBox([ipywidgets.Box(list(fields.values()), layout={"flex_flow": "row wrap"}), shown, code])


def _fields(explorer: Explorer) -> Fields:
    """Return the fields, saying what is shown first."""
    first = explorer.first()
    values = {"about": first.about, **dict(first.groups), "wave": first.wave, "language": first.language}
    return {
        name: ipywidgets.Dropdown(
            options=options, value=values[name], description=label, style={"description_width": "12rem"}, layout=WIDE
        )
        for name, (label, options) in labels(explorer, first.language).items()
    }


def _values(fields: Fields) -> dict[str, str]:
    return {name: str(field.value) for name, field in fields.items()}


def _relabel(fields: Fields, explorer: Explorer) -> None:
    """Give the fields their words in the language that they say, and keep whatever else they say."""
    now = _values(fields)
    for name, (label, options) in labels(explorer, now["language"]).items():
        field = fields[name]
        field.description = label
        if tuple(field.options) != tuple(options):
            field.options = options  # which chooses the first of them
            field.value = now[name]
