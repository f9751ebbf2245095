"""What a reader can derive from everything published, with the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from digiskills.disclosure import protection
from digiskills.disclosure.parts import Part, groups_of, item_of, items_told
from digiskills.disclosure.told import ALL, Told
from digiskills.disclosure.wave import Wave

SMALL = 1e-6


@dataclass(frozen=True)
class Leak:
    """A cell about which a reader learns too much.

    Parameters
    ----------
    cell : Told
        The cell.
    low, high : float
        Smallest and largest value that agrees with everything published.
    sum : str
        The subtraction, where there is one.
    places : tuple of str
        Pages and files that hold its parts.
    """

    cell: Told
    low: float
    high: float
    sum: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        """One line: the arithmetic, the cell, the files."""
        bounds = f"{self.low:g} to {self.high:g}" if self.high > self.low else f"{self.low:g}"
        return f"{self.sum or bounds}, {name_of(self.cell)}; {', '.join(self.places)}"


def name_of(cell: Told) -> str:
    """Return a cell in words.

    Parameters
    ----------
    cell : Told
        The cell.

    Returns
    -------
    str
        Group, item, answers and wave.
    """
    group = " x ".join(f"{name} {category or '(not said)'}" for name, category in cell.domain) or "everyone"
    what = "respondents" if not cell.item else f"{cell.item} ({', '.join(cell.sum)})"
    return f"{what}, {group}, wave {cell.wave}"


def attack(wave: Wave, published: Mapping[Told, tuple[str, ...]]) -> list[Leak]:
    """Return what a reader learns that the rules keep from everyone.

    Parameters
    ----------
    wave : Wave
        The wave, and everything that tables could tell of it.
    published : mapping of Told to tuple of str
        What they do tell, and which files say so.

    Returns
    -------
    list of Leak
        Empty for a safe build.
    """
    part = groups_of(wave)
    hidden = {each.domain: why for each, why in zip(part.cells, part.reasons, strict=True) if why}
    known = {**published, **dict.fromkeys(wave.before, ("an earlier edition",))}
    leaks = _leaks(part, known)
    for name in items_told(wave):
        mine = item_of(wave, name, hidden)
        also = {each._replace(item=name): places for each, places in known.items() if each.sum == (ALL,)}
        leaks += _leaks(mine, {**known, **also})
    return leaks


def _leaks(part: Part, published: Mapping[Told, tuple[str, ...]]) -> list[Leak]:
    """Leaks among cells that share people, those published themselves first."""
    shown = np.array([each in published for each in part.cells])
    direct = [at for at in part.sensitive if shown[at]]
    told = part.relations.values
    found = [Leak(part.cells[at], told[at], told[at], "shown itself", published[part.cells[at]]) for at in direct]
    is_open = ~shown[part.sensitive]
    unsafe = protection.attack(part.relations, shown, part.sensitive[is_open], part.wide[is_open])
    for cell, low, high in unsafe.itertuples(index=False, name=None):
        text, used = _arithmetic(part, shown, int(cell)) if high - low < SMALL else ("", np.flatnonzero(shown))
        places = sorted({place for at in used for place in published[part.cells[at]]})
        found.append(Leak(part.cells[int(cell)], float(low), float(high), text, tuple(places[:4])))
    return found


def _arithmetic(part: Part, shown: np.ndarray, cell: int) -> tuple[str, np.ndarray]:
    """Return the shortest sum of shown cells that gives one, and the cells in it."""
    rows = part.relations.matrix
    alive = part.relations.counts > 0
    places = np.flatnonzero(shown)
    sides = sparse.csr_array(rows[places][:, alive].T)
    target = rows[[cell]].toarray()[0][alive]
    ways = sparse.csr_array(sparse.hstack([sides, -sides]))
    found = optimize.linprog(np.ones(2 * len(places)), A_eq=ways, b_eq=target, bounds=(0, None), method="highs").x
    if found is None:
        return "", places
    much = found[: len(places)] - found[len(places) :]
    used = np.flatnonzero(np.abs(much) > SMALL)
    used = used[np.argsort(-much[used] * part.relations.values[places][used], kind="stable")]
    terms = [(much[at], part.relations.values[places[at]]) for at in used]
    text = "".join(
        f" {'−' if times < 0 else '+'} {'' if abs(abs(times) - 1) < SMALL else f'{abs(times):g} × '}{value:g}"
        for times, value in terms
    )
    return f"{text.removeprefix(' + ').strip()} = {part.relations.values[cell]:g}", places[used]
