"""What a study declares in its ``study.toml``; no data are read here."""

from digiskills.study.calibration import CALIBRATION_METHODS, Calibration
from digiskills.study.declared import Study, names, read
from digiskills.study.design import LONELY_RULES, Design
from digiskills.study.dimensions import REQUIRED_DIMENSIONS, Category, Dimension
from digiskills.study.evidence import EVIDENCE_KINDS, Evidence
from digiskills.study.literacy import Literacy
from digiskills.study.release import Release
from digiskills.study.replicates import REPLICATE_KINDS, Replicates
from digiskills.study.waves import LATEST, Wave

__all__ = [
    "CALIBRATION_METHODS",
    "EVIDENCE_KINDS",
    "LATEST",
    "LONELY_RULES",
    "REPLICATE_KINDS",
    "REQUIRED_DIMENSIONS",
    "Calibration",
    "Category",
    "Design",
    "Dimension",
    "Evidence",
    "Literacy",
    "Release",
    "Replicates",
    "Study",
    "Wave",
    "names",
    "read",
]
