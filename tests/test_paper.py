"""The bundle for authors and the check of a manuscript: numbers, figures, what is withheld, and hostile files."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import paper_made as made
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from digiskills import cli, commands, paper, paths, words
from digiskills.charts import house
from digiskills.errors import DigiskillsError, ReleaseError, UsageError
from digiskills.paper import built as builds
from digiskills.paper import latex, markdown, numbers, word
from digiskills.paper.check import plain
from digiskills.reports import declared
from digiskills.reports import run as run_reports
from digiskills.reports.declared import Report

ROOT = Path(__file__).parents[1]
NAME = "05-gap-by-level:data_analysis,short_by_one,executive"
LATEX = "\\documentclass{article}\\usepackage{graphicx,longtable,hyperref}\\newcommand{\\dsBundle}{bundle}"
LATEX += "\\input{bundle/numbers.tex}\\begin{document}"


@pytest.fixture(scope="module", autouse=True)
def as_they_were() -> Iterator[None]:
    """Reports and their keys worked out once: the project's own files may change while the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        everything = declared.reports("ontario")
        parts = run_reports.parts_of(everything, everything)
        reports_of = declared.reports

        def reports(study: str | None = None) -> list[Report]:
            return everything if study in (None, "ontario") else reports_of(study)

        patch.setattr(declared, "reports", reports)
        patch.setattr(run_reports, "parts_of", lambda wanted, planned: {one.key: parts[one.key] for one in wanted})
        yield


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.build(tmp_path_factory.mktemp("reports"))


@pytest.fixture
def reports(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path / "reports")
    return tmp_path / "reports"


@pytest.fixture
def folder(reports: Path, tmp_path: Path) -> Path:
    """A paper's folder with a bundle in English."""
    paper.bundle(tmp_path / "paper" / "bundle", reports=reports)
    return tmp_path / "paper"


def text_of(reports: Path, name: str, language: str = "en") -> str:
    built = builds.build("ontario", language, reports).read([name.partition(":")[0]])
    return numbers.read(built.values()).known[name].text


def manuscript(folder: Path, text: str, name: str = "paper.tex") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def change(reports: Path, language: str = "en") -> None:
    """Another number in a CSV file, as a later build would write it."""
    path = reports / "exhibits" / "ontario" / language / f"{made.LEVELS}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("data_analysis,short_by_one,executive"))
    cells = lines[at].split(",")
    cells[lines[0].split(",").index("estimate")] = "0.987"
    path.write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]), encoding="utf-8")
    made.freshen(reports)


def said(checked: paper.Checked) -> str:
    return "\n".join(map(str, checked.findings))


def uses(name: str = NAME) -> str:
    exhibit, _, row = name.partition(":")
    return f"\\dsNum{{{exhibit}}}{{{row}}}"


# --- the bundle


def test_the_bundle_is_copied_and_says_what_evidence_it_is(folder: Path, reports: Path) -> None:
    bundle = folder / "bundle"
    source = reports / "exhibits" / "ontario" / "en"
    for name in (f"{made.LEVELS}.svg", f"{made.LEVELS}.png"):
        assert (bundle / "figures" / name).read_bytes() == (source / name).read_bytes()
    assert (bundle / "data" / f"{made.LEVELS}.csv").read_bytes() == (source / f"{made.LEVELS}.csv").read_bytes()
    for snippet in sorted((bundle / "snippets").rglob(f"{made.LEVELS}*")):
        assert "these answers were made by a program" in snippet.read_text(encoding="utf-8"), snippet
    for name in ("README.md", "numbers.tex", "captions.json"):
        assert "these answers were made by a program" in (bundle / name).read_text(encoding="utf-8"), name
    assert "CC-BY-4.0" in (bundle / "README.md").read_text(encoding="utf-8")
    listed = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["files"]
    there = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert there == {*listed, "manifest.json"}


