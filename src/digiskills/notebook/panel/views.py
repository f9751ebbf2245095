"""A panel to look around in: choices, and the figure, table and line of code that follow from them."""

from __future__ import annotations

import gc
import html
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from digiskills import charts, words
from digiskills.disclosure import SKILLS, DeclaredTable, Released
from digiskills.errors import UsageError, nearest
from digiskills.notebook.opened import OpenStudy, open_study
from digiskills.notebook.publishing import publish
from digiskills.notebook.run import marked, said
from digiskills.study import LATEST

if TYPE_CHECKING:
    import ipywidgets

ALL, EACH = "all", "each"
KINDS = {"gaps": ("shortfalls", (SKILLS,)), "barriers": ("barrier_side", ("barrier",))}
"""Method of a survey that gives a table, with its kind and items as a page declares them."""
MEASURE = "short_by_one"
IDENTITY = "00-view"
PAGE = "explorer.html"


@dataclass(frozen=True)
class Choice:
    """What a reader wants to see.

    Parameters
    ----------
    about : str
        A skill, or a question on a barrier.
    wave : str
        A wave of the survey.
    language : str
        ``en`` or ``fr``.
    groups : tuple of (str, str)
        Dimension, and a category, ``all`` for everyone together or ``each`` for one beside the other.
    """

    about: str
    wave: str
    language: str
    groups: tuple[tuple[str, str], ...] = ()

    @property
    def by(self) -> tuple[str, ...]:
        """Dimensions that the table is broken down by."""
        return tuple(name for name, value in self.groups if value != ALL)

    @property
    def only(self) -> dict[str, str]:
        """Categories that rows are limited to."""
        return {name: value for name, value in self.groups if value not in (ALL, EACH)}


@dataclass(frozen=True)
class View:
    """What a choice shows.

    Parameters
    ----------
    html : str
        Figure, caption and table; or why there is none.
    code : str
        The line that makes the same in a cell of the notebook.
    """

    html: str
    code: str


