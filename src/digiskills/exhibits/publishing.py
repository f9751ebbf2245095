"""The one door: a released table or its drawing becomes files and an element of a page under one id."""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from digiskills import formulas, tables, words
from digiskills.charts import Drawing, render
from digiskills.disclosure import Released
from digiskills.errors import ReleaseError
from digiskills.tables import Arranged

ID = re.compile(r"\d{2}-[a-z0-9]+(-[a-z0-9]+)*")
SUFFIXES = (".svg", ".pdf", ".png", ".csv", ".json")


@dataclass(frozen=True, repr=False)
class Exhibit:
    """What a reader sees of an exhibit, and where its files are.

    Parameters
    ----------
    id : str
        Its id.
    title, caption, alt_text : str
        As in its JSON file.
    html : str
        A ``figure`` element that needs nothing outside itself.
    files : tuple of Path
        What was written; nothing where there was no folder.
    """

    id: str
    title: str
    caption: str
    alt_text: str
    html: str
    files: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        """Id and title."""
        return f"Exhibit {self.id}: {self.title}"

    def _repr_html_(self) -> str:
        return self.html


def publish(
    identity: str,
    shown: Drawing | Released | Arranged,
    *,
    folder: Path | None,
    parameters: Mapping[str, Any],
    data_digest: str,
    code_version: str,
    differences: Released | None = None,
) -> Exhibit:
    """Return an exhibit and write its files, all of them or none.

    Parameters
    ----------
    identity : str
        Its id: the notebook's two digits and words in small letters, joined by hyphens.
    shown : Drawing, Released or Arranged
        A drawing, or a table alone, which has no pictures.
    folder : Path or None
        Where the files go; None writes nothing, and then the table need not be declared.
    parameters : mapping
        Of the run.
    data_digest, code_version : str
        What it was made from and by.
    differences : Released, optional
        A declared table of the differences between the groups shown, for letters in the table of numbers.

    Returns
    -------
    Exhibit
        Shows itself in a notebook.

    Raises
    ------
    ReleaseError
        If the id is malformed, what is given was not released, or it was not declared under the id.
    """
    released = _released(identity, shown)
    if released.sealed is not None:
        released.refuse_changed()
    if folder is not None and identity not in released.ids:
        known = ", ".join(sorted(released.ids)) or "none"
        raise ReleaseError(
            f"‘{identity}’ was not declared for this table (declared ids: {known}): "
            "declare it in notebooks/reports.toml with the same kind, items, breakdown and wave"
        )
    if folder is not None and differences is not None and not differences.ids:
        raise ReleaseError(f"‘{identity}’: its differences were not declared; declare them as an exhibit of their own")
    title, caption = words.title(released), words.caption(released)
    alt_text = words.alt_text(shown.kind if isinstance(shown, Drawing) else "table", released)
    _refuse_strange(identity, released, {"title": title, "caption": caption, "alt_text": alt_text})
    about = _about(released, {"parameters": dict(parameters), "data_digest": data_digest, "code_version": code_version})
    made = {".csv": csv(released)}
    if isinstance(shown, Drawing):
        said = render.Said(identity, title, alt_text, about)
        # a page shows the SVG; nothing else is drawn where nothing is written
        made |= render.pictures(shown, said, render.KINDS if folder else (".svg",))
    table = shown.html if isinstance(shown, Arranged) else tables.html(released, title, differences)
    html = _html(identity, released, made, table, title, caption, alt_text)
    if folder is None:
        return Exhibit(identity, title, caption, alt_text, html)
    words_of_it = {"id": identity, "title": title, "caption": caption, "alt_text": alt_text}
    made[".json"] = _json({**words_of_it, "chart": shown.kind if isinstance(shown, Drawing) else ""}, released, about)
    return Exhibit(identity, title, caption, alt_text, html, _write(identity, made, folder))


def _refuse_strange(identity: str, released: Released, said: Mapping[str, str]) -> None:
    """Refuse words that say what the table does not hold, or nothing of the picture."""
    strange = {name: words.strange_numbers(text, released.language, [released]) for name, text in said.items()}
    found = [f"its {name} says {', '.join(numbers)}" for name, numbers in strange.items() if numbers]
    if found:
        raise ReleaseError(f"‘{identity}’: {'; '.join(found)}, which its table does not hold")
    if words.placeholder(said["alt_text"], said["title"]):
        raise ReleaseError(f"‘{identity}’: its alternative text says nothing of it: ‘{said['alt_text']}’")


