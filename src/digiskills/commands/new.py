"""`new`: a study from received files, where what they do not say is asked, guessed or left open; `form`: its form."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digiskills import aside
from digiskills.commands.root import app, waiting

if TYPE_CHECKING:
    from digiskills.new_study import Made

AnswerOption = Annotated[
    list[str] | None,
    typer.Option("--answer", help="QUESTION=VALUE, such as size=Q5; ‘none’ where the study has no such thing."),
]


@app.command(epilog="Example: digiskills new my-study --from answers.csv --from questions.csv --answer size=Q5")
def new(
    study: Annotated[str, typer.Argument(help="Name of the new study, which becomes a folder of data/raw.")],
    files: Annotated[
        list[Path],
        typer.Option("--from", help="A form (.xlsx), answers (.csv, .sav, .xlsx …), their keys, a project (.qdpx)."),
    ],
    answer: AnswerOption = None,
    answers: Annotated[Path | None, typer.Option(help='TOML file of answers, such as size = "Q5".')] = None,
    language: Annotated[str, typer.Option(help="en or fr: of labels for which a file names no language.")] = "en",
    questions: Annotated[
        bool, typer.Option("--questions/--no-questions", help="Ask in the terminal; otherwise guess, mark, and list.")
    ] = True,
) -> None:
    """Make a study from a form, an SPSS file, CSV files with their keys, a project, or several of them."""
    from digiskills import new_study
    from digiskills.errors import UsageError, nearest

    if language not in ("en", "fr"):
        raise UsageError(f"--language {language}: {nearest(language, ('en', 'fr'))}")
    asks = _ask if questions and sys.stdin.isatty() else None
    told = new_study.given(answer or [], answers)
    made = new_study.make(study, files, told, language, asks, lambda text: print(f"{text} …", file=sys.stderr))
    for line in _told(made):
        print(line)


def _ask(question: str, text: str, guess: str) -> str:
    """Return what somebody types; an empty line takes the guess, or leaves the question open."""
    hint = f"Enter takes {guess}" if guess else "Enter leaves it open, none says that there is none"
    said = typer.prompt(f"{text}\n{question} ({hint})", default=guess, show_default=False)
    return str(said).strip()


def _told(made: Made) -> list[str]:
    """Return lines on what was read, guessed and left open, and what to do next."""
    from digiskills import paths
    from digiskills.new_study import QUESTIONS

    lines = [f"read: {file.path.name} ({file.holds})" for file in made.found.files]
    lines += [f"guess: {file.path.name}: {why}" for file in made.found.files for why in file.guesses]
    lines += [f"note: {note}" for note in made.found.notes]
    values = made.settled.values
    lines += [f"guess: {question} = {values[question]} ({why})" for question, why in made.settled.guessed.items()]
    lines += [f"open: {question}: {QUESTIONS[question]}" for question in made.settled.open]
    marked = sum(bool(item.guesses) for item in made.items.values())
    marked += sum(bool(choice.guess) for item in made.items.values() for choice in item.choices)
    name, place = made.folder.name, os.path.relpath(made.folder, paths.root())
    lines += [f"{len(made.items)} questions; {marked} guesses about them stand in the column guess of the codebook"]
    return [*lines, f"made: {place}", f"next: digiskills check {name}, then digiskills build --study {name}"]


@app.command(epilog="Example: digiskills form my-study --output my-study.xlsx")
def form(
    study: Annotated[str, typer.Argument(help="A study with a codebook.")],
    output: Annotated[Path | None, typer.Option("--output", help="File to write; by default STUDY.xlsx.")] = None,
) -> None:
    """Write the questionnaire as a form (.xlsx) for KoboToolbox, ODK or Survey123, in English and French."""
    from digiskills import study as studies
    from digiskills.codebook.form import form as written
    from digiskills.errors import UsageError

    declared = studies.read(study)
    path = output or Path(f"{study}.xlsx")
    with waiting(f"writing the form of {study}"):
        made = written(declared.folder / "codebook", declared.title["en"], re.sub(r"[^a-z0-9_]", "_", study))
        try:
            aside.put(path, made)
        except OSError as error:
            raise UsageError(f"--output {path}: cannot be written ({error.strerror})") from None
    print(f"{path}: {len(declared.codebook.items)} questions in English and French")
