"""Which columns of each kind of table are shown, under which words, and how their numbers are written."""

from __future__ import annotations

from digiskills import words

ABOUT = {
    "shortfalls": "skill",
    "needs": "skill",
    "quadrants": "skill",
    "coverage": "skill",
    "reach": "skill",
    "pairs_short": "skill",
    "literacy": "part",
    "t_shaped": "part",
    "sets_short": "set",
    **dict.fromkeys(("differences", "standardized", "mix_and_rate", "band_ends"), "skill"),
    **dict.fromkeys(("effects", "adjusted", "parallel"), "term"),
    **dict.fromkeys(("size_trend", "paired_levels", "between_departments"), "skill"),
    "barrier_side": "barrier",
    "barriers_voiced": "barrier",
    **dict.fromkeys(("cooccurrence", "cooccurrence_in_paragraphs"), "theme"),
    "themes": "theme",
    "model": "term",
    "reliability": "scale",
    **dict.fromkeys(("coder_agreement", "settled"), "code"),
}
ESTIMATE = {"estimate": "estimate", "low": "interval"}
BASE = {"n": "n", "clusters": "clusters"}
ALIKE = {"fewest": "answers_alike", "covered": "covered"}
"""Column of a table and the catalogue's word for its header."""
COLUMNS = {
    "respondents": {"n": "respondents", "estimate": "people", "clusters": "clusters"},
    "themes": {
        "n": "passages",
        "base": "base",
        "stressed": "stressed",
        "paragraphs": "paragraphs",
        "base_paragraphs": "base_paragraphs",
    },
    "passages": {"n": "passages"},
    "barriers_voiced": {"n": "passages", "base": "base", "stressed": "stressed", "paragraphs": "paragraphs"},
    "cooccurrence": {"n": "passages", "jaccard": "jaccard", "base": "base"},
    "cooccurrence_in_paragraphs": {"n": "paragraphs", "jaccard": "jaccard"},
    "saturation": {"new": "new", "n": "so_far", "expected": "expected"},
    "needs": {
        **ESTIMATE,
        "rank": "rank",
        "rank_low": "rank_interval",
        "joint_low": "joint_interval",
        "top_probability": "top_probability",
        **BASE,
    },
    "quadrants": {
        "importance": "importance",
        "importance_low": "interval",
        "performance": "performance",
        "performance_low": "interval",
        "quadrant": "quadrant",
        **{f"p_{name}": "probability" for name in words.QUADRANTS},
        **BASE,
    },
    "model": {**ESTIMATE, "weighted": "weighted", "weighted_low": "interval", "p": "p", **BASE},
    "effects": {**ESTIMATE, "p": "p", **BASE},
    "adjusted": {"observed": "observed", "estimate": "adjusted", "low": "interval", **BASE},
    "parallel": {"estimate": "f", "df": "df_model", "df_error": "df_error", "p": "p", **BASE},
    "department_share": {**ESTIMATE, "between": "sd_between", "within": "sd_within", "n": "n", "clusters": "clusters"},
    "changes": {
        "before": "before",
        "after": "after",
        "estimate": "change",
        "low": "interval",
        "differs": "differs",
        "n_before": "n_before",
        **BASE,
    },
    "departments": {
        "heads": "heads",
        "n": "respondents",
        "in_population": "in_population",
        "clusters": "answering",
        "strata": "strata",
        "df": "df",
    },
    "standardized": {**ESTIMATE, "standardized": "standardized", "standardized_low": "interval", **BASE, **ALIKE},
    "differences": {
        **ESTIMATE,
        "effect": "effect",
        "p_adjusted": "p_adjusted",
        "differs": "groups_differ",
        "p_small_adjusted": "p_small",
        "surely_small": "surely_small",
        **BASE,
    },
    "paired_levels": {**ESTIMATE, "n": "n", "fewest": "fewest_of_two", "clusters": "clusters"},
    "between_departments": {"estimate": "between", "low": "interval", "beyond": "beyond", **BASE},
    "response": {
        "estimate": "response",
        "heads": "heads",
        "n": "respondents",
        "clusters": "clusters",
    },
    "robustness": {"is_headline": "is_headline", **ESTIMATE, "n": "n"},
    "robustness_range": {**ESTIMATE, "lowest": "range", "ratio": "ratio", "farthest_choice": "farthest", "n": "n"},
    "robustness_order": {"place": "place", "estimate": "estimate", "same_items": "same_items", "n": "n"},
    "reliability": {**ESTIMATE, "items": "items", "n": "pairwise", "clusters": "clusters"},
    "item_rest": {"estimate": "item_rest", "alpha_if_dropped": "alpha_if_dropped", "mean": "mean", "sd": "sd", **BASE},
    "equivalence": {"estimate": "r2_change", "size": "size", "p_adjusted": "p_adjusted", "n": "n", "fewest": "fewest"},
    "coder_agreement": {**ESTIMATE, "n": "passages"},
    "settled": {"n": "passages", "base": "base"},
    "sets_short": {**ESTIMATE, "people": "in_set", "n": "n"},
    "coverage": {**ESTIMATE, "n": "clusters"},
    "answers_needed": {
        "n": "n",
        "margin_now": "margin_now",
        "n_needed": "n_needed",
        "n_needed_low": "range_needed",
        "note": "plan",
        "invitations_needed": "invitations",
        "clusters": "clusters",
        "clusters_needed": "clusters_needed",
        "heads": "heads",
    },
    "detectable_change": {
        "n_before": "n_before",
        "n": "n",
        "change_detectable": "change_detectable",
        "power_wanted": "power_wanted",
        "n_needed": "n_needed",
        "note": "plan",
        "invitations_needed": "invitations",
        "heads": "heads",
    },
}
MODELLED = ("model", "effects", "adjusted")
"""Kinds of table whose rows are categories of the terms of a model; the first two compare them."""
COUNTS = ("n", "n_before", "clusters", "base", "people", "heads", "in_population", "strata", "items", "fewest")
PLANNED = ("n_needed", "clusters_needed", "invitations_needed")
"""Counts of a survey that is planned."""
ROBUST = ("robustness", "robustness_order")
THREE_DECIMALS = ("effect",)  # a threshold of 0.2 is seen to be met or not
TWO_DECIMALS = ("jaccard", "alpha_if_dropped", "mean", "sd")
P_VALUES = ("p", "p_adjusted", "p_small_adjusted")
WIDE = ("needs", "shortfalls", "quiz", "coverage", "reach")
"""Kinds of table whose several numbers of a row stand side by side, unless they are broken down."""
