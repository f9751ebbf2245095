"""The one door: files together or not at all, the same bytes, and nothing that was not released."""

from __future__ import annotations

import csv
import dataclasses
import getpass
import io
import json
import os
import re
import socket
import subprocess
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
import released_tables as made
from bs4 import BeautifulSoup
from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from PIL import Image

from digiskills import charts, exhibits, words
from digiskills.charts import Drawing, house, render
from digiskills.charts.embedded import OUTLINES
from digiskills.disclosure import Released
from digiskills.errors import ReleaseError
from digiskills.exhibits import Exhibit

ID = "05-test"
SVG = "{http://www.w3.org/2000/svg}"


def publish(shown: Drawing | Released, folder: Path | None, identity: str = ID) -> Exhibit:
    """Publish with the parameters of a plain run."""
    return exhibits.publish(
        identity, shown, folder=folder, parameters={"level": "all"}, data_digest="abc", code_version="0.1.0"
    )


def drawing(language: str = "en") -> Drawing:
    """A heat map with withheld cells."""
    return charts.heatmap(made.shortfalls(language, ("department_size", "level"), skills=2))


def test_files_are_written_together_and_nothing_else(tmp_path: Path) -> None:
    exhibit = publish(drawing(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{ID}{end}" for end in (".csv", ".json", ".pdf", ".png", ".svg")
    ]
    assert sorted(exhibit.files) == sorted(tmp_path.iterdir())


def test_a_table_has_no_picture_and_drops_an_old_one(tmp_path: Path) -> None:
    publish(drawing(), tmp_path)
    publish(made.shortfalls(), tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".json"]


def test_same_inputs_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        publish(drawing("fr"), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_publishing_a_drawing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    shown = drawing()
    publish(shown, tmp_path / "one")
    publish(shown, tmp_path / "two")
    assert (tmp_path / "one" / f"{ID}.svg").read_bytes() == (tmp_path / "two" / f"{ID}.svg").read_bytes()


def test_no_half_of_an_exhibit_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(drawing(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.suffix == ".json":
            raise OSError("no space left")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        publish(drawing("fr"), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_csv_holds_the_numbers_drawn_and_their_evidence(tmp_path: Path) -> None:
    shown = drawing()
    publish(shown, tmp_path)
    table = pd.read_csv(tmp_path / f"{ID}.csv", keep_default_na=False, na_values=[""])
    frame = shown.released.frame
    assert list(table["evidence"].unique()) == ["synthetic"]
    for name in ("n", "estimate", "low", "high"):
        assert table[name].to_numpy() == pytest.approx(frame[name].to_numpy(), nan_ok=True, rel=1e-11)
    withheld = frame["withheld"].ne("").to_numpy()
    assert withheld.any() and table.loc[withheld, ["n", "clusters", "estimate", "se", "low", "high"]].isna().all(
        axis=None
    )


@pytest.mark.parametrize("evil", ["=HYPERLINK(0)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "x\r=1"])
def test_no_cell_of_the_csv_is_a_formula_and_it_is_read_back(evil: str, tmp_path: Path) -> None:
    table = made.themes(by=())
    frame = table.frame.assign(label_en=[f"{evil}{place}" for place in range(len(table.frame))])
    told = dataclasses.replace(made.released(frame, "themes", evidence="focus_groups", wave=""), ids=frozenset({ID}))
    publish(told, tmp_path)
    written = list(csv.DictReader(io.StringIO((tmp_path / f"{ID}.csv").read_text(encoding="utf-8"), newline="")))
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r", "-")) for row in written for cell in row.values())
    said = json.loads((tmp_path / f"{ID}.json").read_text(encoding="utf-8"))
    back = exhibits.read(tmp_path / f"{ID}.csv", said, told.study).frame
    assert list(back["label_en"]) == [label.replace("\r", "\n") for label in frame["label_en"]]


def test_numbers_are_the_same_in_both_languages(tmp_path: Path) -> None:
    for language in ("en", "fr"):
        publish(drawing(language), tmp_path / language)
    assert (tmp_path / "en" / f"{ID}.csv").read_bytes() == (tmp_path / "fr" / f"{ID}.csv").read_bytes()


def test_the_json_says_what_it_is(tmp_path: Path) -> None:
    shown = drawing()
    publish(shown, tmp_path)
    said = json.loads((tmp_path / f"{ID}.json").read_text(encoding="utf-8"))
    assert said["id"] == ID and said["study"] == "ontario" and said["wave"] == "2025"
    assert said["evidence_kind"] == "synthetic" and said["parameters"] == {"level": "all"}
    assert said["data_digest"] == "abc" and said["code_version"] == "0.1.0"
    assert said["withheld"] == words.withheld_count(shown.released) > 0
    assert {"title", "caption", "alt_text"} <= set(said)


def test_nothing_of_the_machine_is_in_the_files(tmp_path: Path) -> None:
    publish(drawing(), tmp_path)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        if path.suffix == ".pdf":  # its streams are packed
            content += b"".join(
                zlib.decompressobj().decompress(each)
                for each in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)
            )
        for word in (str(tmp_path), f"{Path.home()}/", str(Path(__file__).parents[1]), socket.gethostname()):
            # two letters stand in any packed picture
            assert len(word) < 5 or word.encode() not in content, (path.name, word)
        assert b"matplotlib" not in content.lower() and getpass.getuser().encode() + b"@" not in content, path.name


def test_the_svg_has_words_for_screen_readers_and_is_small(tmp_path: Path) -> None:
    shown = charts.heatmap(made.shortfalls("fr", ("department_size", "level"), hidden=0))
    exhibit = publish(shown, tmp_path)
    content = (tmp_path / f"{ID}.svg").read_bytes()
    root = ElementTree.fromstring(content)
    assert root.get("role") == "img"
    assert [child.tag for child in list(root)[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert root.findtext(f"{SVG}desc") == exhibit.alt_text
    assert not root.findall(f".//{SVG}text") and b"http://www.w3.org/2000/svg" in content
    assert len(content) < 140_000  # 180 cells with two numbers each


def test_every_name_that_the_svg_refers_to_exists() -> None:
    shown = drawing()
    render.freeze(shown)
    root = ElementTree.fromstring(render.svg(shown, render.Said(ID, "t", "d", {})))
    names = {element.get("id") for element in root.iter() if element.get("id")}
    used = {element.get("href", "#").removeprefix("#") for element in root.iter(f"{SVG}use")}
    assert used and used <= names


def test_the_png_has_the_width_of_the_figure_and_no_idle_space(tmp_path: Path) -> None:
    shown = drawing()
    publish(shown, tmp_path)
    image = Image.open(io.BytesIO((tmp_path / f"{ID}.png").read_bytes()))
    width, height = shown.figure.get_size_inches() * 200
    assert image.width == round(width) and height - 20 < image.height <= height + 1
    ink = np.argwhere(np.asarray(image.convert("L")) < 250)
    margins = [*ink.min(axis=0), *(np.array(image.size)[::-1] - 1 - ink.max(axis=0))]
    assert all(abs(margin - house.MARGIN * 200) <= 5 for margin in margins), margins
    assert not image.info.get("Software")


def test_the_box_is_that_of_saving_with_a_tight_box() -> None:
    for shown, again in ((drawing(), drawing()), (charts.likert(made.agreement()), charts.likert(made.agreement()))):
        ours = pixels(render.png(shown, box=render.tight_box(shown)))
        raw = io.BytesIO()
        with house.style():
            again.figure.savefig(raw, format="png", dpi=200, bbox_inches="tight", pad_inches=0)
        theirs = pixels(raw.getvalue())
        assert np.abs(np.subtract(ours.shape, theirs.shape)).max() <= 1
        height, width = np.minimum(ours.shape, theirs.shape)
        # letters may lie a third of a dot higher or lower
        assert np.abs(ours[:height, :width] - theirs[:height, :width]).mean() < 4


def pixels(content: bytes) -> np.ndarray:
    """Grey values of a PNG."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("L")).astype(float)


def test_what_leaves_the_figure_is_not_cut() -> None:
    shown = drawing()
    shown.figure.text(1.1, 0.5, "far out")
    box = render.freeze(shown)
    assert box.x1 > shown.figure.get_figwidth() * 1.1 and box.x0 == 0


def test_each_format_is_drawn_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawn: list[str] = []
    draw = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda self, to: drawn.append(type(to).__name__) or draw(self, to))
    publish(drawing(), tmp_path)
    assert sorted(drawn) == ["MixedModeRenderer", "MixedModeRenderer", "RendererAgg"]


def test_every_file_says_where_it_comes_from(tmp_path: Path) -> None:
    shown = drawing("fr")
    exhibit = publish(shown, tmp_path)
    root = ElementTree.fromstring((tmp_path / f"{ID}.svg").read_bytes())
    image = Image.open(io.BytesIO((tmp_path / f"{ID}.png").read_bytes()))
    info = pdf_info((tmp_path / f"{ID}.pdf").read_bytes())
    said = [json.loads(text) for text in (root.findtext(f"{SVG}metadata"), image.info["Comment"], info["Keywords"])]
    said.append(json.loads((tmp_path / f"{ID}.json").read_text(encoding="utf-8")))
    about = {"id": ID, "study": "ontario", "wave": "2025", "language": "fr", "evidence_kind": "synthetic"}
    about |= {"parameters": {"level": "all"}, "data_digest": "abc", "code_version": "0.1.0"}
    for each in said:
        assert {name: each[name] for name in about} == about
    assert image.info["Title"] == info["Title"] == exhibit.title
    assert image.info["Description"] == info["Subject"] == exhibit.alt_text


def pdf_info(content: bytes) -> dict[str, str]:
    """The texts of a PDF's Info dictionary."""
    found = re.search(rb"/Producer .*?>>", content, re.DOTALL) or re.search(rb"<< /Creator.*?>>", content, re.DOTALL)
    assert found
    start = content.rindex(b"<<", 0, found.start() + 2)
    texts = {}
    for key, value in re.findall(rb"/(\w+) \(((?:\\.|[^\\)])*)\)", content[start : found.end()], re.DOTALL):
        raw = re.sub(rb"\\(\d{3}|.)", lambda at: unescaped(at[1]), value, flags=re.DOTALL)
        texts[key.decode()] = (
            raw.decode("utf-16") if raw.startswith((b"\xfe\xff", b"\xff\xfe")) else raw.decode("latin-1")
        )
    return texts


def unescaped(code: bytes) -> bytes:
    """A character of a PDF string that is written with a backslash."""
    if code.isdigit():
        return bytes([int(code, 8)])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(code, code)


def test_the_pdf_has_its_fonts_inside_and_no_date(tmp_path: Path) -> None:
    publish(drawing("fr"), tmp_path)
    content = (tmp_path / f"{ID}.pdf").read_bytes()
    fonts = set(re.findall(rb"/BaseFont /(\S+)", content))
    assert fonts and len(re.findall(rb"/FontFile2 ", content)) >= len(fonts) - 1
    assert b"/Subtype /Type3" not in content and b"/FontFile2" in content
    assert b"Date" not in content and pdf_info(content)["Producer"] == "digiskills 0.1.0"
    width, height = (float(side) for side in re.search(rb"/MediaBox \[ 0 0 (\S+) (\S+) \]", content).groups())
    image = Image.open(io.BytesIO((tmp_path / f"{ID}.png").read_bytes()))
    assert (width / 72 * 200, height / 72 * 200) == pytest.approx(image.size, abs=0.01)


def test_fonts_inside_the_pdf_draw_every_letter_and_hold_nothing_for_setting_type(tmp_path: Path) -> None:
    publish(drawing("fr"), tmp_path)
    content = (tmp_path / f"{ID}.pdf").read_bytes()
    packed = re.findall(rb"/Length1 .*?stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    fonts = [TTFont(io.BytesIO(zlib.decompress(each))) for each in packed]
    assert fonts and all(set(font.reader.keys()) <= OUTLINES for font in fonts)
    assert all(len(font.getGlyphOrder()) > 1 and "glyf" in font for font in fonts)
    assert subset.load_font.__module__ == "fontTools.subset", "only while a PDF is written"


def test_the_bytes_do_not_depend_on_the_seed_of_hashes(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import test_exhibits as t; "
        "t.publish(t.drawing('fr'), pathlib.Path(sys.argv[2]))"
    )
    for seed in ("1", "2"):
        command = [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / seed)]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"})
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes(), path.name


def test_the_settings_of_the_session_stay_as_they_were(tmp_path: Path) -> None:
    with matplotlib.rc_context({"font.size": 31, "pdf.fonttype": 3, "axes.grid": True}):
        before = dict(matplotlib.rcParams)
        publish(drawing(), tmp_path)
        assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    "identity", ["5-test", "05_test", "05-Test", "../05-test", "05-test/", "05-", "05-test.svg", ""]
)
def test_a_malformed_id_is_refused(identity: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="exhibit id"):
        publish(drawing(), tmp_path, identity)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [pd.DataFrame({"estimate": [1]}), "text", None, {"estimate": 1}])
def test_what_was_not_released_is_refused(given: object, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="disclosure control"):
        publish(given, tmp_path)  # type: ignore[arg-type]
    shown = dataclasses.replace(drawing(), released=given)  # type: ignore[arg-type]
    with pytest.raises(ReleaseError, match="disclosure control"):
        publish(shown, tmp_path)


def test_an_undeclared_table_is_shown_but_not_written(tmp_path: Path) -> None:
    undeclared = dataclasses.replace(made.shortfalls(), ids=frozenset({"04-other"}))
    with pytest.raises(ReleaseError, match="04-other"):
        publish(undeclared, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert publish(undeclared, None).files == ()


def test_letters_need_declared_differences(tmp_path: Path) -> None:
    shares, differences = made.shortfalls("en", ("department_size",)), made.differences()
    run = {"parameters": {}, "data_digest": "", "code_version": ""}
    undeclared = dataclasses.replace(differences, ids=frozenset())
    with pytest.raises(ReleaseError, match="differences"):
        exhibits.publish(ID, shares, folder=tmp_path, differences=undeclared, **run)
    shown = exhibits.publish(ID, charts.heatmap(shares), folder=tmp_path, differences=differences, **run)
    assert words.text("column.higher_than", "en") in shown.html


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_gets_picture_caption_and_folded_numbers(language: str) -> None:
    shown = drawing(language)
    exhibit = publish(shown, None)
    figure = BeautifulSoup(exhibit._repr_html_(), "html.parser").figure
    assert figure is not None and figure["id"] == ID
    image = figure.img
    assert image["alt"] == exhibit.alt_text and image["src"].startswith("data:image/svg+xml;base64,")
    caption = figure.figcaption.get_text()
    assert exhibit.title in caption and exhibit.caption in caption
    assert words.text("mark.synthetic", language) in caption
    assert len(figure.details.select("tbody tr")) == len(shown.released.frame)
    assert figure.details.a["download"] == f"{ID}.csv"


def test_html_escapes_what_labels_hold() -> None:
    table = made.themes(by=())
    frame = table.frame.assign(label_en='"><script>alert(1)</script>', n=range(len(table.frame)))
    evil = made.released(frame, "themes", evidence="focus_groups", wave="")
    html = publish(charts.themes(evil), None).html
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html
