"""What people decided against the rules of release, each with a reason: ``release.csv`` in the study's folder."""

from __future__ import annotations

import pandas as pd

from digiskills.disclosure.relations import Domain, domain
from digiskills.errors import Problem, StudyError
from digiskills.study import Study

FILE = "release.csv"
COLUMNS = ("wave", "group", "action", "reason")
ACTIONS = ("withhold", "keep", "show")


def table(study: Study) -> pd.DataFrame:
    """Return the decisions of a study.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    DataFrame
        One row per decision: wave, group (``dimension=category`` joined by semicolons, empty for everyone), action
        (``withhold`` it, ``keep`` it where a complement is looked for, or ``show`` it against the rules) and reason.

    Raises
    ------
    StudyError
        With every decision that has no reason, or names a wave, group or action that does not exist.
    """
    path = study.folder / FILE
    if not path.is_file():
        return pd.DataFrame(columns=list(COLUMNS), dtype=str)
    found = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(found.columns) != list(COLUMNS):
        raise StudyError([Problem(FILE, 1, None, None, "has other columns", ", ".join(COLUMNS))])
    problems = [problem for row, each in found.iterrows() for problem in _wrong(study, int(str(row)) + 2, each)]
    if problems:
        raise StudyError(problems)
    return found


def read(study: Study, wave: str) -> dict[Domain, str]:
    """Return what was decided for the groups of one wave.

    Parameters
    ----------
    study : Study
        The study.
    wave : str
        Name of the wave.

    Returns
    -------
    dict of Domain to str
        An action for each group.
    """
    found = table(study)
    mine = found[found["wave"].eq(wave)]
    return {group(str(text)): str(action) for text, action in zip(mine["group"], mine["action"], strict=True)}


def group(text: str) -> Domain:
    """Return the group that a decision names.

    Parameters
    ----------
    text : str
        ``dimension=category``, joined by semicolons.

    Returns
    -------
    Domain
        Empty for everyone.
    """
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    return domain({name.strip(): category.strip() for name, _, category in parts})


def _wrong(study: Study, row: int, each: pd.Series) -> list[Problem]:
    known = [wave.name for wave in study.waves]
    wrong = []
    if each["wave"] not in known:
        wrong.append(Problem(FILE, row, "wave", each["wave"], "is no wave", ", ".join(known)))
    for name, category in group(each["group"]):
        names = study.dimensions[name].names if name in study.dimensions else ()
        if category not in names:
            wrong.append(
                Problem(FILE, row, "group", each["group"], "is no group", ", ".join(names or study.dimensions))
            )
    if each["action"] not in ACTIONS:
        wrong.append(Problem(FILE, row, "action", each["action"], "is no action", ", ".join(ACTIONS)))
    if not each["reason"].strip():
        wrong.append(Problem(FILE, row, "reason", each["reason"], "is empty", "why, and who decided"))
    return wrong
