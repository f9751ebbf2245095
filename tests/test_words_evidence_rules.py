"""What every page says of when a number may be shown, for each kind of evidence."""

from __future__ import annotations

import dataclasses

import pytest

from digiskills import study as studies
from digiskills import words


@pytest.mark.parametrize(
    ("language", "people", "synthetic", "public"),
    [
        (
            "en",
            "at least 20 answers from at least 4 departments",
            "Nobody was asked",
            "figures that others have published",
        ),
        ("fr", "au moins 20 réponses provenant d’au moins 4 ministères", "Personne n’a été interrogé", "déjà publiés"),
    ],
)
def test_each_evidence_has_its_rule(language: str, people: str, synthetic: str, public: str) -> None:
    study = studies.read("ontario")
    strict = dataclasses.replace(study.release, smallest_group=20, fewest_clusters=4)
    survey, passages, published = words.release_rules(dataclasses.replace(study, release=strict), language)
    assert people in survey and synthetic in survey and "20" in passages and public in published
    assert survey.startswith(study.evidence["survey"].labels[language])


def test_a_survey_of_people_drawn_one_by_one_speaks_of_no_departments_and_is_not_called_synthetic() -> None:
    (rule,) = words.release_rules(studies.read("wa-eps-2015"), "en")
    assert "at least 10 answers;" in rule and "departments" not in rule and "Nobody" not in rule
