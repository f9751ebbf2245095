"""The standard job: a small checkout with one notebook, a survey in Parquet, and as many scopes as are asked for."""

from __future__ import annotations

import html
import itertools
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

NOTEBOOK = Path(__file__).with_name("standard.ipynb")
SIZES, LEVELS = ("micro", "small", "large"), ("executive", "director", "manager", "staff")
RESPONDENTS, ITEMS = 20_000, 40
STUDY = """title.en = "The standard job"
title.fr = "La tâche étalon"
[evidence.survey]
kind = "synthetic"
label.en = "Survey"
label.fr = "Sondage"
[release]
smallest_group = 10
"""
DIMENSION = '[dimensions.{name}]\nlabel.en = "{name}"\nlabel.fr = "{name}"\ncategories = [\n{categories}]\n'
CATEGORY = '  {{ name = "{name}", label.en = "{name}", label.fr = "{name}" }},\n'
LABELS = "label::English (en),label::French (fr)"

Scope = dict[str, str]


def scopes(count: int = len(SIZES) * len(LEVELS), sizes: Sequence[str] = SIZES) -> list[Scope]:
    """Return department size and level of each report."""
    pairs = itertools.islice(itertools.product(sizes, LEVELS), count)
    return [{"department_size": size, "level": level} for size, level in pairs]


def survey(seed: int = 1) -> pd.DataFrame:
    """Return one row per respondent: size, level, weight, and 40 answers of 1 to 5, one in 25 missing."""
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(RESPONDENTS, 1))
    latent = 0.7 * common + draw.normal(size=(RESPONDENTS, ITEMS)) + np.linspace(-0.5, 0.5, ITEMS)
    answers = np.digitize(latent, [-1.2, -0.4, 0.4, 1.2]) + 1.0
    answers[draw.random(answers.shape) < 0.04] = np.nan
    frame = pd.DataFrame(answers, columns=[f"item{at:02d}" for at in range(ITEMS)])
    frame.insert(0, "weight", draw.uniform(1, 9, RESPONDENTS))
    frame.insert(0, "level", draw.choice(LEVELS, RESPONDENTS))
    frame.insert(0, "department_size", draw.choice(SIZES, RESPONDENTS))
    return frame


def work(folder: Path, wanted: Sequence[Scope]) -> None:
    """Write what the other tools need into an empty folder."""
    shutil.copy(NOTEBOOK, folder)
    survey().to_parquet(folder / "survey.parquet")
    (folder / "scopes.json").write_text(json.dumps(list(wanted)), encoding="utf-8")


def site(folder: Path, wanted: Sequence[Scope], languages: Sequence[str] = ("en",), brief: bool = False) -> None:
    """Write a checkout for `digiskills build` into an empty folder.

    Parameters
    ----------
    folder : Path
        Its root.
    wanted : sequence of dict
        Of the reports, in each language.
    languages : sequence of str
        Of the pages.
    brief : bool
        With a notebook of two cells in place of the standard one.
    """
    study, notebooks = folder / "data/raw/standard", folder / "notebooks"
    (study / "codebook").mkdir(parents=True)
    notebooks.mkdir()
    named = {name: list(dict.fromkeys(scope[name] for scope in wanted)) for name in ("department_size", "level")}
    (study / "study.toml").write_text(STUDY + "".join(_dimension(*one) for one in named.items()), encoding="utf-8")
    items = "".join(f"select_one scale,{role}_data,D,D,,{role},data\n" for role in ("needed", "held"))
    (study / "codebook/survey.csv").write_text(f"type,name,{LABELS},relevant,role,skill\n{items}", encoding="utf-8")
    (study / "codebook/choices.csv").write_text(f"list_name,name,{LABELS}\nscale,low,L,F\n", encoding="utf-8")
    matrix = ", ".join("{ " + ", ".join(f'{name} = "{at}"' for name, at in one.items()) + " }" for one in wanted)
    told = f'study = "standard"\n[[report]]\nnotebook = "standard"\nlanguages = {list(languages)}\n'
    (notebooks / "reports.toml").write_text(f"{told}matrix = [ {matrix} ]\n", encoding="utf-8")
    if brief:
        _write_brief(notebooks / NOTEBOOK.name)
    else:
        work(notebooks, wanted)


def _dimension(name: str, categories: Sequence[str]) -> str:
    return DIMENSION.format(name=name, categories="".join(CATEGORY.format(name=one) for one in categories))


def _write_brief(path: Path) -> None:
    """Write the notebook down to its title, its parameters, and one small table."""
    given = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in given["cells"] if cell["cell_type"] == "code"]
    titles = [cell for cell in given["cells"] if cell["cell_type"] == "markdown"][:2]
    show = {**code[2], "id": "show", "source": [*code[2]["source"], '\nshow(f"<p>{department_size}, {level}</p>")']}
    given["cells"] = [*titles, code[0], code[1], show]
    path.write_text(json.dumps(given), encoding="utf-8")


def shown(page: Path) -> str:
    """Return the words and numbers of the table on a page, by which pages of several tools are compared."""
    found = re.search(r'<table id="T_tests".*?</table>', page.read_text(encoding="utf-8"), re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found[0])).split()) if found else ""
