"""A released table in, a drawing out: one function per kind of chart, in one style."""

from digiskills.charts.dots import dots
from digiskills.charts.dumbbell import dumbbell
from digiskills.charts.forest import forest
from digiskills.charts.heatmap import heatmap
from digiskills.charts.house import Drawing
from digiskills.charts.likert import likert
from digiskills.charts.published import published
from digiskills.charts.quadrants import quadrants
from digiskills.charts.ranks import ranks
from digiskills.charts.shares import shares
from digiskills.charts.slope import slope
from digiskills.charts.specification import specification
from digiskills.charts.themes import themes

__all__ = [
    "Drawing",
    "dots",
    "dumbbell",
    "forest",
    "heatmap",
    "likert",
    "published",
    "quadrants",
    "ranks",
    "shares",
    "slope",
    "specification",
    "themes",
]
