"""Exhibits as the last build left them: read back, never made anew."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from digiskills import formulas, paths, words
from digiskills import study as studies
from digiskills.codebook import LANGUAGES
from digiskills.disclosure import DeclaredTable, Released
from digiskills.errors import DigiskillsError, UsageError, nearest
from digiskills.paper import drawn
from digiskills.reports import declared, freshness, run
from digiskills.reports.declared import Report
from digiskills.study import Study

PICTURES = (".pdf", ".svg", ".png")


@dataclass(frozen=True)
class Built:
    """One exhibit of a build.

    Parameters
    ----------
    id : str
        Its id.
    about : mapping
        What its JSON file says.
    released : Released
        Its table, as published.
    files : tuple of Path
        All its files.
    sized : mapping of str to bytes
        Its pictures at the size of a journal, by the names of their files; empty for those of its page.
    """

    id: str
    about: Mapping[str, Any]
    released: Released
    files: tuple[Path, ...]
    sized: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def pictures(self) -> tuple[Path, ...]:
        """Its picture files, the one that prints best first; none of a table alone."""
        every = [Path(name) for name in self.sized] or [path for path in self.files if path.stem == self.id]
        found = {path.suffix: path for path in every}
        return tuple(found[suffix] for suffix in PICTURES if suffix in found)

    def picture(self, path: Path) -> bytes:
        """Return the bytes of one of its `pictures`."""
        return self.sized[path.name] if self.sized else path.read_bytes()

    @property
    def banner(self) -> str:
        """What every figure and caption says of its evidence."""
        released = self.released
        if "synthetic" in released.evidence_kinds:
            return words.banner("synthetic", released.study, released.language)
        said = words.text(f"mark.{words.source(released)}", released.language)
        return words.text("exhibit.evidence", released.language, mark=said)

    @property
    def caption(self) -> str:
        """Caption without the title, with the banner."""
        return f"{self.about['caption']} {self.banner}"


@dataclass(frozen=True)
class Build:
    """What a build declares for one study and language, and where its exhibits are.

    Parameters
    ----------
    study : Study
        The study.
    language : str
        ``en`` or ``fr``.
    folder : Path
        Where ``exhibits`` and ``run.json`` are.
    owners : mapping of str to (Report, DeclaredTable)
        By id of an exhibit: the report that publishes it and the table as declared.
    stale : mapping of str to Report
        Reports that are not fresh, by key.
    """

    study: Study
    language: str
    folder: Path
    owners: Mapping[str, tuple[Report, DeclaredTable]]
    stale: Mapping[str, Report]

    @property
    def exhibits(self) -> Path:
        """The folder of its exhibits."""
        return self.folder / "exhibits" / self.study.name / self.language

    def read(self, ids: Iterable[str] | None = None, preset: str = "") -> dict[str, Built]:
        """Return exhibits by id.

        Parameters
        ----------
        ids : iterable of str, optional
            The ones wanted; by default all that are declared and were published.
        preset : str
            Width of their pictures, which are drawn from the published tables: ``single column`` or ``single-column``;
            empty for the pictures of the pages.

        Returns
        -------
        dict of str to Built
            In the order of ``reports.toml``, or in that given.

        Raises
        ------
        UsageError
            If an id is not declared or there is no such preset, suggests the nearest; if a chart cannot be read at
            that width.
        DigiskillsError
            If an exhibit is stale or was never built; names the command that makes it.
        """
        wanted = list(dict.fromkeys(self.owners if ids is None else ids))
        unknown = [name for name in wanted if name not in self.owners]
        if unknown:
            raise UsageError(
                "\n".join(f"there is no exhibit ‘{name}’: {nearest(name, self.owners)}" for name in unknown)
            )
        found = self.published(wanted)
        lost = [] if ids is None else [name for name in wanted if name not in found]
        if lost:
            raise DigiskillsError(f"the last build published no {', '.join(lost)}: its notebook leaves it out")
        return self._sized(found, preset) if preset else found

    def published(self, ids: Iterable[str]) -> dict[str, Built]:
        """Return those of some declared exhibits that were published.

        Parameters
        ----------
        ids : iterable of str
            Declared ids.

        Returns
        -------
        dict of str to Built
            In the order given.

        Raises
        ------
        DigiskillsError
            If one is stale or was never built.
        """
        wanted = list(ids)
        self._refuse_stale(wanted)
        return {name: self._one(name) for name in wanted if (self.exhibits / f"{name}.json").is_file()}

    def _sized(self, found: Mapping[str, Built], preset: str) -> dict[str, Built]:
        """Return exhibits with pictures of another size; those that are tables alone stay as they are."""
        drawn.size(preset)
        sized, refused = {}, []
        for name, one in found.items():
            try:
                sized[name] = dataclasses.replace(one, sized=drawn.pictures(one.about, one.released, preset))
            except UsageError as problem:
                refused.append(f"{name}: {problem}")
        if refused:
            told = "\n".join(refused)
            raise UsageError(f"--preset {preset}: leave these out with --exhibit, or take a wider preset:\n{told}")
        return sized

    def _refuse_stale(self, wanted: Collection[str]) -> None:
        reports = {self.owners[name][0].key: self.owners[name][0] for name in wanted}
        stale = sorted({one.notebook for key, one in reports.items() if key in self.stale})
        if stale:
            which = " ".join(stale) if len(stale) < len({one.notebook for one in reports.values()}) else ""
            command = f"digiskills build {which} --study {self.study.name}".replace("  ", " ")
            raise DigiskillsError(f"not built, or out of date: {', '.join(stale)}. Run: {command}")

    def _one(self, name: str) -> Built:
        about = json.loads((self.exhibits / f"{name}.json").read_text(encoding="utf-8"))
        files = sorted(path for path in self.exhibits.glob(f"{name}.*") if path.is_file())
        return Built(name, about, self._released(name, about), tuple(files))

    def _released(self, name: str, about: Mapping[str, Any]) -> Released:
        """Return the table as published; only what the files do not say comes from its declaration."""
        table = dataclasses.replace(
            self.owners[name][1],
            evidence=about["evidence"],
            kind=about["kind"],
            by=tuple(about["by"]),
            wave=about["wave"],
            where=tuple(about["where"].items()),
        )
        frame = _table(self.exhibits / f"{name}.csv")
        added = [] if table.evidence == "joint" else ["evidence"]
        added += ["wave"] if about["wave"] else []
        frame = frame.drop(columns=[column for column in added if column in frame])
        return Released(frame, table, frozenset(), self.study, self.language, about["method"])


def _table(path: Path) -> pd.DataFrame:
    """Return the table of an exhibit's CSV file: words are text and never null."""
    frame = formulas.unguarded(pd.read_csv(path, keep_default_na=False, na_values=[""]))
    for name in frame:
        if pd.api.types.is_string_dtype(frame[name]) or (frame[name].isna().all() and name in ("withheld", "note")):
            frame[name] = frame[name].astype("str").where(frame[name].notna(), "")
    return frame


