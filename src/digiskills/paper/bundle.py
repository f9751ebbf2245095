"""The bundle for authors: exhibits copied from a build, numbers by name, and the words around them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from digiskills import paths, words
from digiskills.errors import DigiskillsError, UsageError
from digiskills.intake import passport
from digiskills.paper import built as builds
from digiskills.paper import latex, markdown, numbers, word
from digiskills.paper.built import Build, Built
from digiskills.paper.numbers import Numbers
from digiskills.words.catalogue import read as catalogue

MADE_BY = "digiskills paper bundle"
MANIFEST = "manifest.json"
LISTED: tuple[str, ...] = ("figures", "data", "snippets", "numbers.tex", "numbers.lua", "numbers.mjs", "numbers.docx")
LISTED += ("numbers.json", "captions.json", MANIFEST, "CITATION.cff")


def bundle(
    folder: Path,
    study: str | None = None,
    language: str = "en",
    exhibits: Sequence[str] = (),
    preset: str = "",
    reports: Path | None = None,
) -> list[Path]:
    """Write a bundle and return its files.

    Parameters
    ----------
    folder : Path
        Where it goes: a folder that is new, empty or holds an earlier bundle, which is replaced.
    study : str, optional
        The default study where none is given.
    language : str
        ``en`` or ``fr``.
    exhibits : sequence of str
        Their ids; all that were published where none are given.
    preset : str
        Width of the pictures, such as ``single column``; empty for that of the pages.
    reports : Path, optional
        Where the build wrote; ``reports`` by default.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UsageError
        If the folder holds something else, or an id, study or language does not exist.
    DigiskillsError
        If an exhibit is stale or not built.
    """
    refuse_other(folder)
    build = builds.build(study, language, reports)
    found = build.read(exhibits or None, preset)
    if not found:
        raise DigiskillsError(f"nothing is built for study {build.study.name}. Run: digiskills build")
    files = contents(build, list(found.values()), folder.absolute().name)
    _write(folder, files)
    return [folder / name for name in files]


def refuse_other(folder: Path) -> None:
    """Refuse a folder that holds anything but a bundle.

    Parameters
    ----------
    folder : Path
        Where a bundle is to go.

    Raises
    ------
    UsageError
        If it is a file, or holds files that no bundle wrote.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder for the bundle")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    kept = manifest(folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    other = sorted(there - {*kept.get("files", {}), MANIFEST})
    if not kept or other:
        named = ", ".join(other[:5]) or "files"
        raise UsageError(f"{folder} holds what no bundle wrote ({named}): name a folder of its own")


