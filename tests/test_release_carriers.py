"""A build on data with small groups planted in it is safe, and what is put into any of its files by hand is found."""

from __future__ import annotations

import base64
import gzip
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import in_process
import matplotlib
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from digiskills import answers, disclosure, exhibits, release, simulate, survey
from digiskills import study as studies
from digiskills.intake import passport
from digiskills.notebook import open_study, passages

matplotlib.use("agg")
CHECKOUT = Path(__file__).parents[1]
SHARE = 0.08  # of the people of the default study
NOTEBOOKS, QUOTES = ("01-who-answered", "02-barriers"), "03-quotations"
PEOPLE, BARRIERS = "01-respondents-by-size-and-level", "02-barriers-by-level"
LEFT = 4  # executives of small departments


def plant(study: Path) -> None:
    """Leave a handful of executives in small departments, and give every respondent a key and a few a remark."""
    for path in (study / "survey_2023.csv.gz", study / "survey_2025.csv.gz"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        few = frame.index[frame["department_size"].eq("small") & frame["level"].eq("executive")]
        frame.loc[few[LEFT:], "level"] = "director"
        frame["key"] = [f"R{path.stem[7:11]}x{row:05d}" for row in range(len(frame))]
        frame["remark"] = ["My director never reads reports" if row == 7 else "" for row in range(len(frame))]
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode(), mtime=0))
    form = study / "codebook" / "survey.csv"
    header = form.read_text(encoding="utf-8").partition("\n")[0].split(",")
    more = [{"type": "hidden", "name": "key"}, {"type": "text", "name": "remark"}]
    lines = [",".join(each.get(name, "Key" if "::" in name else "") for name in header) for each in more]
    form.write_text(form.read_text(encoding="utf-8").rstrip("\n") + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    passport.renew(study)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = in_process.copy_of(CHECKOUT, tmp_path_factory.mktemp("planted") / "root")
    study = root / "data" / "raw" / "ontario"
    simulate.write(study, simulate.smaller(simulate.read(study), SHARE))
    plant(study)
    declared = root / "notebooks" / "reports.toml"
    start, *reports = declared.read_text(encoding="utf-8").split("[[report]]\n")
    kept = [each for each in reports if any(f'notebook = "{name}"' in each for name in NOTEBOOKS)]
    declared.write_text("[[report]]\n".join([start, *kept]), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def built(root: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        in_process.prepare("ontario")
        return publish(root / "reports", patch, NOTEBOOKS)


def publish(folder: Path, patch: pytest.MonkeyPatch, notebooks: tuple[str, ...]) -> Path:
    """Make the pages of some notebooks in English, their exhibits and the workbook, as a build does."""
    home, pages = folder / "exhibits" / "ontario" / "en", folder / "site" / "ontario" / "en"
    pages.mkdir(parents=True)
    quoted = passages("03-examples", open_study("ontario", language="en").focus_groups().examples()).data
    told = {name: in_process.execute(name, patch, home) for name in notebooks}
    for name, cells in {**told, QUOTES: [quoted]}.items():
        shown = "\n".join(cells)
        (pages / f"{name}.html").write_text(f"<main>{shown}</main>", encoding="utf-8")
    (pages / "ontario-en.xlsx").write_bytes(exhibits.workbook(home))
    return folder


@pytest.fixture
def here(root: Path, monkeypatch: pytest.MonkeyPatch) -> studies.Study:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    return studies.read("ontario")


@pytest.fixture(scope="module")
def counted(built: Path, root: Path):
    """Survey and answers, read once for all attacks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        study = studies.read("ontario")
        read = {wave.name: survey.read(study, wave.name) for wave in study.waves}

        @cache
        def count(wave: str, dimensions: tuple[str, ...]):
            return read[wave], answers.read(read[wave], dimensions)

        yield count


def found(study: studies.Study, folder: Path, counted) -> list[str]:
    plan = disclosure.read_plan("ontario")
    assert plan is not None
    checked = release.check(study, plan, folder, counted)
    return [*map(str, checked.leaks), *checked.faults]


def test_a_build_on_planted_small_groups_is_safe(here: studies.Study, built: Path, counted) -> None:
    assert found(here, built, counted) == []


def test_without_the_complement_the_planted_group_is_found(
    here: studies.Study, counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = disclosure.read_plan("ontario")
    assert plan is not None
    weak = {
        table: {key: why for key, why in cells.items() if why != "complementary"}
        for table, cells in plan.withheld.items()
    }
    disclosure.write_plan(disclosure.Plan(plan.study, plan.tables, weak, plan.inputs))
    try:
        folder = publish(tmp_path / "weak", monkeypatch, NOTEBOOKS)
    finally:
        disclosure.write_plan(plan)
    assert any(re.search(r"\d − \d.* = \d+, ", line) for line in found(here, folder, counted))


@dataclass(frozen=True)
class Place:
    """Files of its own for one plant, in a build that holds them all."""

    folder: Path
    name: str

    @property
    def home(self) -> Path:
        """Where its exhibits are."""
        own = self.folder / "exhibits" / "ontario" / self.name
        if not own.is_dir():
            own.mkdir()
            for file in (own.parent / "en").glob("*.*"):
                if file.stem in (PEOPLE, BARRIERS):
                    shutil.copy(file, own)
        return own

    def page(self, name: str, suffix: str = ".html") -> Path:
        """Its copy of a page."""
        pages = self.folder / "site" / "ontario" / "en"
        own = pages / f"{self.name}-{name}{suffix}"
        if not own.is_file():
            shutil.copy(pages / f"{name}{suffix}", own)
        return own


def change(path: Path, old: str, new: str) -> None:
    """Replace what is there exactly once, or at least first."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def in_figure(path: Path, identity: str, old: str, new: str) -> None:
    """Replace something in one figure of a page."""
    before, mark, after = path.read_text(encoding="utf-8").partition(f'<figure id="{identity}">')
    assert mark and old in after
    path.write_text(before + mark + after.replace(old, new, 1), encoding="utf-8")


def csv_row(folder: Place, column: str, value: float) -> None:
    path = folder.home / f"{PEOPLE}.csv"
    frame = pd.read_csv(path, dtype={"wave": str})
    frame.loc[frame["withheld"].notna().idxmax(), column] = value
    frame.to_csv(path, index=False)


def csv_inside(folder: Place) -> None:
    path = folder.page(NOTEBOOKS[0])
    data = (folder.home / f"{PEOPLE}.csv").read_bytes()
    frame = pd.read_csv(folder.home / f"{PEOPLE}.csv", dtype={"wave": str})
    frame.loc[frame["withheld"].notna().idxmax(), "n"] = LEFT
    new = base64.b64encode(frame.to_csv(index=False).encode()).decode()
    change(path, base64.b64encode(data).decode(), new)


def svg(folder: Place, said: str) -> None:
    change(folder.home / f"{PEOPLE}.svg", "</svg>", f"{said}</svg>")


def svg_inside(folder: Place) -> None:
    """A picture inside a page that a careless chart could have drawn."""
    picture = (folder.home / f"{PEOPLE}.svg").read_text(encoding="utf-8")
    other = base64.b64encode(picture.replace("</svg>", f"<text>{LEFT}</text></svg>").encode()).decode()
    path = folder.page(NOTEBOOKS[0])
    text = path.read_text(encoding="utf-8")
    start = text.index("data:image/svg+xml;base64,", text.index(f'<figure id="{PEOPLE}">')) + 26
    end = text.index('"', start)
    path.write_text(text[:start] + other + text[end:], encoding="utf-8")


def drawn(folder: Place, suffix: str, **options: object) -> None:
    figure = Figure()
    if suffix == "pdf":
        figure.text(0.1, 0.5, f"{LEFT} answered")
        with matplotlib.rc_context({"pdf.fonttype": options["fonttype"]}):
            figure.savefig(folder.home / f"{PEOPLE}.pdf")
    else:
        figure.savefig(folder.home / f"{PEOPLE}.png", metadata={"Description": f"{LEFT} answered"})


def worksheet(folder: Place, strange: bool) -> None:
    path = folder.page("ontario-en", ".xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book[PEOPLE[:31]].iter_rows() for cell in row]
    if strange:
        next(cell for cell in cells if isinstance(cell.value, int)).value = 987654
    else:
        next(cell for cell in cells if cell.value == "[c]").value = LEFT
    book.save(path)


def share(folder: Place) -> None:
    """A withheld share in a cell of the page's table."""
    published = pd.read_csv(folder.home / f"{BARRIERS}.csv", dtype={"wave": str})
    shown = {f"{value:.0%}" for column in ("estimate", "se", "low", "high") for value in published[column].dropna()}
    plan, study = disclosure.read_plan("ontario"), studies.read("ontario")
    assert plan is not None
    table = next(each for each in plan.tables if each.id == BARRIERS)
    read = survey.read(study)
    true = disclosure.estimate(table, study, lambda wave, dimensions: (read, answers.read(read, dimensions)))
    gone = true.loc[published["withheld"].notna().to_numpy(), "estimate"].dropna()
    odd = next(each for each in (f"{value:.0%}" for value in gone) if int(each[:-1]) % 5 and each not in shown)
    in_figure(folder.page(NOTEBOOKS[1]), BARRIERS, "</td>", f"</td><td>{odd}</td>")


def quote(folder: Place, old: str, new: str) -> None:
    path = folder.page(QUOTES)
    text = path.read_text(encoding="utf-8")
    start = text.index("<blockquote")
    end = text.index("</blockquote>", start)
    changed = re.sub(old, new, text[start:end], count=1)
    assert changed != text[start:end]
    path.write_text(text[:start] + changed + text[end:], encoding="utf-8")


def sentence(folder: Place, said: str) -> None:
    change(folder.page(NOTEBOOKS[1]), "</main>", f"<p>{said}</p></main>")


def weight() -> str:
    study = studies.read("ontario")
    return str(pd.read_csv(study.folder / "survey_2025.csv.gz", dtype=str)["weight"].iloc[0])


def departments() -> str:
    study = studies.read("ontario")
    return str(pd.read_csv(study.folder / "survey_2025.csv.gz", dtype=str)["department"].iloc[0])


COUNT = f"says {LEFT}, a withheld count"
CARRIERS: dict[str, tuple[Callable[[Place], None], str]] = {
    "csv": (lambda folder: csv_row(folder, "n", LEFT), "shown itself"),
    "csv, another column": (lambda folder: csv_row(folder, "se", 0.1), "shown itself"),
    "csv inside a page": (csv_inside, "shown itself"),
    "alternative text": (
        lambda folder: in_figure(folder.page(NOTEBOOKS[0]), PEOPLE, 'alt="', f'alt="{LEFT} answered. '),
        COUNT,
    ),
    "data attribute": (
        lambda folder: in_figure(folder.page(NOTEBOOKS[0]), PEOPLE, "<td", f'<td data-n="{LEFT}"'),
        COUNT,
    ),
    "title of a mark": (
        lambda folder: in_figure(folder.page(NOTEBOOKS[0]), PEOPLE, "<td", f'<td title="{LEFT}"'),
        COUNT,
    ),
    "caption": (
        lambda folder: in_figure(folder.page(NOTEBOOKS[0]), PEOPLE, "<figcaption>", f"<figcaption>{LEFT} "),
        COUNT,
    ),
    "sentence": (lambda folder: sentence(folder, f"Only {LEFT} respondents are executives."), "stands on ‘4 resp"),
    "sentence, French": (
        lambda folder: sentence(folder, "n\u00a0=\u00a06 dans ce groupe."),
        "stands on ‘n\u00a0=\u00a06",
    ),
    "share in a table": (share, "a withheld share"),
    "json": (
        lambda folder: change(folder.home / f"{PEOPLE}.json", '"caption": "', f'"caption": "{LEFT} answered. '),
        COUNT,
    ),
    "svg text": (lambda folder: svg(folder, f"<text>{LEFT}</text>"), COUNT),
    "svg description": (lambda folder: svg(folder, f"<desc>{LEFT} executives</desc>"), COUNT),
    "svg inside a page": (svg_inside, COUNT),
    "pdf": (lambda folder: drawn(folder, "pdf", fonttype=42), COUNT),
    "pdf of outlines": (lambda folder: drawn(folder, "pdf", fonttype=3), COUNT),
    "png": (lambda folder: drawn(folder, "png"), COUNT),
    "workbook": (lambda folder: worksheet(folder, strange=False), "in a withheld row"),
    "workbook, strange": (lambda folder: worksheet(folder, strange=True), "987654, which its table does not"),
    "quotation of no one": (lambda folder: quote(folder, 'data-passage="[^"]*"', 'data-passage="MD999"'), "MD999"),
    "quotation in other words": (lambda folder: quote(folder, "<p>", "<p>Frankly, "), "in other words"),
    "quotation by a person": (
        lambda folder: quote(folder, "<small>", "<small>Deputy minister, "),
        "under another attribution",
    ),
    "key": (lambda folder: sentence(folder, "R2025x00012"), "what one respondent gave, ‘R2025x00012’"),
    "remark": (
        lambda folder: sentence(folder, "My director never reads reports"),
        "what one respondent gave, ‘My director",
    ),
    "weight": (lambda folder: sentence(folder, weight()), "holds the weight"),
    "department": (lambda folder: sentence(folder, departments()), "names the department"),
    "rows": (lambda folder: (folder.home / "frame.parquet").write_bytes(b"PAR1") and None, "no build publishes"),
    "table of no plan": (
        lambda folder: shutil.copy(folder.home / f"{PEOPLE}.csv", folder.home / "99-strange.csv") and None,
        "is in no plan",
    ),
}


NAMES = {carrier: f"plant-{number:02d}" for number, carrier in enumerate(CARRIERS)}


@pytest.fixture(scope="module")
def attacked(root: Path, built: Path, counted, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the attack says of a build with a plant in each of its carriers."""
    folder = Path(shutil.copytree(built, tmp_path_factory.mktemp("attacked") / "reports"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        for carrier, (into, _) in CARRIERS.items():
            into(Place(folder, NAMES[carrier]))
        return found(studies.read("ontario"), folder, counted)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_is_put_into_a_file_by_hand_is_found(carrier: str, attacked: list[str]) -> None:
    mine = [line for line in attacked if NAMES[carrier] in line]
    assert any(CARRIERS[carrier][1] in line for line in mine), mine
