"""What coded passages speak of: how often, how strongly, together with what, by whom, and when nothing new came."""

from digiskills.themes.barriers import by_barrier
from digiskills.themes.cooccurrence import cooccurrence, network
from digiskills.themes.incidence import OTHERS
from digiskills.themes.labels import labelled
from digiskills.themes.prevalence import bases, intensity, prevalence
from digiskills.themes.saturation import saturation, why_no_saturation
from digiskills.themes.speakers import apart_and_together, speaker_sets

__all__ = [
    "OTHERS",
    "apart_and_together",
    "bases",
    "by_barrier",
    "cooccurrence",
    "intensity",
    "labelled",
    "network",
    "prevalence",
    "saturation",
    "speaker_sets",
    "why_no_saturation",
]
