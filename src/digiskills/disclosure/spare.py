"""Tables of a default set that go where a headline would have to: the finest, and no more than needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from digiskills.disclosure.told import ALL, ANSWERED, Told
from digiskills.disclosure.wave import Wave

HEADLINES = (ALL, ANSWERED)
Ids = frozenset[str]


class Spare:
    """Tables that nobody declared for this very study, and which of them had to go.

    Parameters
    ----------
    tables : iterable of (frozenset of str, frozenset of Told)
        For each survey table of a build, the ids under which it was declared and all that it tells.
    may_go : frozenset of str
        Ids that may be left out; a table goes only with all of its ids.
    """

    def __init__(self, tables: Iterable[tuple[Ids, frozenset[Told]]] = (), may_go: Iterable[str] = frozenset()) -> None:
        self.tables = tuple(tables)
        self.may_go = frozenset(may_go)
        self.gone: Ids = frozenset()

    def left(self, wave: Wave, gone: Ids | None = None) -> Wave:
        """Return a wave as the tables tell it that are left.

        Parameters
        ----------
        wave : Wave
            A wave and everything told of it.
        gone : frozenset of str, optional
            Ids of the tables that are left out; those that had to go by default.

        Returns
        -------
        Wave
            What an earlier edition told stays told, whatever becomes of its table.
        """
        away = self.gone if gone is None else gone
        if not away:
            return wave
        kept = {cell for ids, cells in self.tables if not ids <= away for cell in cells}
        return replace(wave, told=tuple(each for each in wave.told if each in kept or each in wave.before))

    def relieve(self, wave: Wave, item: str, is_met: Callable[[Wave], bool]) -> Wave:
        """Return a wave without the tables that have to go so that a rule is met, and note which these are.

        Parameters
        ----------
        wave : Wave
            A wave of which the rule cannot be met without a headline's loss.
        item : str
            Whose headline it is; empty for respondents.
        is_met : callable
            Tells whether the rule is met in a wave.

        Returns
        -------
        Wave
            The given one where no table may go, or where that is not enough. A table is not left out where nothing
            else tells the headline: then that would go after all.
        """
        found: list[Ids] = []
        for ids in self._finest(wave, item):
            more = frozenset().union(*found, ids)
            if _tells_headline(self.left(wave, self.gone | more), item):
                found.append(ids)
                if is_met(self.left(wave, self.gone | more)):
                    self.gone |= self._needed(wave, found, is_met)
                    return self.left(wave)
        return wave

    def _needed(self, wave: Wave, found: Sequence[Ids], is_met: Callable[[Wave], bool]) -> Ids:
        """Return which of the tables found have to go: the last one, and of the others those that do not do without."""
        needed = [found[-1]]
        if is_met(self.left(wave, self.gone | found[-1])):
            return found[-1]
        for place in range(len(found) - 2, -1, -1):
            without = frozenset().union(*found[:place], *needed)
            if not is_met(self.left(wave, self.gone | without)):
                needed.append(found[place])
        return frozenset().union(*needed)

    def _finest(self, wave: Wave, item: str) -> Iterator[Ids]:
        """Yield the ids of tables that may go, the table with most cells of the item first."""
        cells = {
            ids: {_what(cell, item) for other, told in self.tables if other <= ids for cell in told if _is(cell, wave)}
            for ids, _ in self.tables
            if ids <= self.may_go and not ids <= self.gone
        }
        mine = {ids: {each for each in found if each is not None} for ids, found in cells.items()}
        several = [ids for ids, found in mine.items() if len(found) > 1]
        yield from sorted(several, key=lambda ids: (-len(mine[ids]), sorted(ids)))


def _is(cell: Told, wave: Wave) -> bool:
    return cell.wave == wave.name


def _what(cell: Told, item: str) -> object:
    """Return what a cell is among those of an item, or among groups of respondents; None for another item's."""
    if not item:
        return cell.domain
    return cell if cell.item == item else None


def _tells_headline(wave: Wave, item: str) -> bool:
    """Tell whether tables still tell how many people there are, or answered an item."""
    return any(not each.domain and (not item or (each.item == item and each.sum[0] in HEADLINES)) for each in wave.told)