def manifest(folder: Path) -> dict[str, Any]:
    """Return what a bundle says of itself; empty where there is none.

    Parameters
    ----------
    folder : Path
        Its folder.

    Returns
    -------
    dict
        ``study``, ``language``, ``exhibits``, ``files``.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("made_by") == MADE_BY else {}


def contents(build: Build, found: Sequence[Built], place: str) -> dict[str, bytes]:
    """Return the files of a bundle by their place in it.

    Parameters
    ----------
    build : Build
        What they come from.
    found : sequence of Built
        The exhibits.
    place : str
        Name of the bundle's folder, which figures are referred to by.

    Returns
    -------
    dict of str to bytes
        The same for the same build.
    """
    known = numbers.read(found)
    files: dict[str, bytes] = {}
    for one in found:
        files |= _exhibit(one, place)
    notes = [f"{one.id}: {one.banner}" for one in found]
    texts = {
        "numbers.tex": latex.macros(known, notes),
        "numbers.lua": markdown.lua(known),
        "numbers.mjs": markdown.plugin(),
        "numbers.json": _json(_numbers(build, known)),
        "captions.json": _json({one.id: _captions(one) for one in found}),
        "README.md": _readme(build, found, known),
        "CITATION.cff": _citation(),
    }
    files |= {name: text.encode() for name, text in texts.items() if text}
    files["numbers.docx"] = word.document(found, known, build.language)
    files[MANIFEST] = _json(_manifest(build, found, files)).encode()
    return files


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def _exhibit(one: Built, place: str) -> dict[str, bytes]:
    """Return the files of one exhibit."""
    files = {f"figures/{path.name}": one.picture(path) for path in one.pictures}
    files[f"data/{one.id}.csv"] = next(path for path in one.files if path.suffix == ".csv").read_bytes()
    texts = {f"snippets/latex/{one.id}-table.tex": latex.table(one), f"snippets/{one.id}-table.md": markdown.table(one)}
    if one.pictures:
        texts[f"snippets/latex/{one.id}.tex"] = latex.figure(one)
        texts[f"snippets/quarto/{one.id}.qmd"] = markdown.quarto(one, place)
        texts[f"snippets/myst/{one.id}.md"] = markdown.myst(one, place)
        texts[f"snippets/pandoc/{one.id}.md"] = markdown.pandoc(one, place)
    return files | {name: text.encode() for name, text in texts.items()}


def _captions(one: Built) -> dict[str, str]:
    names = ("title", "caption", "alt_text")
    return {**{name: one.about[name] for name in names}, "evidence": one.about["evidence_kind"], "banner": one.banner}


def _numbers(build: Build, known: Numbers) -> dict[str, Any]:
    """Return what ``numbers.json`` holds."""
    each = [
        {
            "names": number.names,
            "tag": numbers.tag(number.name),
            **{name: getattr(number, name) for name in ("text", "value", "unit", "decimals", "label")},
            **({"rounding": words.text("people.rounding", build.language)} if number.unit == "people" else {}),
        }
        for number in known.each()
    ]
    return {"study": build.study.name, "language": build.language, "numbers": each, "withheld": dict(known.withheld)}


def _manifest(build: Build, found: Sequence[Built], files: Mapping[str, bytes]) -> dict[str, Any]:
    about = ("evidence_kind", "data_digest", "code_version")
    exhibits = {one.id: {name: one.about.get(name, "") for name in about} for one in found}
    digests = {name: digest(content) for name, content in sorted(files.items())}
    where = {"study": build.study.name, "language": build.language}
    return {"made_by": MADE_BY, **where, "exhibits": exhibits, "files": digests}


def _citation() -> str:
    """Return how to cite; empty where the project does not say."""
    path = paths.root() / "CITATION.cff"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _readme(build: Build, found: Sequence[Built], known: Numbers) -> str:
    """Return the page about a bundle."""
    said = {key: texts[build.language] for key, texts in catalogue("paper.toml").items()}
    study, each = build.study, known.each()
    version = str(found[0].about.get("code_version", ""))
    example = next((number for number in each if number.shown), None)
    rule = said["names.rule"].format(name=example.names[0], text=example.text) if example else ""
    heads = (said[name] for name in ("exhibit", "caption", "source", "count", "withheld"))
    rows = [_row(heads), _row(["---"] * 5), *(_row(_listed(one, known)) for one in found)]
    licences = ", ".join(_licences(study.folder)) or "–"
    people = words.text("people.rounding", build.language)
    parts = [
        f"# {said['title'].format(study=study.title[build.language])}",
        *(f"**{banner}**" for banner in dict.fromkeys(one.banner for one in found)),
        said["made"].format(version=version),
        f"## {said['contents']}",
        "\n".join(f"- `{name}`: {said[f'file.{name}']}" for name in LISTED),
        f"## {said['names']}",
        *([rule, said["names.rounding"].format(people=people)] if rule else []),
        f"## {said['exhibits']}",
        "\n".join(rows),
        f"## {said['licence']}",
        said["licence.text"].format(licences=licences, study=study.name),
    ]
    return "\n\n".join(parts) + "\n"


def _listed(one: Built, known: Numbers) -> list[str]:
    counted = sum(number.exhibit == one.id for number in known.each())
    withheld = sum(name.startswith(f"{one.id}:") for name in known.withheld)
    mark = words.text(f"mark.{words.source(one.released)}", one.released.language)
    return [f"`{one.id}`", markdown.escape(one.about["title"]), mark, str(counted), str(withheld)]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _licences(folder: Path) -> list[str]:
    """Return the licences of a study's files, each once."""
    if not (folder / passport.FILE).is_file():
        return []
    resources = passport.read(folder).resources.values()
    return sorted({licence for resource in resources for licence in resource.licences})


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write aside, then put in place of an earlier bundle, so that no half of one is seen."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in files.items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(content)
        aside.chmod(0o755)
        if folder.is_dir():
            shutil.rmtree(folder)
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
