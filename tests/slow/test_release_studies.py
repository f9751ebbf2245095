"""Three hundred random studies, small counts everywhere: attacked before protection and after."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import small_survey

from digiskills import answers
from digiskills.disclosure import DeclaredTable, Source
from digiskills.disclosure.kinds import estimate
from digiskills.disclosure.pattern import pattern
from digiskills.disclosure.plan import Rows, waves
from digiskills.disclosure.rules import COMPLEMENTARY
from digiskills.disclosure.told import Told, told
from digiskills.errors import ReleaseError
from digiskills.release import attack

pytestmark = pytest.mark.slow
STUDIES = 300
BY = [(), ("department_size",), ("level",), ("department_size", "level")]
KINDS = [("respondents", ()), ("barrier_side", ("no_time",)), ("shares", ("good_tools",)), ("shortfalls", ("data",))]


def test_the_attack_finds_plenty_before_protection_and_nothing_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(tmp_path))
    study = small_survey.study(tmp_path)
    draw = np.random.default_rng(11)
    before, attacked = 0, 0
    for seed in range(STUDIES):
        survey = small_survey.survey(study, small_survey.received(seed, int(draw.integers(60, 500))))

        def count(wave: str, dimensions: tuple[str, ...], survey=survey):
            return survey, answers.count(survey, dimensions)

        chosen = [by for by in BY if draw.random() < 0.8] or BY
        tables = [
            DeclaredTable(f"01-{kind}-{place}", "mine", "survey", kind, items, by, "2025")
            for kind, items in KINDS
            for place, by in enumerate(chosen)
        ]
        rows = []
        for table in tables:
            frame = estimate(table, study, count)
            rows.append(Rows(table, [], [""] * len(frame), told(frame, Source(table, study, count))))
        for wave in waves(study, rows, count):
            try:
                withheld = pattern(wave)
            except ReleaseError:
                continue
            rules_only = {cell for cell, why in withheld.items() if why != COMPLEMENTARY}
            before += len(attack(wave, _shown(rows, rules_only)))
            left = attack(wave, _shown(rows, set(withheld)))
            assert not left, f"study {seed}: {left[0]}"
            attacked += 1
    sys.stdout.write(f"{attacked} of {STUDIES} studies: {before} leaks by the rules of single cells alone, 0 after\n")
    assert attacked >= STUDIES * 0.9 and before > attacked


def _shown(rows: list[Rows], hidden: set[Told]) -> dict[Told, tuple[str, ...]]:
    """What tables tell when rows with a hidden cell are withheld."""
    found: dict[Told, tuple[str, ...]] = {}
    for each in rows:
        for cells in each.told:
            if not hidden & set(cells):
                found |= dict.fromkeys(cells, (each.table.id,))
    return found
