"""SVG as matplotlib writes it, made light without loss to the eye: each outline and each word is said once.

Text stays outlines, so that it looks the same on every machine. A letter's outline is kept to a thousandth of its
size, all else to a hundredth of a point.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import count, product
from string import ascii_letters, digits
from typing import NamedTuple

GLYPH = 64 * 100  # units of an outline in the size of its letter, as matplotlib writes it
FINE = 1000  # units of ours
_UNUSED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_OUTLINE = re.compile(r'<path id="([^"]+)"(?: d="([^"]*)")? transform="scale\(0\.015625\)"/>')
_TEXT = re.compile(
    r'<g([^<>]*) transform="(translate\([^)]*\)(?: rotate\([^)]*\))?) scale\((\S+) -\3\)">'
    r'((?:<use href="#[^"]+"(?: transform="translate\(\S+ 0\)")?/>)+)</g>'
)
_USE = re.compile(r'<use href="#([^"]+)"(?: transform="translate\((\S+) 0\)")?/>')
_PLACES = re.compile(r' (?:transform|points|x|y|width|height)="[^"]*"')
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
_STEP = re.compile(r"([MLQCZz])([^MLQCZz]*)")


class Letter(NamedTuple):
    """A letter of a word: its outline, and how far it stands from the first, in thousandths of its size."""

    outline: str
    at: int


Word = tuple[Letter, ...]


def lean(source: str) -> str:
    """Return an SVG without comments, metadata, unused names, digits that no eye can see and what is said twice.

    Parameters
    ----------
    source : str
        As matplotlib writes it, with text as outlines.

    Returns
    -------
    str
        The same picture at a fifth of the size; the same for the same source.
    """
    text = re.sub(r"\s*\n\s*", " ", _UNUSED.sub("", source))
    text = re.sub(r"> +<", "><", text).replace("xlink:href", "href")
    text = text.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace(' type="text/css"', "")
    text = _letters(text)
    text = _PLACES.sub(lambda part: _NUMBER.sub(lambda found: _short(float(found[0])), part[0]), text)
    return _classes(_flat(_short_names(text))).replace(") scale(", ")scale(").replace(" />", "/>").strip()


def _letters(text: str) -> str:
    """Write each outline once, each word that stands twice once, and refer to them."""
    outlines = {name: _path(path, FINE / GLYPH, flip=True) for name, path in _OUTLINE.findall(text)}
    bare = _OUTLINE.sub("", text).replace("<defs></defs>", "")
    bare = re.sub(r' d="([^"]*)"', lambda path: f' d="{_path(path[1], 100)}"', bare)
    texts = _TEXT.findall(bare)
    if len(_USE.findall("".join(uses for *_, uses in texts))) != sum(
        used in outlines for used in re.findall(r'<use href="#([^"]+)"', bare)
    ):
        return text  # letters set in another way stay as they are
    often = Counter(word for *_, uses in texts for _, word in _words(uses, outlines))
    known = {word: f"word{place}" for place, word in enumerate(word for word in often if often[word] > 1 < len(word))}
    drawn = [f'<path id="{name}" d="{path}"/>' for name, path in outlines.items() if path]
    drawn += [f'<g id="{name}">{_uses(word)}</g>' for word, name in known.items()]
    text = _TEXT.sub(lambda part: _placed(part, outlines, known), bare)
    return re.sub(r"(<svg [^>]*>)", lambda tag: f"{tag[1]}<defs>{''.join(drawn)}</defs>", text, count=1)


def _words(uses: str, outlines: dict[str, str]) -> list[tuple[float, Word]]:
    """Return where each word of a text starts, and its letters; a letter without an outline is a space."""
    found: list[tuple[float, list[tuple[str, float]]]] = []
    is_new = True
    for name, at in _USE.findall(uses):
        place = float(at or 0)
        if not outlines[name]:
            is_new = True
            continue
        if is_new:
            found.append((place, []))
        found[-1][1].append((name, place - found[-1][0]))
        is_new = False
    return [(start * 10, tuple(Letter(name, round(after * 10)) for name, after in letters)) for start, letters in found]


def _placed(part: re.Match[str], outlines: dict[str, str], known: dict[Word, str]) -> str:
    """Return a text: references to its words, or to the letters of those that stand once."""
    attributes, where, size, uses = part.groups()
    told = []
    for start, word in _words(uses, outlines):
        letters = [Letter(name, round(start + at)) for name, at in word]
        told += [Letter(known[word], round(start))] if word in known else letters
    place = f'{attributes} transform="{where} scale({float(size) / 10:.6f})"'
    if len(told) == 1 and told[0].at == 0:
        return f'<use href="#{told[0].outline}"{place}/>'
    return f"<g{place}>{_uses(told)}</g>" if told else ""


def _uses(letters: Iterable[Letter]) -> str:
    return "".join(f'<use href="#{name}"' + (f' x="{at}"' if at else "") + "/>" for name, at in letters)


def _path(source: str, grid: float, *, flip: bool = False) -> str:
    """Return an outline in steps from point to point, each on a grid of so many parts of its unit."""
    here, start, told = (0, 0), (0, 0), []
    for kind, numbers in _STEP.findall(source):
        if kind in "Zz":
            told.append("z")
            here = start
            continue
        values = [round(float(number) * grid) for number in numbers.split()]
        points = [(x, -y if flip else y) for x, y in zip(values[::2], values[1::2], strict=True)]
        told.append(_step(kind, here, points, 1 if flip else grid))
        here = points[-1]
        start = here if kind == "M" else start
    return "".join(told)


def _step(kind: str, here: tuple[int, int], points: list[tuple[int, int]], grid: float) -> str:
    """Return one step in as few letters as say it."""
    steps = [((x - here[0]) / grid, (y - here[1]) / grid) for x, y in points]
    if kind == "M":
        return "M" + _joined([value / grid for value in points[0]])
    if kind == "L" and steps[0][1] == 0:
        return "h" + _short(steps[0][0])
    if kind == "L" and steps[0][0] == 0:
        return "v" + _short(steps[0][1])
    return kind.lower() + _joined([value for step in steps for value in step])


def _joined(values: Iterable[float]) -> str:
    """Return numbers with a space only where a sign does not part them."""
    return " ".join(_short(value) for value in values).replace(" -", "-")


def _short(value: float) -> str:
    """Return hundredths of a point; what is below 1 is a scale as often as not and keeps more."""
    said = (f"{value:.2f}" if abs(value) >= 1 else f"{value:.4f}").rstrip("0").rstrip(".")
    if said in ("", "-", "-0"):
        return "0"
    return said.replace("0.", ".", 1) if said.startswith(("0.", "-0.")) else said


def _classes(text: str) -> str:
    """Write styles that stand often once, in the style sheet of the picture."""
    text = re.sub(r'style="([^"]*)"', lambda said: f'style="{_terse(said[1])}"', text)
    often = [said for said, times in Counter(re.findall(r'style="([^"]*)"', text)).items() if times > 2]
    for place, said in enumerate(often):
        text = text.replace(f'style="{said}"', f'class="c{place:x}"')
    sheet = "".join(f".c{place:x}{{{said}}}" for place, said in enumerate(often))
    return text.replace("</style>", f"{sheet}</style>", 1)


def _terse(said: str) -> str:
    said = said.replace(": ", ":").replace("; ", ";")
    return re.sub(r"#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3(?![0-9a-f])", r"#\1\2\3", said)


def _short_names(text: str) -> str:
    """Drop names that nothing refers to and shorten the others, those most used the most."""
    used = Counter(re.findall(r'(?:href="|url\()#([^")]+)', text))
    short = dict(zip((name for name, _ in used.most_common()), _names(), strict=False))
    text = re.sub(r' id="([^"]*)"', lambda at: f' id="{short[at[1]]}"' if at[1] in short else "", text)
    return re.sub(r'(href="|url\()#([^")]+)', lambda at: f"{at[1]}#{short[at[2]]}", text)


def _names() -> Iterable[str]:
    """Return names: each letter, then a letter with one sign, with two, ..."""
    for more in count():
        for first, *rest in product(ascii_letters, *[ascii_letters + digits] * more):
            yield first + "".join(rest)


def _flat(text: str) -> str:
    """Drop groups that carry nothing."""
    kept: list[bool] = []

    def one(tag: re.Match[str]) -> str:
        if tag[0] == "</g>":
            return "</g>" if kept.pop() else ""
        if not tag[0].endswith("/>"):
            kept.append(bool(tag[1]))
        return tag[0] if tag[1] and not tag[0].endswith("/>") else ""

    return re.sub(r"<g( [^>]*?)?/?>|</g>", one, text)
