"""Declared tables of what changed: right numbers, both waves' counts, clear refusals."""

import pytest

from digiskills import answers, estimates, survey
from digiskills import study as studies
from digiskills.answers import barrier_side
from digiskills.disclosure import DeclaredTable, estimate, release
from digiskills.errors import UsageError
from digiskills.estimates import Estimand

SKILLS = DeclaredTable("", "ontario", "survey", "changes", ("skills",), (), "2025")


@pytest.fixture(scope="module")
def ontario() -> studies.Study:
    return studies.read("ontario")


@pytest.fixture(scope="module")
def count(ontario: studies.Study):
    waves = {name: survey.read(ontario, name) for name in ("2023", "2025")}
    return lambda wave, dimensions: (waves[wave], answers.count(waves[wave], dimensions))


def table(items: tuple[str, ...], wave: str = "2025", **more: object) -> DeclaredTable:
    return DeclaredTable("", "ontario", "survey", "changes", items, (), wave, **more)


def test_a_barrier_changes_as_the_two_waves_say_and_each_keeps_its_answers(ontario, count) -> None:
    item = next(item for item in ontario.codebook.items.values() if item.role == "barrier")
    found = estimate(table((item.name,)), ontario, count).iloc[0]
    waves = [count(wave, ())[1] for wave in ("2023", "2025")]
    each = [estimates.shares(wave, [item.name], of={item.name: barrier_side(item)}).iloc[0] for wave in waves]
    assert found["before"] == pytest.approx(each[0]["estimate"])
    assert found["after"] == pytest.approx(each[1]["estimate"])
    assert found["estimate"] == pytest.approx(each[1]["estimate"] - each[0]["estimate"])
    assert (found["n_before"], found["n"]) == (each[0]["n"], each[1]["n"])
    # departments in both waves make the change surer than two waves of other departments would
    assert 0 < found["se"] < (each[0]["se"] ** 2 + each[1]["se"] ** 2) ** 0.5


def test_skills_are_compared_by_their_share_short(ontario, count) -> None:
    found = estimate(SKILLS, ontario, count)
    assert found["item"].tolist() == [f"gap:{pair.skill}" for pair in ontario.codebook.pairs()]
    assert found.attrs["method"]["measure"] == "short_by_one"
    assert found.attrs["method"]["waves"] == ("2023", "2025")
    short = Estimand("short", "gap:data_analysis", ("1", "2", "3", "4"))
    whole = estimates.joint(count("2025", ())[1], [short]).frame["estimate"][0]
    assert found.set_index("item").loc["gap:data_analysis", "after"] == pytest.approx(whole)


def test_a_scope_limits_both_waves(ontario, count) -> None:
    scoped = table(("skills",), where=(("level", "executive"),))
    frame = estimate(scoped, ontario, count)
    everyone = estimate(SKILLS, ontario, count)
    assert (frame["n"] < everyone["n"]).all() and (frame["n_before"] < everyone["n_before"]).all()
    raised = release(frame, scoped, ontario, plan=None, language="en", smallest_group=int(frame["n_before"].max()) + 1)
    assert raised.frame["withheld"].eq("few_answers").all()


def test_means_stand_for_other_items_and_mixtures_are_refused(ontario, count) -> None:
    assert estimate(table(("held",)), ontario, count).attrs["method"]["measure"] == "levels"
    with pytest.raises(UsageError, match="declare two"):
        estimate(table(("held", "barrier")), ontario, count)


def test_the_first_wave_has_none_before_it(ontario, count) -> None:
    with pytest.raises(UsageError, match="2023 is the first one"):
        estimate(table(("skills",), "2023"), ontario, count)
