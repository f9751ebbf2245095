"""Compares a manuscript with the present build: what no longer exists, what has changed, what cannot be checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from digiskills.charts.house import PRESETS
from digiskills.errors import UsageError, nearest
from digiskills.paper import built as builds
from digiskills.paper import docx, drawn, manuscript, numbers
from digiskills.paper.built import Build, Built
from digiskills.paper.bundle import MANIFEST, digest, manifest
from digiskills.paper.manuscript import Manuscript, Picture, Said
from digiskills.paper.numbers import Numbers

MOST_FOLDERS = 500
SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_LATEX = {r"\%": "%", "~": " ", r"\,": " ", r"\ensuremath{-}": "-", "$-$": "-", r"\ensuremath{<}": "<", "$<$": "<"}
_LATEX |= {"&nbsp;": " ", "--": "–"}


@dataclass(frozen=True)
class Finding:
    """One thing in a manuscript that is not as the present build has it.

    Parameters
    ----------
    place : str
        Where in the manuscript.
    message : str
        What is wrong, and what would do.
    """

    place: str
    message: str

    def __str__(self) -> str:
        """Place and message in one line."""
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Parameters
    ----------
    findings : tuple of Finding
        Empty where all is as the present build has it.
    numbers, figures : int
        How many were compared.
    others : int
        Pictures that are no exhibits.
    notes : tuple of str
        What could not be checked.
    """

    findings: tuple[Finding, ...]
    numbers: int
    figures: int
    others: int
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """How much was compared and how much of it is out of date, in one line."""
        compared = f"{_counted(self.numbers, 'number')} and {_counted(self.figures, 'figure')} compared"
        others = f", {_counted(self.others, 'other picture')} not" if self.others else ""
        return f"{compared}{others}: {len(self.findings) or 'nothing'} out of date"


@dataclass(frozen=True)
class _Known:
    """What a manuscript is compared with: the bundle that its author has, and the present build."""

    build: Build
    built: Mapping[str, Built]
    now: Numbers
    before: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, str] = field(default_factory=dict)


def check(
    path: Path,
    study: str | None = None,
    language: str | None = None,
    bundle: Path | None = None,
    reports: Path | None = None,
) -> Checked:
    """Compare a manuscript with the present build.

    Parameters
    ----------
    path : Path
        ``.tex``, ``.md``, ``.qmd`` or ``.docx``; it is only read.
    study, language : str, optional
        Those of the bundle by default; without a bundle the default study, in English.
    bundle : Path, optional
        The folder of its bundle; looked for beside the manuscript by default.
    reports : Path, optional
        Where the build wrote; ``reports`` by default.

    Returns
    -------
    Checked
        What is out of date.

    Raises
    ------
    UsageError
        If a file, a study or a language does not exist, or several bundles could be meant.
    DigiskillsError
        If the manuscript cannot be read, or exhibits that it names are not built or out of date.
    """
    manuscript.contents(path)
    bundle = _bundle_given(bundle) if bundle else _bundle_of(path)
    said = docx.read(path) if path.suffix.lower() == ".docx" else manuscript.read(path, bundle)
    about = manifest(bundle) if bundle else {}
    language = language or str(about.get("language", "en"))
    build = builds.build(study or about.get("study"), language, reports)
    known = _known(said, build, bundle)
    findings = [found for one in said.numbers for found in _number(one, known)]
    figures = [one for one in said.pictures if _exhibit_of(one, known)]
    findings += [found for one in figures for found in _figure(one, known)]
    return Checked(
        tuple(findings), len(said.numbers), len(figures), len(said.pictures) - len(figures), _notes(said, bundle)
    )


def plain(text: str) -> str:
    """Return a number as typed, whatever the signs that an author's program needs or likes.

    Parameters
    ----------
    text : str
        As typed in LaTeX, Markdown or Word.

    Returns
    -------
    str
        Without escapes; one kind of space and of minus.
    """
    for sign, meant in _LATEX.items():
        text = text.replace(sign, meant)
    text = re.sub(f"[{SPACES}\\s]+", " ", text.replace("\\", "").replace("{", "").replace("}", ""))
    return text.replace("\N{MINUS SIGN}", "-").strip()


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _bundle_given(folder: Path) -> Path:
    if not manifest(folder):
        raise UsageError(f"{folder} is no bundle: it has no {MANIFEST} of digiskills paper bundle")
    return folder


def _bundle_of(path: Path) -> Path | None:
    """Return the one bundle in or at most two folders below the folder of a manuscript."""
    folders = [path.parent]
    for folder in folders[:]:
        below = _folders(folder)
        folders += below + [deeper for one in below for deeper in _folders(one)]
    found = [folder for folder in folders[:MOST_FOLDERS] if (folder / MANIFEST).is_file() and manifest(folder)]
    if len(found) > 1:
        named = ", ".join(str(folder) for folder in found[:5])
        raise UsageError(f"{path.name} could belong to several bundles: give one with --bundle ({named})")
    return found[0] if found else None


def _folders(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))


def _known(said: Manuscript, build: Build, bundle: Path | None) -> _Known:
    """Read what a manuscript is compared with: of the build only what it names."""
    kept = _kept(bundle)
    tags = {str(number["tag"]): str(number["names"][0]) for number in kept}
    before = {str(name): str(number["text"]) for number in kept for name in number["names"]}
    pictures = _kept_pictures(bundle)
    named = {tags.get(one.name, one.title or one.name).partition(":")[0] for one in said.numbers}
    named |= {pictures.get(digest(one.content), "") if one.content else "" for one in said.pictures}
    named |= {_stem(one.name) for one in said.pictures}
    built = build.published(name for name in build.owners if name in named)
    now = numbers.read(built.values())
    tags |= {numbers.tag(number.name): number.names[0] for number in now.each()}
    return _Known(build, built, now, before, tags, pictures, _kept_sizes(bundle))


