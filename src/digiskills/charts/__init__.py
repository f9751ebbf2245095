"""A released table in, a drawing out: one function per kind of chart, in one style."""

from digiskills.charts.dots import dots
from digiskills.charts.dumbbell import dumbbell
from digiskills.charts.heatmap import heatmap
from digiskills.charts.house import Drawing
from digiskills.charts.likert import likert
from digiskills.charts.published import published
from digiskills.charts.shares import shares
from digiskills.charts.themes import themes

__all__ = ["Drawing", "dots", "dumbbell", "heatmap", "likert", "published", "shares", "themes"]
