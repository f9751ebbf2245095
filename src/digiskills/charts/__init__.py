"""A released table in, a drawing out: one function per kind of chart, in one style."""

from digiskills.charts.apart import apart
from digiskills.charts.coefficients import coefficients
from digiskills.charts.cooccurrence import cooccurrence, network
from digiskills.charts.differences import differences
from digiskills.charts.dots import dots
from digiskills.charts.dumbbell import dumbbell
from digiskills.charts.forest import forest
from digiskills.charts.heatmap import heatmap
from digiskills.charts.house import Drawing, preset
from digiskills.charts.likert import likert
from digiskills.charts.multiples import multiples
from digiskills.charts.needed import detectable, needed
from digiskills.charts.published import published
from digiskills.charts.quadrants import quadrants
from digiskills.charts.ranks import ranks
from digiskills.charts.saturation import saturation
from digiskills.charts.shares import shares
from digiskills.charts.slope import slope
from digiskills.charts.specification import specification
from digiskills.charts.themes import themes
from digiskills.charts.upset import upset

__all__ = [
    "Drawing",
    "apart",
    "coefficients",
    "cooccurrence",
    "detectable",
    "differences",
    "dots",
    "dumbbell",
    "forest",
    "heatmap",
    "likert",
    "multiples",
    "needed",
    "network",
    "preset",
    "published",
    "quadrants",
    "ranks",
    "saturation",
    "shares",
    "slope",
    "specification",
    "themes",
    "upset",
]
