"""Frames and another route to errors, for tests of models."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from digiskills import models

REFERENCE = Path(__file__).parent / "reference"
LEVELS = ["staff", "lead", "head"]
ONE_STAGE = models.Design("weight", "region", "office", "n_offices", lonely="certainty")


def expected(name: str) -> dict:
    """What R found for one reference case."""
    files = ("open_survey", "open_models_and_coders")
    records = [json.loads((REFERENCE / "expected" / f"{file}.json").read_text())["records"] for file in files]
    return next(record["expected"] for file in records for record in file if record["id"] == name)


def respondents() -> pd.DataFrame:
    """The small stratified cluster survey, with a covariate and the people of each office."""
    frame = pd.read_csv(REFERENCE / "data" / "open_survey.csv")
    frame["gap"], frame["level"] = frame["req"] - frame["cur"], pd.Categorical(frame["level"], LEVELS)
    frame["people"] = frame.groupby("office")["id"].transform("size") * 3 + 1
    frame["years"] = np.random.default_rng(5).gamma(2, 4, len(frame)).round(1)
    return frame


def departments() -> pd.DataFrame:
    """150 respondents of 15 departments."""
    frame = pd.read_csv(REFERENCE / "data" / "open_models.csv")
    return frame.assign(level=pd.Categorical(frame["level"], LEVELS))


def jackknife_limit(
    frame: pd.DataFrame, design: models.Design, estimate: Callable[[pd.DataFrame], np.ndarray]
) -> np.ndarray:
    """Covariance of an estimate by the textbook: offices within regions, one stage, lonely offices add nothing.

    The linearised total of an office is the derivative of the estimate by the scale of the office's weights, here
    by finite differences: the limit of the jackknife.
    """
    totals = {
        office: _derivative(frame, frame["office"] == office, design.weight, estimate) for office in _offices(frame)
    }
    size = len(next(iter(totals.values())))
    covariance = np.zeros((size, size))
    for _, region in frame.groupby("region"):
        offices = np.array([totals[office] for office in _offices(region)])
        sampled, population = len(offices), region["n_offices"].iloc[0]
        if sampled > 1:
            off = offices - offices.mean(axis=0)
            covariance += (1 - sampled / population) * sampled / (sampled - 1) * off.T @ off
    return covariance


def _offices(frame: pd.DataFrame) -> list[str]:
    return sorted(frame["office"].unique())


def _derivative(
    frame: pd.DataFrame, inside: pd.Series, weight: str, estimate: Callable[[pd.DataFrame], np.ndarray]
) -> np.ndarray:
    up, down = (
        estimate(frame.assign(**{weight: frame[weight] * np.where(inside, 1 + step, 1)})) for step in (1e-4, -1e-4)
    )
    return np.asarray((up - down) / 2e-4)
