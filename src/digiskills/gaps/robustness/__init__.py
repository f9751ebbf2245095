"""The robustness card: each headline number again under the other choices that could be defended.

What the choices are stands in one table, `choices.CHOICES`; one choice at a time is changed.
"""

from __future__ import annotations

from digiskills.gaps.robustness.cards import barrier_card, skill_card
from digiskills.gaps.robustness.choices import CHOICES
from digiskills.gaps.robustness.people import minimum_card, t_shape_card
from digiskills.gaps.robustness.summary import orders, summary

__all__ = ["CHOICES", "barrier_card", "minimum_card", "orders", "skill_card", "summary", "t_shape_card"]
