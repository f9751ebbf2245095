"""New themes session by session, and all themes so far."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from digiskills import words
from digiskills.charts import colours, house
from digiskills.disclosure import Released

HEIGHT = 2.6  # inches of the panel
MOST_NUMBERS = 20  # sessions whose numbers can still be read


def saturation(released: Released) -> house.Drawing:
    """Return bars of new themes by session, with all themes so far and those expected over all orders as lines.

    Parameters
    ----------
    released : Released
        Kind ``saturation``, by ``session``: session, new, n, expected.

    Returns
    -------
    Drawing
        Sessions from left to right in their order.
    """
    frame, language = released.frame, released.language
    house.refuse_nothing(frame)
    with house.style():
        figure, (axes,) = house.start(HEIGHT)
        places = range(len(frame))
        axes.bar(places, frame["new"], 0.6, color=colours.tint(colours.CAPACITY, 0.45), linewidth=0, zorder=2)
        axes.plot(places, frame["expected"], "--", color=colours.QUIET, linewidth=1.2, zorder=3)
        axes.plot(
            places, frame["n"], "-o", color=colours.CULTURE, markersize=4.5, linewidth=1.4, zorder=4, clip_on=False
        )
        if len(frame) <= MOST_NUMBERS:
            for place, new, so_far in zip(places, frame["new"], frame["n"], strict=True):
                _number(axes, place, float(so_far), words.number(so_far, language), 6)
                if new and new < so_far:
                    _number(axes, place, float(new), words.number(new, language), 2)
        step = -(-len(frame) // MOST_NUMBERS)
        axes.set_xticks(places[::step], [str(name) for name in frame["session"][::step]])
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.set_xlim(-0.6, len(frame) - 0.4)
        axes.set_ylim(0, float(frame["n"].max()) * 1.15 or 1)
        axes.grid(visible=False, axis="x")
        axes.grid(visible=True, axis="y")
        axes.set_xlabel(words.text("column.session", language))
        return house.finish(figure, released, "saturation", [words.text("note.saturation", language)])


def _number(axes: Axes, place: int, height: float, label: str, above: float) -> None:
    axes.annotate(
        label,
        (place, height),
        xytext=(0, above),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=house.NOTE,
        zorder=5,
    )