def build(study: str | None, language: str, folder: Path | None = None) -> Build:
    """Return what a build holds for a study and a language.

    Parameters
    ----------
    study : str or None
        Its name; the default study of ``reports.toml`` where none is given.
    language : str
        ``en`` or ``fr``.
    folder : Path, optional
        Where ``exhibits`` and ``run.json`` are; ``reports`` by default.

    Returns
    -------
    Build
        Nothing of the exhibits is read yet.

    Raises
    ------
    UsageError
        If there is no such study or language.
    """
    if language not in LANGUAGES:
        raise UsageError(f"--language {language}: {nearest(language, LANGUAGES)}")
    everything = declared.reports(study)
    folder = folder or paths.reports()
    at = studies.read(everything[0].study if everything else str(study))
    own = [one for one in everything if one.language == language and not one.scope]
    parts, ledger = run.parts_of(own, everything), freshness.read(folder)
    keys = {name: freshness.key(found) for name, found in parts.items()}
    stale = {one.key: one for one in own if freshness.state(one, keys[one.key], ledger, folder) != "fresh"}
    owners: dict[str, tuple[Report, DeclaredTable]] = {}
    for one in own:
        ids = {table.id for table in one.tables}
        for table in run.declared_tables(one, at):
            if table.id in ids:
                owners.setdefault(table.id, (one, table))
    return Build(at, language, folder, owners, stale)
