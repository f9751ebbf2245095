"""Means, totals, shares, ratios and gaps with the error that the survey design implies."""

from __future__ import annotations

from digiskills.estimates.design import SurveyDesign
from digiskills.estimates.from_answers import means, shares, totals
from digiskills.estimates.responses import missing, respondents

__all__ = ["SurveyDesign", "means", "missing", "respondents", "shares", "totals"]
