"""How `make docs` makes pages of the documents and of the docstrings; nothing is fetched from elsewhere."""

from importlib.metadata import version as installed

project = "digiskills"
author = "digiskills"
release = installed("digiskills")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "numpydoc"]
exclude_patterns = ["_build", "paper"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}

# Headings of every page can be linked to, as on the pages of a forge.
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath"]
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
