"""A checkout in miniature for the tests of reports: one study without a survey, notebooks of a few cells."""

from __future__ import annotations

from pathlib import Path

import nbformat

STUDY = """
title.en = "A tiny study"
title.fr = "Une toute petite étude"
[evidence.published]
kind = "published"
label.en = "Published"
label.fr = "Publié"
[evidence.survey]
kind = "synthetic"
label.en = "Survey"
label.fr = "Sondage"
[dimensions.department_size]
label.en = "Department size"
label.fr = "Taille du ministère"
categories = [
  { name = "small", label.en = "Small", label.fr = "Petit" },
  { name = "large", label.en = "Large", label.fr = "Grand" },
]
[dimensions.level]
label.en = "Level"
label.fr = "Niveau"
categories = [{ name = "staff", label.en = "Staff", label.fr = "Personnel" }]
[release]
smallest_group = 10
"""
PARAMETERS = """study: str = "tiny"  # whose data
language: str = "en"  # en or fr
department_size: str = "all"  # one size, or all
level: str = "all"  # one level, or all
smallest_group: int = 10  # may only be raised"""
TITLES = ("# Who is short?\nOne question.", "# Qui manque de quoi?\nUne question.")


def notebook(*code: str, parameters: str = PARAMETERS, titles: tuple[str, str] = TITLES) -> nbformat.NotebookNode:
    """Return a notebook: titles in two languages, parameters, then one cell per source."""
    cells = [
        nbformat.v4.new_markdown_cell(titles[0], metadata={"tags": ["en"]}),
        nbformat.v4.new_markdown_cell(titles[1], metadata={"tags": ["fr"]}),
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(source) for source in code),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def site(root: Path, declared: str, **notebooks: nbformat.NotebookNode) -> Path:
    """Write study, ``reports.toml`` and notebooks (``n01_ok`` is ``01-ok.ipynb``); return the root."""
    study = root / "data" / "raw" / "tiny"
    (study / "codebook").mkdir(parents=True)
    (study / "study.toml").write_text(STUDY, encoding="utf-8")
    labels = "label::English (en),label::French (fr)"
    items = "".join(f"select_one scale,{role}_data,D,D,,{role},data\n" for role in ("needed", "held"))
    header = f"type,name,{labels},relevant,role,skill\n"
    (study / "codebook" / "survey.csv").write_text(header + items, encoding="utf-8")
    (study / "codebook" / "choices.csv").write_text(f"list_name,name,{labels}\nscale,low,L,F\n", encoding="utf-8")
    folder = root / "notebooks"
    folder.mkdir()
    (folder / "reports.toml").write_text(f'study = "tiny"\n{declared}', encoding="utf-8")
    for name, node in notebooks.items():
        nbformat.write(node, folder / f"{name.removeprefix('n').replace('_', '-')}.ipynb")
    return root


def declare(*names: str, more: str = "") -> str:
    """Return the text of ``reports.toml`` for notebooks run with their defaults."""
    return "".join(f'[[report]]\nnotebook = "{name}"\n{more}\n' for name in names)