def _about(released: Released, run: dict[str, Any]) -> dict[str, Any]:
    """Return what every file says of where it comes from."""
    return {
        "study": released.study.name,
        "language": released.language,
        "wave": released.wave,
        "evidence_kind": released.evidence_kind,
        **run,
    }


def _released(identity: str, shown: object) -> Released:
    if not ID.fullmatch(identity):
        raise ReleaseError(f"‘{identity}’ is no exhibit id: write it like 05-gap-by-size-and-level")
    released = shown.released if isinstance(shown, Drawing | Arranged) else shown
    if not isinstance(released, Released):
        raise ReleaseError(
            f"‘{identity}’: a {type(shown).__name__} was given, which did not pass disclosure control; "
            "publish a released table or a chart of one"
        )
    return released


def csv(released: Released) -> bytes:
    """Return the numbers of a table as a file, with what evidence they are; the same in both languages.

    Parameters
    ----------
    released : Released
        Any released table.

    Returns
    -------
    bytes
        UTF-8, one line per row; no text in it is one that a spreadsheet would run, see `digiskills.formulas`.
    """
    frame = released.frame
    if "evidence" not in frame:  # a joint table says it of each row
        frame = frame.assign(evidence=released.evidence_kind)
    if released.wave:
        frame = frame.assign(wave=released.wave)
    # 12 digits: all that is meant, without the noise of the last bits
    return formulas.guarded(frame).to_csv(index=False, float_format="%.12g", lineterminator="\n").encode()


def _json(said: Mapping[str, str], released: Released, about: Mapping[str, Any]) -> bytes:
    what = {
        **{name: about[name] for name in ("study", "language", "wave")},
        "kind": released.kind,
        "items": list(released.table.items),
        "by": list(released.by),
        "where": released.where,
        "evidence": released.evidence,
        "evidence_kind": released.evidence_kind,
        "method": dict(released.method),
        "withheld": words.withheld_count(released),
    }
    return (json.dumps({**said, **what, **about}, ensure_ascii=False, indent=2, default=_plain) + "\n").encode()


def _plain(value: object) -> object:
    """Return a number of numpy as one that JSON knows, and anything else in words."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _html(
    identity: str, released: Released, made: Mapping[str, bytes], table: str, title: str, caption: str, alt_text: str
) -> str:
    """Return a figure element: picture, caption, and the numbers in a folded table."""
    language = released.language
    banner = words.text("exhibit.evidence", language, mark=words.text(f"mark.{words.source(released)}", language))
    said = f"<strong>{escape(title)}</strong> {escape(caption)} {escape(banner)}"
    data = base64.b64encode(made[".csv"]).decode()
    link = (
        f'<p><a download="{identity}.csv" href="data:text/csv;charset=utf-8;base64,{data}">'
        f"{escape(words.text('exhibit.download', language))}</a></p>"
    )
    if ".svg" in made:
        picture = base64.b64encode(made[".svg"]).decode()
        summary = escape(words.text("exhibit.data", language))
        table = f"<details><summary>{summary}</summary>{table}{link}</details>"
        shown = f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(alt_text)}">'
        return f'<figure id="{identity}">{shown}<figcaption>{said}</figcaption>{table}</figure>'
    return f'<figure id="{identity}">{table}<figcaption>{said}</figcaption>{link}</figure>'


def _write(identity: str, made: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write aside, then rename, so that no half of an exhibit is ever seen; drop what it no longer has."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{identity}.", dir=folder))
    try:
        for suffix, content in made.items():
            (aside / f"{identity}{suffix}").write_bytes(content)
        for suffix in made:
            (aside / f"{identity}{suffix}").replace(folder / f"{identity}{suffix}")
    finally:
        shutil.rmtree(aside)
    for suffix in set(SUFFIXES) - set(made):
        (folder / f"{identity}{suffix}").unlink(missing_ok=True)
    return tuple(folder / f"{identity}{suffix}" for suffix in SUFFIXES if suffix in made)
