"""What explains a gap: survey-weighted, ordinal and multilevel regression, and what they say per size and level."""

from __future__ import annotations

from digiskills.models.design import Design
from digiskills.models.fit import Fit
from digiskills.models.margins import Margins, adjusted_means, effects, pairs
from digiskills.models.multilevel import Multilevel, multilevel
from digiskills.models.ordinal import ordinal
from digiskills.models.parallel import proportional_odds
from digiskills.models.problems import ModelError
from digiskills.models.respondents import Respondents, frame
from digiskills.models.weighted import linear, logistic

__all__ = [
    "Design",
    "Fit",
    "Margins",
    "ModelError",
    "Multilevel",
    "Respondents",
    "adjusted_means",
    "effects",
    "frame",
    "linear",
    "logistic",
    "multilevel",
    "ordinal",
    "pairs",
    "proportional_odds",
]
