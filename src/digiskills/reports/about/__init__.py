"""Pages about a study that stand beside its reports: questions and answers, methods, privacy, accessibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup

from digiskills.codebook import LANGUAGES
from digiskills.reports.about import codebook, prose
from digiskills.reports.interface import text
from digiskills.reports.shell import ABOUT, frame, switch
from digiskills.reports.tidy import tidied
from digiskills.study import Study

Page = Callable[[Study, str], str]
CONTENTS: dict[str, Page] = {
    "codebook": codebook.content,
    "methods": prose.methods,
    "privacy": prose.privacy,
    "accessibility": prose.accessibility,
}


def pages(study: Study) -> Iterator[tuple[str, str]]:
    """Yield the pages about a study.

    Parameters
    ----------
    study : Study
        The study.

    Yields
    ------
    tuple of str
        ``language/name`` and a whole HTML document.
    """
    for language in LANGUAGES:
        for name in ABOUT:
            yield f"{language}/{name}", _page(study, language, name)


def _page(study: Study, language: str, name: str) -> str:
    soup = BeautifulSoup(CONTENTS[name](study, language), "html.parser")
    contents = tidied(soup, language)
    return frame(
        language,
        text(f"about.{name}", language),
        str(soup),
        site=study.title[language],
        home="index.html",
        other=switch(language, name),
        contents=contents,
    )
