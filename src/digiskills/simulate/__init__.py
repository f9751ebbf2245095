"""A synthetic survey made from a declared truth, so that it can be known what an estimate should find."""

from digiskills.simulate.departments import departments, people
from digiskills.simulate.estimands import scores, true_barrier_sides, true_shares, true_shortfalls
from digiskills.simulate.population import population
from digiskills.simulate.reading import read
from digiskills.simulate.received import departments_in_strata, heads, heads_in_departments, received, write
from digiskills.simulate.sample import rake, sample, sampled_departments
from digiskills.simulate.truth import Truth, smaller

__all__ = [
    "Truth",
    "departments",
    "departments_in_strata",
    "heads",
    "heads_in_departments",
    "people",
    "population",
    "rake",
    "read",
    "received",
    "sample",
    "sampled_departments",
    "scores",
    "smaller",
    "true_barrier_sides",
    "true_shares",
    "true_shortfalls",
    "write",
]