def _kept(bundle: Path | None) -> list[dict[str, Any]]:
    """Return the numbers that a bundle holds; none of a file that is damaged."""
    if bundle is None:
        return []
    try:
        found = json.loads((bundle / "numbers.json").read_text(encoding="utf-8"))["numbers"]
        return [one for one in found if one["names"] and one["tag"] and "text" in one]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{bundle}/numbers.json cannot be read: make the bundle again") from None


def _kept_pictures(bundle: Path | None) -> dict[str, str]:
    """Return the exhibit of each picture of a bundle, by the picture's digest."""
    files = manifest(bundle).get("files", {}) if bundle else {}
    return {sha: _stem(name) for name, sha in files.items() if name.startswith("figures/")}


def _kept_sizes(bundle: Path | None) -> dict[str, str]:
    """Return the width of each exhibit's pictures in a bundle, where it is not that of the pages."""
    files = manifest(bundle).get("files", {}) if bundle else {}
    return {_stem(name): _size(name) for name in files if name.startswith("figures/") and _size(name)}


def _size(name: str) -> str:
    """Return the preset in the name of a picture, ``<id>.<preset>.<suffix>``."""
    parts = PurePosixPath(name).name.split(".")
    return parts[1] if len(parts) == 3 and parts[1].replace("-", " ") in PRESETS else ""


def _stem(name: str) -> str:
    """Return what would be the exhibit's id in the name of a picture."""
    return PurePosixPath(name.replace("\\", "/")).name.partition(".")[0]


def _number(said: Said, known: _Known) -> Iterable[Finding]:
    """Yield what is wrong with one number."""
    name = known.tags.get(said.name, said.title if said.name.startswith("ds:") else said.name)
    number = known.now.known.get(name)
    if number is None:
        yield Finding(said.place, f"{name} {_gone(name, known)}")
    elif said.typed is not None:
        if plain(said.typed) != plain(number.text):
            yield Finding(said.place, f"{name} changed: {plain(said.typed)} → {number.text}")
    elif name in known.before and known.before[name] != number.text:
        yield Finding(said.place, f"{name} changed: {known.before[name]} → {number.text}")
    elif known.before and name not in known.before:
        yield Finding(said.place, f"{name} is not in the bundle: make it again ({number.text})")


def _gone(name: str, known: _Known) -> str:
    """Return why there is no such number, and what would do."""
    exhibit, _, rest = name.partition(":")
    was = f" (it was {known.before[name]})" if name in known.before else ""
    row = ":".join(name.split(":")[:2])
    if row in known.now.withheld:
        return f"is withheld now: {known.now.withheld[row].replace('_', ' ')}{was}"
    if exhibit not in known.built:
        return f"no longer exists: there is no exhibit ‘{exhibit}’{was}; {nearest(exhibit, known.build.owners)}"
    names = [one.partition(":")[2] for one in known.now.known if one.startswith(f"{exhibit}:")]
    words = set(re.split("[,:]", rest))
    same = [one for one in names if set(re.split("[,:]", one)) == words]
    return f"does not exist{was}; {f'did you mean ‘{same[0]}’?' if same else nearest(rest, names)}"


def _exhibit_of(picture: Picture, known: _Known) -> str:
    """Return the exhibit that a picture is, empty for another picture: by its name, or by a digest of the bundle."""
    by_digest = known.pictures.get(digest(picture.content), "") if picture.content else ""
    stem = _stem(picture.name)
    if stem in known.build.owners or stem in known.pictures.values():
        return stem
    return by_digest


def _figure(picture: Picture, known: _Known) -> Iterable[Finding]:
    """Yield what is wrong with one figure."""
    exhibit = _exhibit_of(picture, known)
    if exhibit not in known.built:
        way_out = nearest(exhibit, known.build.owners)
        yield Finding(picture.place, f"figure {exhibit} no longer exists: no such exhibit is published; {way_out}")
    elif picture.content is None:
        yield Finding(picture.place, f"figure {picture.name} is not there")
    else:
        present = {digest(path.read_bytes()) for path in known.built[exhibit].files}
        sizes = {_size(picture.name), known.sizes.get(exhibit, "")} - {""}
        if digest(picture.content) not in present | _drawn(known.built[exhibit], sizes):
            yield Finding(picture.place, f"figure {exhibit} is not the present one: make the bundle again")


def _drawn(one: Built, sizes: Iterable[str]) -> set[str]:
    """Return the digests of an exhibit's pictures at other widths; none where its chart no longer fits."""
    found: set[str] = set()
    for name in sizes:
        try:
            found |= {digest(content) for content in drawn.pictures(one.about, one.released, name).values()}
        except UsageError:
            continue
    return found


def _notes(said: Manuscript, bundle: Path | None) -> tuple[str, ...]:
    """Return what could not be checked."""
    notes = ["Numbers typed without a mark cannot be checked; docs/papers.md says how to mark them."]
    filled = [one for one in said.numbers if one.typed is None]
    if bundle is None and filled:
        notes.append("No bundle was found, so numbers that macros fill in were only looked up: give --bundle.")
    if bundle is None and said.path.suffix.lower() == ".docx" and said.pictures:
        notes.append("No bundle was found, so no picture of the Word file could be told: give --bundle.")
    return tuple(notes)
