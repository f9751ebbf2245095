"""A small survey made of random answers, for tests of counts, estimates and gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from digiskills import study as studies
from digiskills.survey import Survey, from_received

STUDY = """
title.en = "T"
title.fr = "T"
[evidence.survey]
kind = "synthetic"
label.en = "Survey"
label.fr = "Sondage"
[dimensions.department_size]
label.en = "Size"
label.fr = "Taille"
categories = [
  {{ name = "micro", label.en = "Micro", label.fr = "Micro" }},
  {{ name = "small", label.en = "Small", label.fr = "Petit" }},
  {{ name = "large", label.en = "Large", label.fr = "Grand" }},
]
[dimensions.level]
label.en = "Level"
label.fr = "Niveau"
categories = [
  {{ name = "director", label.en = "D", label.fr = "D" }},
  {{ name = "manager", label.en = "M", label.fr = "G" }},
  {{ name = "staff", label.en = "S", label.fr = "P" }},
]
[[waves]]
name = "2025"
date = 2025-05-31
file = "survey.csv"
[design]
weight = "weight"
stratum = "stratum"
{cluster}
lonely_cluster = "adjust"
"""
FORM = """type,name,label_en,label_fr,relevant,role,skill,barrier,reverse
hidden,wave,Wave,Cycle,,wave,,,
hidden,department,Department,Ministère,,cluster,,,
hidden,stratum,Stratum,Strate,,stratum,,,
hidden,weight,Weight,Poids,,weight,,,
hidden,department_size,Size,Taille,,frame,,,
select_one level,level,Level,Niveau,,demographic,,,
select_one proficiency,needed_data,Needed: data,Exigé : données,,needed,data,,
select_one proficiency,needed_design,Needed: design,Exigé : conception,,needed,design,,
select_one proficiency,held_data,Held: data,Possédé : données,,held,data,,
select_one proficiency,held_design,Held: design,Possédé : conception,,held,design,,
select_one agreement,no_time,No time,Pas de temps,,barrier,,capacity,
select_one agreement,good_tools,Good tools,Bons outils,,barrier,,capacity,yes
select_multiple channel,used,Used,Utilisé,,training_used,,,
"""
CHOICES = """list_name,name,label_en,label_fr,missing,score
level,director,Director,Directrice,,
level,manager,Manager,Gestionnaire,,
level,staff,Staff,Personnel,,
level,refused,Prefer not to say,Refus,refused,
proficiency,none,None,Aucun,,1
proficiency,basic,Basic,De base,,2
proficiency,working,Working,Fonctionnel,,3
proficiency,advanced,Advanced,Avancé,,4
proficiency,expert,Expert,Expert,,5
proficiency,dont_know,Don’t know,Ne sait pas,dont_know,
agreement,disagree,Disagree,En désaccord,,1
agreement,neither,Neither,Ni l’un ni l’autre,,2
agreement,agree,Agree,D’accord,,3
agreement,dont_know,Don’t know,Ne sait pas,dont_know,
channel,peers,Peers,Pairs,,
channel,course,Course,Cours,,
channel,dont_know,Don’t know,Ne sait pas,dont_know,
"""
PROFICIENCY = ("none", "basic", "working", "advanced", "expert")
SIZES = ("micro", "small", "large")
ANSWERS = {
    "level": ("director", "manager", "staff", "refused"),
    **dict.fromkeys(("needed_data", "needed_design", "held_data", "held_design"), (*PROFICIENCY, "dont_know", "")),
    **dict.fromkeys(("no_time", "good_tools"), ("disagree", "neither", "agree", "dont_know", "")),
    "used": ("peers", "course", "peers course", "dont_know", ""),
}


def study(folder: Path, clusters: bool = True) -> studies.Study:
    """The declared study; without clusters, respondents were drawn one by one."""
    mine = folder / "data" / "raw" / "mine"
    (mine / "codebook").mkdir(parents=True, exist_ok=True)
    cluster = 'cluster = "department"' if clusters else ""
    (mine / "study.toml").write_text(STUDY.format(cluster=cluster), encoding="utf-8")
    (mine / "codebook" / "survey.csv").write_text(FORM, encoding="utf-8")
    (mine / "codebook" / "choices.csv").write_text(CHOICES, encoding="utf-8")
    return studies.read("mine")


def received(seed: int, respondents: int, clusters: int = 12, strata: int = 3) -> pd.DataFrame:
    """Random answers; a cluster has one size and one stratum, and the last stratum one cluster only."""
    draw = np.random.default_rng(seed)
    department = draw.integers(clusters, size=respondents)
    stratum = np.where(department == clusters - 1, strata, department % strata)
    columns = {
        "wave": np.full(respondents, "2025"),
        "department": [f"d{number:02d}" for number in department],
        "stratum": [f"h{number}" for number in stratum],
        "weight": [f"{weight:.3f}" for weight in draw.uniform(1, 9, respondents)],
        "department_size": [SIZES[number % len(SIZES)] for number in department // 2],
        **{item: draw.choice(answers, respondents) for item, answers in ANSWERS.items()},
    }
    return pd.DataFrame(columns).astype(str)


def survey(declared: studies.Study, table: pd.DataFrame, population: pd.Series | None = None) -> Survey:
    """The typed survey, with the clusters in the population where they are known."""
    typed = from_received(declared, declared.wave(), table)
    return Survey(declared, typed.wave, typed.frame, population)


def scored(typed: Survey) -> pd.DataFrame:
    """One row per respondent with the scores, gaps and dimensions that the estimates from a frame need."""
    items = ("needed_data", "needed_design", "held_data", "held_design", "no_time", "good_tools")
    frame = pd.DataFrame({name: typed.scores(name) for name in items})
    frame["gap:data"] = frame["needed_data"] - frame["held_data"]
    frame["gap:design"] = frame["needed_design"] - frame["held_design"]
    frame["weight"], frame["stratum"] = typed.weight, np.asarray(typed.stratum)
    frame["department"] = np.asarray(typed.frame["department"])
    for name in ("department_size", "level"):
        frame[name] = typed.dimension(name)
    return frame
