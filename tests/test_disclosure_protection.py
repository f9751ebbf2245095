"""What a reader can derive of withheld cells, and the complement that stops it."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digiskills.disclosure import protection
from digiskills.disclosure.relations import Relations, domain, inside, relations

SMALLEST = 10


def crossed(counts: np.ndarray, *, hidden: int = 0) -> tuple[Relations, list[tuple]]:
    """A table of two dimensions with both margins and the total; some people have no category of the second."""
    rows, columns = counts.shape
    cells = [(f"r{row}", f"c{column}", counts[row, column]) for row in range(rows) for column in range(columns)]
    cells += [("r0", "", hidden)] if hidden else []
    groups = pd.DataFrame(cells, columns=["a", "b", "n"])
    domains = [domain({})]
    domains += [domain({"a": f"r{row}"}) for row in range(rows)]
    domains += [domain({"b": f"c{column}"}) for column in range(columns)]
    domains += [domain({"a": f"r{row}", "b": f"c{column}"}) for row in range(rows) for column in range(columns)]
    places = [(place, 0) for place in range(len(domains))]
    return relations(groups[["n"]].to_numpy(float), inside(groups, domains), np.ones((1, 1)), places), domains


def primary(values: np.ndarray) -> np.ndarray:
    return np.flatnonzero((values > 0) & (values < SMALLEST))


def wide(cells: np.ndarray) -> np.ndarray:
    return np.full(len(cells), float(SMALLEST))


def without(values: np.ndarray, cells: np.ndarray) -> np.ndarray:
    return ~np.isin(np.arange(len(values)), cells)


def by_enumeration(counts: np.ndarray, shown: np.ndarray, made: Relations, cell: int) -> tuple[float, float]:
    """Bounds found by trying every table of whole numbers up to the total."""
    values, most = made.values, int(counts.sum())
    found = [
        float((made.matrix @ np.array(world))[cell])
        for world in itertools.product(range(most + 1), repeat=len(made.counts))
        if np.array_equal((made.matrix @ np.array(world))[shown], values[shown])
    ]
    return min(found), max(found)


def test_the_leak_of_blanked_cells_in_a_published_row_is_found_and_cannot_be_produced() -> None:
    # row total 34; a cell of 4 blanked, 30 left: 34 - 30 = 4
    made, names = crossed(np.array([[4, 30], [40, 50]]))
    small = primary(made.values)
    shown = without(made.values, small)
    place = names.index(domain({"a": "r0", "b": "c0"}))
    assert protection.bounds(made, shown, place) == (4, 4)
    added = protection.protect(made, shown, small, wide(small), np.ones(len(shown)))
    low, high = protection.bounds(made, shown & ~added, place)
    assert high - low >= SMALLEST and low <= 4 <= high
    assert made.values[names.index(domain({"a": "r0"}))] == 34, "margins that stay are true, none is recalculated"


def test_people_without_a_category_count_as_what_they_are_an_unknown() -> None:
    exact, names = crossed(np.array([[4, 30]]))
    loose, _ = crossed(np.array([[4, 30]]), hidden=20)
    cell = names.index(domain({"a": "r0", "b": "c0"}))
    columns = [names.index(domain({"b": name})) for name in ("c0", "c1")]
    shown = without(exact.values, np.array([cell, *columns]))
    assert protection.bounds(exact, shown, cell) == (4, 4)
    assert protection.bounds(loose, shown, cell) == (0, 24)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.integers(0, 511))
@settings(max_examples=25, deadline=None)
def test_bounds_are_those_of_every_table_that_could_be(counts: list[int], pattern: int) -> None:
    table = np.array(counts).reshape(2, 2)
    made, names = crossed(table)
    shown = np.array([bool(pattern >> place & 1) for place in range(len(names))])
    shown[0] = True  # a total, so that there is an end to what is tried
    for cell in range(len(names)):
        assert protection.bounds(made, shown, cell) == by_enumeration(table, shown, made, cell)


tables = st.integers(2, 4).flatmap(
    lambda rows: st.integers(2, 4).flatmap(
        lambda columns: st.lists(st.integers(0, 25), min_size=rows * columns, max_size=rows * columns).map(
            lambda counts: np.array(counts).reshape(rows, columns)
        )
    )
)
LEAKS = {"before": 0, "after": 0, "studies": 0}


@given(tables, st.sampled_from([0, 0, 3, 15]))
@settings(max_examples=300, deadline=None)
def test_after_protection_the_attack_finds_nothing(counts: np.ndarray, unnamed: int) -> None:
    made, names = crossed(counts, hidden=unnamed)
    small = primary(made.values)
    shown = without(made.values, small)
    weights = np.array([(1000.0, 30.0, 1.0)[len(name)] for name in names])
    added = protection.protect(made, shown, small, wide(small), weights)
    left = protection.attack(made, shown & ~added, small, wide(small))
    assert left.empty
    assert not added[small].any()
    LEAKS["studies"] += 1
    LEAKS["before"] += len(protection.attack(made, shown, small, wide(small)))


def test_before_protection_it_found_plenty() -> None:
    if LEAKS["studies"] >= 100:  # the studies above, where they ran
        assert LEAKS["before"] > LEAKS["studies"]


def cheapest(made: Relations, shown: np.ndarray, small: np.ndarray) -> int:
    """Fewest cells of any complement, by trying all of them in order of size."""
    others = np.flatnonzero(shown)
    for size in range(len(others) + 1):
        for chosen in itertools.combinations(others, size):
            left = shown.copy()
            left[list(chosen)] = False
            if protection.attack(made, left, small, wide(small)).empty:
                return size
    raise AssertionError("withholding everything protects everything")


def test_the_complement_is_near_the_smallest_there_is() -> None:
    draw = np.random.default_rng(7)
    taken, needed = 0, 0
    for _ in range(12):
        made, _ = crossed(draw.integers(1, 30, (3, 3)))
        small = primary(made.values)
        shown = without(made.values, small)
        taken += int(protection.protect(made, shown, small, wide(small), np.ones(len(shown))).sum())
        needed += cheapest(made, shown, small)
    assert needed > 0 and taken <= 1.3 * needed


def test_a_cell_that_must_stay_stays() -> None:
    made, names = crossed(np.array([[4, 30, 20], [40, 50, 60], [33, 20, 12]]))
    small = primary(made.values)
    shown = without(made.values, small)
    weights = np.ones(len(names))
    kept = names.index(domain({"a": "r0", "b": "c1"}))
    weights[kept] = np.inf
    added = protection.protect(made, shown, small, wide(small), weights)
    assert not added[kept] and protection.attack(made, shown & ~added, small, wide(small)).empty


def test_the_same_cells_go_each_time() -> None:
    made, names = crossed(np.random.default_rng(3).integers(1, 40, (4, 4)))
    small = primary(made.values)
    given_ = (made, without(made.values, small), small, wide(small), np.ones(len(names)))
    np.testing.assert_array_equal(protection.protect(*given_), protection.protect(*given_))


def test_a_mean_beside_all_but_two_shares_gives_them_both() -> None:
    # 1 to 5; answers 1 and 2 are withheld, but the shares add up and so do the scores
    counts = np.array([[3.0, 4.0, 20.0, 30.0, 40.0]])
    groups = pd.DataFrame({"n": [97]})
    sums = np.vstack([np.eye(5), np.ones(5), np.arange(1, 6)])
    made = relations(counts, inside(groups, [domain({})]), sums, [(0, row) for row in range(7)])
    shown = np.array([False, False, True, True, True, True, True])
    assert protection.bounds(made, shown, 0) == pytest.approx((3, 3))
    shown[6] = False
    assert protection.bounds(made, shown, 0) == pytest.approx((0, 7))
