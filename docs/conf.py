"""How `make docs` makes pages of the documents and of the docstrings; nothing is fetched from elsewhere."""

from importlib.metadata import version as installed
from pathlib import Path

from bs4 import BeautifulSoup

project = "digiskills"
author = "digiskills"
release = installed("digiskills")
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build", "paper"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}

# Headings of every page can be linked to, as on the pages of a forge.
myst_heading_anchors = 4
# Links to files outside docs/ are for readers of the repository; here they stay words.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]  # blocks of MyST have no lexer

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc's Parameters say the types in words
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "furo"
html_title = "digiskills"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_permalinks = False  # shown to the mouse alone; the contents lead to every heading
html_static_path = ["_static"]
html_css_files = ["reading.css"]

# What the theme leaves to be said or reached by keyboard: landmarks of one kind, and boxes that scroll by themselves.
LANDMARKS = {"aside.sidebar-drawer": "Documents", "aside.toc-drawer": "On this page"}
SCROLLING = "pre, .table-wrapper"


def make_reachable(app, failed):
    """Finish the pages that were built: names for landmarks, Tab for boxes that scroll, no heading without words."""
    for page in [] if failed else sorted(Path(app.outdir).rglob("*.html")):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for selector, label in LANDMARKS.items():
            for landmark in soup.select(selector):
                landmark["aria-label"] = label
        for box in soup.select(SCROLLING):
            box["tabindex"] = "0"
        for head in soup.select("th"):
            if not head.get_text(strip=True):
                head.name = "td"
        page.write_text(str(soup), encoding="utf-8")


def setup(app):
    """Say when pages are finished."""
    app.connect("build-finished", make_reachable)
