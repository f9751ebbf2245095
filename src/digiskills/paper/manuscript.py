"""What an author's file says of exhibits: read, never changed, whatever builds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from digiskills.errors import DigiskillsError, StudyError, UsageError
from digiskills.intake import limits

LARGEST_BYTES = 64 * 1024**2
MOST_FILES = 200
LATEX = (".tex", ".ltx")
MARKDOWN = (".md", ".qmd", ".markdown")
COLUMNS = {"Num": "", "Text": "", "Low": ":low", "High": ":high", "Interval": ":interval", "N": ":n"}
_MACRO = re.compile(r"\\ds(Num|Low|High|Interval|N)\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_TYPED = re.compile(r"\\ds(Text)\s*\{([^{}]*)\}\s*\{([^{}]*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_OPTIONS = r"(?:\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\])?"
_GRAPHIC = re.compile(r"\\includegraphics\*?\s*" + _OPTIONS + r"\s*\{([^{}]+)\}")
_INPUT = re.compile(r"\\(?:input|include|subfile)\s*\{([^{}]+)\}")
_FOLDERS = re.compile(r"\\graphicspath\s*\{((?:\{[^{}]*\})+)\}")
_LINK = re.compile(r"(?<!!)\[((?:\\.|[^\[\]\\])*)\]\(<?ds:([^()\s<>]+)>?[^()\n]*\)")
_ROLE = re.compile(r"\{ds\}`([^`]+)`")
_PICTURE = re.compile(
    r"!\[(?:\\.|[^\[\]\\])*\]\(<?([^()\s<>]+)|<img\s[^>]*src=[\"']([^\"']+)|[:`]{3}\{(?:figure|image)\}\s+(\S+)"
)
_INCLUDED = re.compile(r"\{\{<\s*include\s+(\S+)\s*>\}\}|\{include\}\s+(\S+)")


@dataclass(frozen=True)
class Said:
    """One number that a manuscript takes from an exhibit.

    Parameters
    ----------
    place : str
        File and line, for people.
    name : str
        Its name, ``exhibit:row`` or ``exhibit:row:column``; of Word files also a tag, ``ds:…``.
    typed : str or None
        What the author typed; None where a macro or filter fills the number in.
    title : str
        What else tells which number is meant, where a tag is not known.
    """

    place: str
    name: str
    typed: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Picture:
    """One picture of a manuscript.

    Parameters
    ----------
    place : str
        File and line.
    name : str
        Its file's name as written.
    content : bytes or None
        The file; None where it is not there.
    """

    place: str
    name: str
    content: bytes | None


@dataclass(frozen=True)
class Manuscript:
    """What a manuscript takes from exhibits.

    Parameters
    ----------
    path : Path
        Its file.
    numbers : tuple of Said
        In order.
    pictures : tuple of Picture
        In order.
    text : str
        All that was read, for finding its bundle.
    """

    path: Path
    numbers: tuple[Said, ...]
    pictures: tuple[Picture, ...]
    text: str


def read(path: Path, bundle: Path | None) -> Manuscript:
    """Return what a LaTeX or Markdown file takes from exhibits, with the files that it includes.

    Parameters
    ----------
    path : Path
        ``.tex``, ``.md`` or ``.qmd``.
    bundle : Path or None
        What ``\\dsBundle`` stands for.

    Returns
    -------
    Manuscript
        Comments and blocks of code do not count.

    Raises
    ------
    UsageError
        If there is no such file, or it is of another kind.
    DigiskillsError
        If it is too large.
    """
    if path.suffix.lower() not in (*LATEX, *MARKDOWN):
        raise UsageError(f"{path.name}: what is read are .tex, .md, .qmd and .docx files")
    numbers: list[Said] = []
    pictures: list[Picture] = []
    texts: list[str] = []
    for file, text in _files(path, bundle):
        texts.append(text)
        numbers += _numbers(file.name, text)
        pictures += _pictures(file, text, path.parent, bundle)
    return Manuscript(path, tuple(numbers), tuple(pictures), "\n".join(texts))


def contents(path: Path) -> bytes:
    """Return a file of a manuscript.

    Parameters
    ----------
    path : Path
        Its place.

    Returns
    -------
    bytes
        All of it.

    Raises
    ------
    UsageError
        If it is not there.
    DigiskillsError
        If it is larger than any manuscript.
    """
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    try:
        limits.check_size(path, LARGEST_BYTES)  # before unpacking: a name may end in .gz
        return path.read_bytes()
    except StudyError as error:
        raise DigiskillsError(f"{path.name} {error.problems[0].message}: no manuscript is as large") from None
    except OSError as error:
        raise DigiskillsError(f"{path.name} cannot be read: {error.strerror or error}") from None


def _files(path: Path, bundle: Path | None) -> Iterator[tuple[Path, str]]:
    """Yield a file and those it includes, each once, without what does not count."""
    waiting, seen = [path], {path.resolve()}
    while waiting:
        file = waiting.pop(0)
        latex = file.suffix.lower() in LATEX
        try:
            text = contents(file).decode("utf-8")
        except UnicodeDecodeError:
            raise DigiskillsError(f"{file.name} is not UTF-8 text: save it as UTF-8") from None
        text = _without_comments(text) if latex else _without_code(text)
        yield file, text
        for name in _included(text):
            found = _resolved(name, [path.parent, file.parent], bundle, ("", ".tex"))
            made = found is not None and bundle is not None and found.parent == bundle.resolve()
            if found and not made and found not in seen and len(seen) < MOST_FILES:
                seen.add(found)
                waiting.append(found)


def _included(text: str) -> Iterator[str]:
    for found in (*_INPUT.finditer(text), *_INCLUDED.finditer(text)):
        yield next(group for group in found.groups() if group)


def _without_comments(text: str) -> str:
    return re.sub(r"(?<!\\)((?:\\\\)*)%.*", r"\1", text)


def _without_code(text: str) -> str:
    """Blank out code blocks and comments of Markdown; directives of MyST stay, and so do numbers of lines."""
    fence, kept = "", []
    for line in text.split("\n"):
        found = re.match(r"\s*(`{3,}|~{3,})\s*(\{(?:figure|image|include)\})?", line)
        if fence:
            fence = "" if found and line.strip().startswith(fence) else fence
            kept.append("")
        elif found and not found[2]:
            fence = found[1]
            kept.append("")
        else:
            kept.append(line)
    return re.sub(r"<!--.*?-->", lambda gone: "\n" * gone[0].count("\n"), "\n".join(kept), flags=re.DOTALL)


def _numbers(file: str, text: str) -> list[Said]:
    """Return the numbers of a text in order."""
    found: list[tuple[int, str, str | None]] = []
    for one in _MACRO.finditer(text):
        found.append((one.start(), f"{one[2].strip()}:{one[3].strip()}{COLUMNS[one[1]]}", None))
    for one in _TYPED.finditer(text):
        found.append((one.start(), f"{one[2].strip()}:{one[3].strip()}", one[4]))
    for one in _LINK.finditer(text):
        found.append((one.start(), unquote(one[2]), one[1].strip() or None))
    found += [(one.start(), one[1].strip(), None) for one in _ROLE.finditer(text)]
    return [Said(_place(file, text, at), name, typed) for at, name, typed in sorted(found, key=lambda one: one[0])]


def _pictures(file: Path, text: str, root: Path, bundle: Path | None) -> list[Picture]:
    """Return the pictures of a text."""
    folders = [root, file.parent]
    folders += [root / name for group in _FOLDERS.findall(text) for name in re.findall(r"\{([^{}]*)\}", group)]
    found = [(one.start(), one[1].strip()) for one in _GRAPHIC.finditer(text)]
    found += [(one.start(), unquote(next(g for g in one.groups() if g))) for one in _PICTURE.finditer(text)]
    made = []
    for at, name in sorted(found):
        path = _resolved(name, folders, bundle, ("", ".pdf", ".png", ".svg"))
        made.append(Picture(_place(file.name, text, at), name, contents(path) if path else None))
    return made


def _resolved(name: str, folders: list[Path], bundle: Path | None, ends: tuple[str, ...]) -> Path | None:
    """Return the file that a name stands for; addresses and what no system can name stand for none."""
    if "://" in name or "\0" in name:
        return None
    if "\\dsBundle" in name:
        if bundle is None:
            return None
        name = name.replace("\\dsBundle", str(bundle.resolve()))
    for folder in folders:
        for end in ends:
            path = folder / f"{name}{end}"
            if path.is_file():
                return path.resolve()
    return None


def _place(file: str, text: str, at: int) -> str:
    return f"{file}, line {text.count(chr(10), 0, at) + 1}"
