"""Agreement of coders, reliability of scales, and whether items work alike in different groups."""

from digiskills.agreement.code_tables import code_agreement, descriptor_agreement, settled
from digiskills.agreement.codings import Codings, codings
from digiskills.agreement.equivalence import THRESHOLDS, item_equivalence
from digiskills.agreement.passages import passage_agreement, rating_agreement
from digiskills.agreement.reliability import item_statistics, reliability, reliability_by
from digiskills.agreement.scale_tables import scale_equivalence, scale_items, scale_reliability, scales_of
from digiskills.agreement.scales import groups_of, survey_equivalence, survey_items, survey_reliability
from digiskills.agreement.tables import by_code, coefficients, of_codebook, side_by_side

__all__ = [
    "THRESHOLDS",
    "Codings",
    "by_code",
    "code_agreement",
    "codings",
    "coefficients",
    "descriptor_agreement",
    "groups_of",
    "item_equivalence",
    "item_statistics",
    "of_codebook",
    "passage_agreement",
    "rating_agreement",
    "reliability",
    "reliability_by",
    "scale_equivalence",
    "scale_items",
    "scale_reliability",
    "scales_of",
    "settled",
    "side_by_side",
    "survey_equivalence",
    "survey_items",
    "survey_reliability",
]
