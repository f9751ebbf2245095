"""By which rule the numbers of each kind of evidence may be shown."""

from __future__ import annotations

from digiskills.study import Study
from digiskills.words.catalogue import text
from digiskills.words.numbers import percent

SURVEY = "survey"


def release_rules(study: Study, language: str) -> list[str]:
    """Return what decides whether a number of a study is shown, in a sentence or two for each kind of its evidence.

    Parameters
    ----------
    study : Study
        Its evidence and rules of release.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    list of str
        One entry per evidence, in the order of the study: a survey by its thresholds, a synthetic one besides as what
        it is; passages by who their attribution describes; published figures by what their publisher shows.
    """
    release = study.release
    values = {"n": release.smallest_group, "departments": release.fewest_clusters}
    found = []
    for name, evidence in study.evidence.items():
        clustered = "" if study.design.cluster or name != SURVEY else ".people"
        key = f"rules.survey{clustered}" if name == SURVEY else f"rules.{evidence.kind}"
        parts = [text(key, language, **values)]
        parts += [text("rules.synthetic", language)] if evidence.kind == "synthetic" else []
        label = evidence.labels[language]
        found.append(text("labelled", language, label=label, value=" ".join(parts)))
    return found


def release_limits(study: Study, language: str) -> dict[str, str]:
    """Return what a study's rules of release say of a survey's numbers, one by one.

    Parameters
    ----------
    study : Study
        Its rules of release.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    dict
        By rule, one sentence each: answers, numerator, clusters, dominance, df, complement, numbers.
    """
    release = study.release
    largest, share = release.dominance
    values: dict[str, dict[str, object]] = {
        "answers": {"n": release.smallest_group},
        "numerator": {"n": release.answers},
        "clusters": {"n": release.fewest_clusters},
        "dominance": {"n": largest, "share": percent(share, language)},
        "df": {"n": release.fewest_df},
        "complement": {"n": release.smallest_group},
        "numbers": {},
    }
    return {name: text(f"release.rule.{name}", language, **value) for name, value in values.items()}