def test_same_build_same_bytes(reports: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        paper.bundle(tmp_path / name / "bundle", reports=reports)
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path


def test_numbers_are_those_of_the_file_as_the_exhibit_prints_them(reports: Path, tmp_path: Path) -> None:
    change(reports)
    change(reports, "fr")
    assert text_of(reports, NAME) == "99%"
    assert text_of(reports, NAME, "fr") == "99\N{NO-BREAK SPACE}%"
    paper.bundle(tmp_path / "fr", language="fr", reports=reports)
    macros = (tmp_path / "fr" / "numbers.tex").read_text(encoding="utf-8")
    assert f"\\dsDefine{{{made.LEVELS}}}{{data_analysis,short_by_one,executive}}{{99~\\%}}" in macros
    found = json.loads((tmp_path / "fr" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    number = next(one for one in found if NAME in one["names"])
    assert (number["value"], number["unit"], number["decimals"]) == (0.987, "percent", 0)


def test_withheld_rows_have_no_number_anywhere(folder: Path, reports: Path) -> None:
    known = numbers.read(builds.build("ontario", "en", reports).read().values())
    assert known.withheld
    for name in known.withheld:
        assert not [one for one in known.known if one.startswith(f"{name}:") or one == name]
        assert f'"{name}"' not in json.dumps([n.names for n in known.each()])


def test_units(reports: Path) -> None:
    known = numbers.read(builds.build("ontario", "en", reports).read().values()).each()
    units = {(one.exhibit, one.column): one.unit for one in known}
    assert units[made.LEVELS, "interval"] == "percent"
    assert units[made.CHANGES, "estimate"] == "percentage points"
    assert units[made.RESPONDENTS, "estimate"] == "people"
    assert units[made.RESPONDENTS, "n"] == "count"
    assert not [one for one in known if re.search(r"[*†‡§¶‖]", one.text)]


def test_two_rows_of_one_name_are_refused(reports: Path) -> None:
    path = reports / "exhibits" / "ontario" / "en" / f"{made.THEMES}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    made.freshen(reports)
    with pytest.raises(ReleaseError, match="two rows are called"):
        paper.bundle(path.parent / "b", exhibits=[made.THEMES], reports=reports)


def test_what_is_stale_or_unknown_is_refused(reports: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean ‘05-gap-by-level’"):
        paper.bundle(tmp_path / "b", exhibits=["05-gap-by-levl"], reports=reports)
    with pytest.raises(UsageError, match="--language"):
        paper.bundle(tmp_path / "b", language="de", reports=reports)
    made.replace(reports / "exhibits" / "ontario" / "en" / f"{made.LEVELS}.csv", "executive", "Executive")
    with pytest.raises(DigiskillsError, match="digiskills build 05-gaps-by-size-and-level --study ontario"):
        paper.bundle(tmp_path / "b", exhibits=[made.LEVELS, made.THEMES], reports=reports)
    assert not (tmp_path / "b").exists()


def test_a_preset_draws_the_published_table_at_that_width(reports: Path, tmp_path: Path) -> None:
    for name in ("b", "c"):
        paper.bundle(tmp_path / name, exhibits=[made.LEVELS], preset="double column", reports=reports)
    drawn = sorted((tmp_path / "b" / "figures").iterdir())
    assert [path.name for path in drawn] == [f"{made.LEVELS}.double-column{end}" for end in (".pdf", ".png", ".svg")]
    assert all(path.read_bytes() == (tmp_path / "c" / "figures" / path.name).read_bytes() for path in drawn)
    with Image.open(drawn[1]) as image:
        assert abs(image.width / 200 * 25.4 - 183) < 0.2
    assert "width" not in (tmp_path / "b" / "snippets" / "latex" / f"{made.LEVELS}.tex").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="did you mean ‘single column’"):
        paper.bundle(tmp_path / "d", preset="singel column", reports=reports)


def test_a_chart_that_cannot_be_read_so_narrow_is_refused_by_name(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cramped(figure: Figure, kind: str) -> None:
        raise UsageError(f"{kind}: this chart does not fit a width of 89 mm")

    monkeypatch.setattr(house, "refuse_cramped", cramped)
    with pytest.raises(UsageError, match=r"leave these out[^\n]+\n05-gap-by-level: dots: .* 89 mm"):
        paper.bundle(tmp_path / "b", exhibits=[made.LEVELS], preset="single column", reports=reports)
    assert not (tmp_path / "b").exists()


def test_a_picture_of_a_preset_is_compared_with_the_present_table(reports: Path, tmp_path: Path) -> None:
    paper.bundle(tmp_path / "b", exhibits=[made.LEVELS], preset="double column", reports=reports)
    picture = tmp_path / "b" / "figures" / f"{made.LEVELS}.double-column.png"
    manuscript = tmp_path / "paper.md"
    manuscript.write_text(f"![A]({picture.relative_to(tmp_path)})\n", encoding="utf-8")
    assert paper.check(manuscript, bundle=tmp_path / "b", reports=reports).findings == ()
    picture.write_bytes(picture.read_bytes() + b" ")
    (finding,) = paper.check(manuscript, bundle=tmp_path / "b", reports=reports).findings
    assert "not the present one" in str(finding.message)


def test_a_folder_of_the_authors_own_is_not_touched(folder: Path, reports: Path) -> None:
    (folder / "bundle" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine\.txt"):
        paper.bundle(folder / "bundle", reports=reports)
    assert (folder / "bundle" / "mine.txt").exists()
    with pytest.raises(UsageError, match="holds what no bundle wrote"):
        paper.bundle(folder, reports=reports)
    (folder / "bundle" / "mine.txt").unlink()
    paper.bundle(folder / "bundle", exhibits=[made.THEMES], reports=reports)
    assert not (folder / "bundle" / "figures").exists()


# --- the check


def test_nothing_is_found_where_nothing_has_changed(folder: Path, reports: Path) -> None:
    text = f"{LATEX} {uses()} \\input{{\\dsBundle/snippets/latex/{made.LEVELS}.tex}}\\end{{document}}"
    checked = paper.check(manuscript(folder, text), reports=reports)
    assert (checked.findings, checked.numbers, checked.figures) == ((), 1, 1)
    assert "cannot be checked" in checked.notes[0]


def test_a_number_that_changed_is_told_with_old_and_new(folder: Path, reports: Path) -> None:
    before = text_of(reports, NAME)
    also = uses().replace("dsNum", "dsN")
    path = manuscript(folder, f"one\n% {uses()}\ntwo {uses()} {also}")
    change(reports)
    checked = paper.check(path, reports=reports)
    assert said(checked) == f"paper.tex, line 3: {NAME} changed: {before} → 99%"
    assert checked.numbers == 2


def test_typed_numbers_are_compared_in_every_notation(folder: Path, reports: Path) -> None:
    number = text_of(reports, NAME).removesuffix("%")
    exhibit, _, row = NAME.partition(":")
    tex = f"\\dsText{{{exhibit}}}{{{row}}}{{{number}\\%}} \\dsText{{{exhibit}}}{{{row}}}{{1\\%}}"
    assert said(paper.check(manuscript(folder, tex), reports=reports)).endswith(f"1% → {number}%")
    text = f"[{number}\\%](ds:{NAME}) [2%](ds:{NAME}) [](ds:{NAME}) {{ds}}`{NAME}`\n"
    text += f"```\n[3%](ds:{NAME})\n```\n<!-- [4%](ds:{NAME}) -->"
    checked = paper.check(manuscript(folder, text, "paper.md"), reports=reports)
    assert said(checked) == f"paper.md, line 1: {NAME} changed: 2% → {number}%"
    assert checked.numbers == 4


def test_french_is_the_bundles_language(reports: Path, tmp_path: Path) -> None:
    paper.bundle(tmp_path / "paper" / "bundle", language="fr", reports=reports)
    number = text_of(reports, NAME, "fr").split("\N{NO-BREAK SPACE}")[0]
    path = manuscript(tmp_path / "paper", f"[{number} %](ds:{NAME})", "paper.qmd")
    assert paper.check(path, reports=reports).findings == ()
    change(reports, "fr")
    assert said(paper.check(path, reports=reports)).endswith(f"{number} % → 99\N{NO-BREAK SPACE}%")


def test_what_is_gone_is_told_with_a_way_out(folder: Path, reports: Path) -> None:
    known = numbers.read(builds.build("ontario", "en", reports).read([made.LEVELS]).values())
    withheld = next(iter(known.withheld))
    shuffled = "05-gap-by-level:executive,data_analysis,short_by_one"
    text = " ".join(map(uses, ["05-gap-by-levle:x", shuffled, f"{NAME}:lo", withheld, f"{withheld}:n"]))
    lines = said(paper.check(manuscript(folder, text), reports=reports)).split("\n")
    assert "no exhibit ‘05-gap-by-levle’; did you mean ‘05-gap-by-level’?" in lines[0]
    assert "did you mean ‘data_analysis,short_by_one,executive’?" in lines[1]
    assert "did you mean ‘data_analysis,short_by_one,executive:low’?" in lines[2]
    assert all("is withheld now: few answers" in line for line in lines[3:])
    assert len(lines) == 5


def test_an_exhibit_that_was_removed_is_told(folder: Path, reports: Path) -> None:
    path = manuscript(
        folder, f"{uses()} \\includegraphics[width=1cm, alt={{a [b] {{c}}}}]{{bundle/figures/{made.LEVELS}}}"
    )
    for file in (reports / "exhibits" / "ontario" / "en").glob(f"{made.LEVELS}.*"):
        file.unlink()
    made.freshen(reports)
    lines = said(paper.check(path, reports=reports)).split("\n")
    assert len(lines) == 2
    assert all("no longer exists" in line for line in lines)


def test_a_figure_of_other_bytes_is_told(folder: Path, reports: Path) -> None:
    texts = {
        "paper.tex": f"\\graphicspath{{{{bundle/figures/}}}}\\includegraphics{{{made.LEVELS}.png}}",
        "paper.md": f"![a \\] b](bundle/figures/{made.LEVELS}.png) ![other](photo.png)",
        "paper.qmd": f"{{{{< include bundle/snippets/quarto/{made.LEVELS}.qmd >}}}}",
        "myst.md": f":::{{figure}} bundle/figures/{made.LEVELS}.png\n:::",
    }
    found = [manuscript(folder, text, name) for name, text in texts.items()]
    assert [paper.check(path, reports=reports).figures for path in found] == [1, 1, 1, 1]
    assert [said(paper.check(path, reports=reports)) for path in found] == ["", "", "", ""]
    (reports / "exhibits" / "ontario" / "en" / f"{made.LEVELS}.png").write_bytes(b"another picture")
    made.freshen(reports)
    for path in found:
        assert "is not the present one" in said(paper.check(path, reports=reports)), path
    (folder / "bundle" / "figures" / f"{made.LEVELS}.png").unlink()
    assert "is not there" in said(paper.check(found[1], reports=reports))


def test_only_what_a_manuscript_names_must_be_fresh(folder: Path, reports: Path) -> None:
    path = manuscript(folder, uses())
    made.replace(reports / "exhibits" / "ontario" / "en" / f"{made.THEMES}.csv", "capacity", "Capacity")
    assert paper.check(path, reports=reports).findings == ()
    made.replace(reports / "exhibits" / "ontario" / "en" / f"{made.LEVELS}.csv", "executive", "Executive")
    with pytest.raises(DigiskillsError, match="digiskills build"):
        paper.check(path, reports=reports)


def test_two_bundles_ask_for_one(folder: Path, reports: Path) -> None:
    paper.bundle(folder / "other", language="fr", reports=reports)
    path = manuscript(folder, uses())
    with pytest.raises(UsageError, match="--bundle"):
        paper.check(path, reports=reports)
    assert paper.check(path, bundle=folder / "other", reports=reports).findings == ()
    with pytest.raises(UsageError, match="is no bundle"):
        paper.check(path, bundle=folder, reports=reports)


def test_without_a_bundle_names_are_looked_up(reports: Path, tmp_path: Path) -> None:
    checked = paper.check(manuscript(tmp_path, uses() + uses("05-gap-by-level:nothing")), reports=reports)
    assert len(checked.findings) == 1
    assert "give --bundle" in checked.notes[1]


# --- Word


def docx(folder: Path, body: str, more: dict[str, bytes] | None = None) -> Path:
    path = folder / "paper.docx"
    path.write_bytes(word.packed(f'<w:document xmlns:w="{word.NAMESPACE}"><w:body>{body}</w:body></w:document>', more))
    return path


def test_numbers_copied_into_word_are_found_by_their_mark(folder: Path, reports: Path) -> None:
    number = numbers.read(builds.build("ontario", "en", reports).read([made.LEVELS]).values()).known[NAME]
    path = docx(folder, f"<w:p>{word.control(number)}</w:p><w:p>plain 12%</w:p>")
    checked = paper.check(path, reports=reports)
    assert (checked.findings, checked.numbers) == ((), 1)
    change(reports)
    assert (
        said(paper.check(path, reports=reports))
        == f"paper.docx, document, paragraph 1: {NAME} changed: {number.text} → 99%"
    )
    path.write_bytes((folder / "bundle" / "numbers.docx").read_bytes())
    assert paper.check(path, reports=reports).numbers > 100


def test_links_and_pictures_of_word_are_found(folder: Path, reports: Path) -> None:
    kind = "http://schemas.openxmlformats.org/package/2006/relationships"
    relations = (
        f'<Relationships xmlns="{kind}"><Relationship Id="r1" Target="ds:{NAME}" TargetMode="External"/>'
        '<Relationship Id="r2" Target="media/image1.png"/><Relationship Id="r3" Target="media/image2.png"/>'
        "</Relationships>"
    )
    picture = (folder / "bundle" / "figures" / f"{made.LEVELS}.png").read_bytes()
    more = {"word/_rels/document.xml.rels": relations.encode(), "word/media/image1.png": picture}
    more["word/media/image2.png"] = b"a photograph"
    link = '<w:p><w:hyperlink r:id="r1" xmlns:r="r"><w:r><w:t>1</w:t></w:r><w:r><w:t>%</w:t></w:r></w:hyperlink></w:p>'
    path = docx(folder, link, more)
    checked = paper.check(path, reports=reports)
    assert said(checked).endswith(f"1% → {text_of(reports, NAME)}")
    assert (checked.numbers, checked.figures, checked.others) == (1, 1, 1)
    (reports / "exhibits" / "ontario" / "en" / f"{made.LEVELS}.png").write_bytes(b"another picture")
    made.freshen(reports)
    assert "figure 05-gap-by-level is not the present one" in said(paper.check(path, reports=reports))


ENTITIES = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><w:document xmlns:w="w"><w:p>&a;</w:p></w:document>'


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"word/document.xml": ENTITIES.encode()}, "declares a DTD or entities"),
        ({"word/document.xml": b" " * (65 * 1024**2)}, "holds more than"),
        ({"word/document.xml": b"<a>" * 200 + b"</a>" * 200}, "nested more than"),
        ({"word/document.xml": b"<a>"}, "not well-formed"),
        ({"word/document.xml": b"<a/>", "../out": b""}, "path out of the archive"),
        ({"xl/workbook.xml": b"<a/>"}, "no Word file"),
    ],
)
def test_hostile_word_files_are_refused(reports: Path, tmp_path: Path, entries: dict[str, bytes], message: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    path = tmp_path / "paper.docx"
    path.write_bytes(file.getvalue())
    with pytest.raises(DigiskillsError, match=message):
        paper.check(path, reports=reports)


def test_files_that_are_no_manuscript_are_refused(reports: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        paper.check(tmp_path / "none.tex", reports=reports)
    with pytest.raises(UsageError, match="what is read are"):
        paper.check(manuscript(tmp_path, "x", "paper.odt"), reports=reports)
    (tmp_path / "latin.tex").write_bytes(b"\xe9")
    with pytest.raises(DigiskillsError, match="UTF-8"):
        paper.check(tmp_path / "latin.tex", reports=reports)
    (tmp_path / "paper.docx").write_bytes(b"no zip")
    with pytest.raises(DigiskillsError, match="no archive"):
        paper.check(tmp_path / "paper.docx", reports=reports)


def test_files_that_include_each_other_are_read_once(folder: Path, reports: Path) -> None:
    manuscript(folder, f"\\input{{paper}} {uses()}", "part.tex")
    assert paper.check(manuscript(folder, "\\input{part}\\include{part}\\input{none}"), reports=reports).numbers == 1


# --- what always holds


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_escaped_latex_runs_nothing(text: str) -> None:
    written = latex.escape(text)
    commands = set(re.findall(r"\\([a-zA-Z]+|.)", written, flags=re.DOTALL))
    own = {found for sign in latex.SIGNS.values() for found in re.findall(r"\\([a-zA-Z]+|.)", sign)}
    assert commands <= own
    assert not re.search(r"(?<!\\)[%&#$_^]", written)
    assert written.count("{") - written.count(r"\{") == written.count("}") - written.count(r"\}")
    assert "\n" not in written


@given(st.text(alphabet=st.sampled_from("ab1 \\`*_{}[]<>#|~^$@&-%"), max_size=30))
def test_escaped_markdown_comes_back(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", markdown.escape(text)) == text


@given(st.text(max_size=30))
def test_words_of_a_name_need_no_escape(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_./+-]+", numbers.slug(text))


@given(st.floats(0, 1), st.sampled_from(["en", "fr"]))
def test_a_number_typed_as_latex_writes_it_is_the_same_number(value: float, language: str) -> None:
    printed = words.percent(value, language, 1)
    assert plain(latex.escape(printed)) == plain(printed)


# --- with the tools of authors


def needs(*tools: str) -> None:
    lacking = [tool for tool in tools if not shutil.which(tool)]
    if lacking:
        pytest.skip(
            f"not installed: {', '.join(lacking)} (Debian: texlive-latex-base texlive-lang-french pandoc nodejs)"
        )


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)


def tex(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", name)


def blocks(language: str) -> list[str]:
    text = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def guide(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder where the first command of the guide was run."""
    monkeypatch.setattr(paths, "reports", lambda: reports)
    monkeypatch.chdir(tmp_path)
    commands.app(blocks("sh")[0].split()[1:], standalone_mode=False)
    assert "README.md" in capsys.readouterr().out
    return tmp_path


def test_the_guides_latex_compiles_and_its_check_tells(guide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manuscript(guide, blocks("latex")[0], "manuscript.tex")
    command = blocks("sh")[2].split()[1:]
    assert text_of(guide / "reports", NAME) == "33%"  # what the guide types by hand
    assert commands.app(command, standalone_mode=False) in (0, None)
    assert "4 numbers and 1 figure compared: nothing out of date" in capsys.readouterr().out
    needs("pdflatex")
    for _ in range(2):
        done = tex(guide, "manuscript.tex")
        assert done.returncode == 0, done.stdout[-3000:]
    assert "Overfull" not in done.stdout
    change(guide / "reports")
    assert commands.app(command, standalone_mode=False) == 1
    out = capsys.readouterr().out
    assert f"manuscript.tex, line 7: {NAME} changed: 33% → 99%" in out


def test_the_guides_markdown_becomes_word_that_the_check_reads(guide: Path) -> None:
    needs("pandoc")
    text = blocks("markdown")[0].replace(
        "{{< include ontario/snippets/quarto/05-gap-by-level.qmd >}}",  # Quarto's own; pandoc has the snippet in place
        (guide / "ontario" / "snippets" / "pandoc" / "05-gap-by-level.md").read_text(encoding="utf-8"),
    )
    manuscript(guide, text, "manuscript.md")
    done = run(guide, *blocks("sh")[1].split())
    assert done.returncode == 0, done.stderr
    checked = paper.check(guide / "manuscript.docx")
    assert (checked.numbers, checked.figures, checked.findings) == (3, 1, ())
    change(guide / "reports")
    assert len(paper.check(guide / "manuscript.docx").findings) == 2
    html = run(guide, "pandoc", "manuscript.md", "--lua-filter", "ontario/numbers.lua", "-t", "plain").stdout
    assert "ds:" not in html and "33% are short" in html.replace("\n", " ")


def test_the_filter_stops_at_withheld_and_unknown_numbers(guide: Path) -> None:
    needs("pandoc")
    known = numbers.read(builds.build("ontario", "en", guide / "reports").read([made.LEVELS]).values())
    for name, message in ((next(iter(known.withheld)), "is withheld"), ("05-gap-by-level:none", "there is no number")):
        manuscript(guide, f"[](ds:{name})", "manuscript.md")
        done = run(guide, *blocks("sh")[1].split())
        assert done.returncode != 0
        assert message in done.stderr


def test_the_role_of_myst_fills_numbers_in(guide: Path) -> None:
    needs("node")
    name = re.findall(r"\{ds\}`([^`]+)`", blocks("myst")[0])[0]
    script = (
        "import plugin from './ontario/numbers.mjs';"
        f"console.log(JSON.stringify(plugin.roles[0].run({{ body: {json.dumps(name)} }})));"
        "try { plugin.roles[0].run({ body: 'x:y' }) } catch (error) { console.log(error.message) }"
    )
    done = run(guide, "node", "--input-type=module", "-e", script)
    first, second = done.stdout.splitlines()
    assert json.loads(first) == [{"type": "text", "value": text_of(guide / "reports", NAME)}]
    assert "there is no number x:y" in second


def test_myst_builds_the_guides_page(guide: Path) -> None:
    needs("myst")
    manuscript(guide, blocks("myst")[0], "index.md")
    manuscript(guide, "version: 1\nproject:\n  plugins: [ontario/numbers.mjs]\nsite: {}\n", "myst.yml")
    done = run(guide, "myst", "build", "--site", "--strict")
    assert done.returncode == 0, done.stderr


def test_quarto_renders_the_guides_document(guide: Path) -> None:
    needs("quarto")
    manuscript(guide, blocks("markdown")[0], "manuscript.qmd")
    assert run(guide, "quarto", "render", "manuscript.qmd", "--to", "html").returncode == 0


def test_the_sample_paper_compiles(reports: Path, tmp_path: Path) -> None:
    paper.bundle(tmp_path / "paper" / "bundle", reports=reports)
    shutil.copy(ROOT / "docs" / "paper" / "paper.tex", tmp_path / "paper")
    checked = paper.check(tmp_path / "paper" / "paper.tex", reports=reports)
    assert (checked.findings, checked.numbers, checked.figures) == ((), 4, 1)
    needs("pdflatex")
    for _ in range(2):
        done = tex(tmp_path / "paper", "paper.tex")
        assert done.returncode == 0, done.stdout[-3000:]
    assert "undefined" not in done.stdout


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_macro_figure_and_table_compiles(reports: Path, tmp_path: Path, language: str) -> None:
    needs("pdflatex")
    bundle = tmp_path / "paper" / "bundle"
    paper.bundle(bundle, language=language, reports=reports)
    names = list(numbers.read(builds.build("ontario", language, reports).read().values()).known)
    french = "\\usepackage[T1]{fontenc}" + ("\\usepackage[french]{babel}" if language == "fr" else "")
    parts = [uses(name) for name in names]
    parts += [
        f"\\input{{\\dsBundle/snippets/latex/{path.name}}}"
        for path in sorted((bundle / "snippets" / "latex").iterdir())
    ]
    head = LATEX.replace("\\usepackage{graphicx", french + "\\usepackage{graphicx")
    caption = f"\\section{{{uses()}}}\\begin{{figure}}\\caption{{{uses()}}}\\end{{figure}}"
    manuscript(
        tmp_path / "paper", head + "\\tableofcontents\\listoffigures" + caption + "\n\n".join(parts) + "\\end{document}"
    )
    for _ in range(2):
        done = tex(tmp_path / "paper", "paper.tex")
        assert done.returncode == 0, done.stdout[-3000:]
    if shutil.which("pdftotext"):
        printed = run(tmp_path / "paper", "pdftotext", "paper.pdf", "-").stdout
        assert "99" in printed or "%" in printed


@pytest.mark.parametrize("late", [False, True])
def test_a_withheld_number_stops_latex_with_a_message(reports: Path, tmp_path: Path, late: bool) -> None:
    needs("pdflatex")
    paper.bundle(tmp_path / "paper" / "bundle", reports=reports)
    withheld = next(iter(numbers.read(builds.build("ontario", "en", reports).read([made.LEVELS]).values()).withheld))
    head = LATEX.replace("\\input", "\\usepackage[french]{babel}\\input")
    if late:  # where French typesetting has made the colon active
        head = head.replace("\\input{bundle/numbers.tex}", "") + "\\input{bundle/numbers.tex}"
    for name, message in ((f"{withheld}:n", "is withheld"), ("05-gap-by-level:none", "There is no number none")):
        manuscript(tmp_path / "paper", f"{head}{uses(name)}\\end{{document}}")
        done = tex(tmp_path / "paper", "paper.tex")
        assert done.returncode != 0
        assert message in done.stdout.replace("\n", "")


# --- the commands


def test_the_commands_end_as_they_should(
    reports: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def digiskills(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["digiskills", "paper", *words])
        try:
            cli.main()
        except SystemExit as ended:
            return int(ended.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    path = manuscript(folder, uses())
    output = ("--output", str(reports))
    assert digiskills("bundle", str(folder / "bundle"), *output)[0] == 0
    assert digiskills("check", str(path), *output)[0] == 0
    change(reports)
    code, out, _ = digiskills("check", str(path), *output)
    assert (code, "→ 99%" in out) == (1, True)
    for wrong in (["bundle", str(folder)], ["check", "none.tex"], ["bundle", str(folder / "b"), "--study", "ontari"]):
        code, out, error = digiskills(*wrong, *output)
        assert (code, out) == (2, ""), wrong
        assert error.startswith("digiskills:")
    for name in ("bundle", "check"):
        assert "Example: digiskills paper" in digiskills(name, "--help")[1]
