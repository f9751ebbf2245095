"""Means, totals, shares, ratios and gaps with the error that the survey design implies."""

from __future__ import annotations

from digiskills.estimates.changes import changes, changes_of
from digiskills.estimates.contrasts import contrasts
from digiskills.estimates.design import SurveyDesign
from digiskills.estimates.design_effect import design_effects
from digiskills.estimates.differences import differences, differences_of, surely_small
from digiskills.estimates.from_answers import means, nets, shares, totals
from digiskills.estimates.independence import independence
from digiskills.estimates.joint import Estimand, Joint, joint
from digiskills.estimates.multiplicity import adjust
from digiskills.estimates.pairs import with_pairs
from digiskills.estimates.quantiles import quantiles
from digiskills.estimates.responses import missing, respondents
from digiskills.estimates.within_clusters import within

__all__ = [
    "Estimand",
    "Joint",
    "SurveyDesign",
    "adjust",
    "changes",
    "changes_of",
    "contrasts",
    "design_effects",
    "differences",
    "differences_of",
    "independence",
    "joint",
    "means",
    "missing",
    "nets",
    "quantiles",
    "respondents",
    "shares",
    "surely_small",
    "totals",
    "with_pairs",
    "within",
]
