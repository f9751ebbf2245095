"""The panel of 00-start-here: choices in, figure, table and line of code out."""

from digiskills.notebook.panel.views import Choice, Explorer, Panel, View, explore

__all__ = ["Choice", "Explorer", "Panel", "View", "explore"]
