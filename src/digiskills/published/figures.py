"""The figures of published surveys and what a reader must know of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from digiskills.errors import UsageError, nearest
from digiskills.frameworks import Frameworks

FITS = ("close", "partial", "weak", "none")
HEADLINE_FITS = ("close", "partial")
# What a reader is told of a survey, in this order.
TOLD = (
    "publisher",
    "population",
    "mode",
    "weighted",
    "answer_scale",
    "favourable_is",
    "barrier_is",
    "n_answers_means",
    "dont_know",
    "level_is",
    "size_is",
    "compare_with_other_surveys",
    "caution",
    "licence",
)
DESCRIBED = (
    "survey",
    "jurisdiction",
    "polarity",
    "breakdown",
    "department_size",
    "level",
    "measure",
    "basis",
)


@dataclass(frozen=True, repr=False)
class Published:
    """Figures of published surveys. They carry no interval, and no two surveys are ever subtracted.

    Parameters
    ----------
    figures : pandas.DataFrame
        One row per survey, year, item and group of employees: `share_favourable` and `share_barrier`
        (0 to 1; null where the publisher gives none or a count is withheld), `n_answers` (what it counts
        is said in `n_answers_means`), `fit` of the item to the barrier.
    sources : pandas.DataFrame
        One row per survey and year: population, answer scale, caution, licence.
    french : mapping of (str, str) to str
        French words by column and English cell.
    frameworks : Frameworks
        Words for groups, levels and names of surveys.
    """

    figures: pd.DataFrame
    sources: pd.DataFrame
    french: Mapping[tuple[str, str], str]
    frameworks: Frameworks

    def __repr__(self) -> str:
        """Shapes only."""
        return f"Published(figures {self.figures.shape}, sources {self.sources.shape})"

    @property
    def surveys(self) -> list[str]:
        """The surveys in the order of ``sources.csv``."""
        return list(dict.fromkeys(self.sources["survey"]))

    def years(self, survey: str) -> list[int]:
        """Return the years of a survey.

        Parameters
        ----------
        survey : str
            Its name in ``sources.csv``.

        Returns
        -------
        list of int
            In order of time.

        Raises
        ------
        UsageError
            If there is no such survey.
        """
        if survey not in self.surveys:
            raise UsageError(f"there is no published survey ‘{survey}’: {nearest(survey, self.surveys)}")
        return sorted(int(year) for year in self.sources.loc[self.sources["survey"] == survey, "year"])

    def panel(
        self,
        survey: str,
        year: int | None = None,
        fits: Sequence[str] = HEADLINE_FITS,
        breakdown: str = "",
    ) -> pd.DataFrame:
        """Return the figures of one survey in one year: a panel of its own.

        Parameters
        ----------
        survey : str
            Its name in ``sources.csv``.
        year : int, optional
            The latest where left out.
        fits : sequence of str
            How close an item must be to the barrier: ``close``, ``partial``, ``weak``, ``none``.
        breakdown : str
            ``total``, ``size``, ``level`` or ``size by level``; all where left out.

        Returns
        -------
        pandas.DataFrame
            One row per item and group of employees, withheld ones included.

        Raises
        ------
        UsageError
            If a name is not known.
        """
        source = self._source(survey, year)
        for fit in fits:
            if fit not in FITS:
                raise UsageError(f"there is no fit ‘{fit}’: {nearest(fit, FITS)}")
        known = self.frameworks.values("breakdown")
        if breakdown and breakdown not in known:
            raise UsageError(f"there is no breakdown ‘{breakdown}’: {nearest(breakdown, known)}")
        figures = self.figures[self.figures["fit"].isin(fits)]
        figures = figures[(figures["survey"] == survey) & (figures["year"] == int(source["year"]))]
        figures = figures[figures["breakdown"] == breakdown] if breakdown else figures
        return figures.reset_index(drop=True)

    def headlines(self) -> pd.DataFrame:
        """Return the figures for all respondents whose item is close enough to its barrier.

        Returns
        -------
        pandas.DataFrame
            One row per survey, year and item; fits ``close`` and ``partial`` only.
        """
        fits = self.figures["fit"].isin(HEADLINE_FITS)
        return self.figures[fits & (self.figures["breakdown"] == "total")].reset_index(drop=True)

    def label(self, field: str, value: str, language: str) -> str:
        """Return a cell in the reader's words.

        Parameters
        ----------
        field : str
            A column of `figures` or `sources`.
        value : str
            A cell of that column.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            From ``descriptors.csv`` where it has the field, otherwise the English cell or its French.

        Raises
        ------
        UsageError
            If there are no words for it.
        """
        if field in DESCRIBED:
            return self.frameworks.descriptor(field, value, language)
        if language not in ("en", "fr"):
            raise UsageError(f"there are no labels in ‘{language}’: {nearest(language, ('en', 'fr'))}")
        if language == "en" or not value:
            return value
        if (field, value) not in self.french:
            raise UsageError(f"french.csv has no words for ‘{value}’ of {field}")
        return self.french[field, value]

    def about(self, survey: str, year: int | None = None, language: str = "en") -> dict[str, str]:
        """Return what a reader must know of a survey.

        Parameters
        ----------
        survey : str
            Its name in ``sources.csv``.
        year : int, optional
            The latest where left out.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        dict of str to str
            Population, answer scale, caution and more, by column of ``sources.csv``; what the publisher
            does not state is left out.
        """
        source = self._source(survey, year)
        return {name: self.label(name, source[name], language) for name in TOLD if source[name]}

    def note(self, survey: str, year: int | None = None, language: str = "en") -> str:
        """Return the caution that stands beside every figure of a survey.

        Parameters
        ----------
        survey : str
            Its name in ``sources.csv``.
        year : int, optional
            The latest where left out.
        language : str
            ``en`` or ``fr``.

        Returns
        -------
        str
            The caution.
        """
        return self.label("caution", self._source(survey, year)["caution"], language)

    def _source(self, survey: str, year: int | None) -> pd.Series:
        years = self.years(survey)
        year = years[-1] if year is None else year
        if year not in years:
            raise UsageError(f"{survey} has no year {year}: {nearest(str(year), map(str, years))}")
        return self.sources.loc[(self.sources["survey"] == survey) & (self.sources["year"] == year)].iloc[0]