@dataclass(frozen=True, repr=False)
class Explorer:
    """Views of a study, from tables that are made once.

    Parameters
    ----------
    opened : OpenStudy
        The study, of everyone.
    scoped : bool
        Whether the notebook's own study has another scope, so that its line of code has to open one.
    tables : dict
        Released tables by language, wave, method and dimensions; views by choice.
    """

    opened: OpenStudy
    scoped: bool = False
    tables: dict[Any, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name of the study."""
        return f"Explorer of {self.opened.study.name}"

    @property
    def skills(self) -> list[str]:
        """Skills that have a gap."""
        return [pair.skill for pair in self.opened.codebook.pairs()]

    @property
    def barriers(self) -> list[str]:
        """Questions on barriers."""
        return [item.name for item in self.opened.codebook.with_role("barrier")]

    @property
    def dimensions(self) -> list[str]:
        """Dimensions that some planned table is broken down by; without a plan those that every study has."""
        plan = self.opened.plan
        met = {name for table in plan.tables if _is_ours(table) for name in table.by} if plan else set()
        return [name for name in self.opened.study.dimensions if name in (met or ("department_size", "level"))]

    def first(self) -> Choice:
        """Return what is shown first: the first skill, levels side by side."""
        groups = tuple((name, EACH if name == "level" else ALL) for name in self.dimensions)
        about = [*self.skills, *self.barriers][0]
        return Choice(about, self.opened.study.wave(LATEST).name, self.opened.language, groups)

    def view(self, choice: Choice) -> View:
        """Return what a choice shows.

        Parameters
        ----------
        choice : Choice
            What is wanted.

        Returns
        -------
        View
            By the rule of pages: where the release plan holds the table, its cells and no others are shown; a
            table that it does not hold is not shown. Before the first build there is no plan; then only the rules
            that a cell must meet by itself hold, and the view says so.

        Raises
        ------
        UsageError
            If there is no such skill, question, dimension or category.
        """
        self._check(choice)
        if choice not in self.tables:
            self.tables[choice] = View(self._shown(choice), self.code(choice))
        return self.tables[choice]  # type: ignore[no-any-return]

    def holds(self, choice: Choice) -> bool:
        """Tell whether the release plan holds the table behind a choice.

        Parameters
        ----------
        choice : Choice
            What is wanted.

        Returns
        -------
        bool
            False without a plan.
        """
        kind, items = KINDS[self._method(choice)]
        name = self.opened.study.name
        table = DeclaredTable("", name, "survey", kind, items, choice.by, choice.wave)
        return bool(self.opened.plan and self.opened.plan.ids(table))

    def code(self, choice: Choice) -> str:
        """Return the line that makes a view in a cell of the notebook.

        Parameters
        ----------
        choice : Choice
            What is wanted.

        Returns
        -------
        str
            Python; it needs ``open_study``, ``publish``, ``charts`` and the open ``study``.
        """
        same = choice.language == self.opened.language and not self.scoped
        study = "study" if same else f'open_study("{self.opened.study.name}", "{choice.language}")'
        by = ", ".join(f'"{name}"' for name in choice.by)
        only = ", ".join(f'{name}="{value}"' for name, value in self._only(choice).items())
        table = f'{study}.survey("{choice.wave}").{self._method(choice)}(by=[{by}]).only({only})'
        return f'publish("{IDENTITY}", charts.dots({table}))'

    def _method(self, choice: Choice) -> str:
        return "gaps" if choice.about in self.skills else "barriers"

    def _only(self, choice: Choice) -> dict[str, str]:
        measured = {"measure": MEASURE} if choice.about in self.skills else {}
        return {"item": choice.about, **measured, **choice.only}

    def _table(self, choice: Choice) -> Released:
        """Return the released table behind a choice, made once."""
        key = choice.language, choice.wave, self._method(choice), choice.by
        if key not in self.tables:
            opened = replace(self.opened, language=choice.language)  # its answers are counted already
            survey = opened.survey(choice.wave)
            self.tables[key] = (survey.gaps if key[2] == "gaps" else survey.barriers)(by=list(choice.by))
        return self.tables[key]  # type: ignore[no-any-return]

    def _shown(self, choice: Choice) -> str:
        """Return figure, caption and table, or why there is none."""
        language, planned = choice.language, self.opened.plan is not None
        if planned and not self.holds(choice):
            return f"<p>{html.escape(words.text('explore.not_planned', language))}</p>"
        exhibit = publish(IDENTITY, charts.dots(self._table(choice).only(**self._only(choice))))
        rule = words.text("explore.rule" if planned else "explore.no_plan", language)
        return f"{exhibit.html}<p>{html.escape(rule)}</p>"

    def _check(self, choice: Choice) -> None:
        known = [*self.skills, *self.barriers]
        if choice.about not in known:
            raise UsageError(f"there is no skill or barrier ‘{choice.about}’: {nearest(choice.about, known)}")
        for name, value in choice.groups:
            names = [ALL, EACH, *self.opened.study.dimension(name).names]
            if value not in names:
                raise UsageError(f"{name}: ‘{value}’ is no category: {nearest(value, names)}")


def explore(opened: OpenStudy) -> Panel:
    """Return a panel of choices for JupyterLab; on a page, where it stands instead.

    Parameters
    ----------
    opened : OpenStudy
        The study as the notebook opened it.

    Returns
    -------
    Panel
        Choose a skill or barrier, groups, wave and language: figure, table and line of code change.

    Raises
    ------
    UsageError
        If the study has no survey with skills or barriers.
    """
    study = opened.study
    if not study.waves or not (study.codebook.pairs() or study.codebook.with_role("barrier")):
        raise UsageError(f"study {study.name} has no survey of skills or barriers to explore")
    everyone = open_study(study.name, opened.language, smallest_group=opened.smallest_group)
    everyone.counted.update(opened.counted)
    return Panel(Explorer(everyone, scoped=bool(opened.where)))


@dataclass(frozen=True, repr=False)
class Panel:
    """Choices and what they show.

    Parameters
    ----------
    explorer : Explorer
        Gives the views.
    """

    explorer: Explorer

    def __repr__(self) -> str:
        """What it is."""
        return f"Panel of {self.explorer!r}"

    def _repr_html_(self) -> str:
        language = self.explorer.opened.language
        where = words.text("explore.where", language)
        link = f'<a href="{PAGE}">{html.escape(words.text("explore.link", language))}</a>'
        return marked(f"<p>{html.escape(where)} {link}</p>")

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, Any]:
        """Return the panel for JupyterLab; a build shows only where it stands."""
        if said():
            return {"text/html": self._repr_html_()}
        bundle = self.widget()._repr_mimebundle_()
        return dict(bundle[0] if isinstance(bundle, tuple) else bundle)

    def widget(self) -> ipywidgets.VBox:
        """Return the panel as widgets.

        Returns
        -------
        ipywidgets.VBox
            Fields, figure with table, and the line of code.
        """
        from digiskills.notebook.panel.widgets import box

        shown = box(self.explorer)
        # Python would look through every library for garbage once in a hundred figures, and hold that change up.
        gc.collect()
        gc.freeze()
        return shown


def _is_ours(table: DeclaredTable) -> bool:
    return not table.where and (table.kind, table.items) in KINDS.values()
