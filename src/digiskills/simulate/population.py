"""What everyone in the population would answer: the finite population from which samples are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from digiskills.codebook import Item
from digiskills.simulate.departments import coded, department_effect, people
from digiskills.simulate.draws import normals, uniforms
from digiskills.simulate.effects import chance, shift
from digiskills.simulate.truth import Truth

Latents = dict[str, np.ndarray]


def population(truth: Truth) -> pd.DataFrame:
    """Return everyone in the population with the answers that they would give.

    Parameters
    ----------
    truth : Truth
        The declared truth.

    Returns
    -------
    DataFrame
        One row per person and wave: wave, department, frame columns, stratum, the columns under
        ``[people]``, then every asked question. Answers are the codebook's codes, don't know and not
        applicable among them, and null where a skip rule leaves the person out.

    Notes
    -----
    An ordered answer is the interval of cutpoints into which a latent normal number falls: the declared
    shift, an effect of the department, factors that the person's answers share, and noise. Needed and
    held skill share part of their noise. A statement that speaks against its barrier gets the same
    latent number, turned round.
    """
    return pd.concat([_one_wave(truth, wave) for wave in truth.waves], ignore_index=True)


def _one_wave(truth: Truth, wave: str) -> pd.DataFrame:
    staff = people(truth, wave)
    latents = _skills(staff, truth, wave)
    latents |= _barriers(staff, truth, wave, latents)
    answers = {item.name: _answer(item, staff, truth, wave, latents) for item in truth.asked}
    known = staff.drop(columns=[name for name in answers if name in staff])
    return not_asked(pd.concat([known, pd.DataFrame(answers, index=staff.index)], axis=1), truth.asked)


def not_asked(answers: pd.DataFrame, items: list[Item]) -> pd.DataFrame:
    """Return answers with null where a skip rule leaves the person out.

    Parameters
    ----------
    answers : DataFrame
        One row per person; categorical columns of codes.
    items : list of Item
        The asked questions, in the order of the form.

    Returns
    -------
    DataFrame
        The same rows.
    """
    table = answers.copy()
    for item in items:
        if item.relevant:
            raw = {name: table[name].astype(object).where(table[name].notna(), "") for name in item.relevant.names}
            table[item.name] = table[item.name].where(item.relevant.asked(raw))
    return table


def _skills(staff: pd.DataFrame, truth: Truth, wave: str) -> Latents:
    """Return latent needed and held levels by skill, and the two factors behind them."""
    declared, count = truth.numbers["skills"], len(staff)
    needed, held = _correlated(truth, wave, "person", declared["person_correlation"], count)
    latents: Latents = {"person.needed": needed, "person.held": held}
    for pair in truth.codebook.pairs():
        own = _correlated(truth, wave, f"skill/{pair.skill}", declared["skill_correlation"], count)
        for side, factor, noise in zip(("needed", "held"), (needed, held), own, strict=True):
            mean = shift(staff, truth.numbers[side]["every"], truth.numbers[side][pair.skill])
            mean += department_effect(staff, truth, side, declared["department_sd"])
            mean += department_effect(staff, truth, f"{side}/{pair.skill}", declared["department_skill_sd"])
            latents[f"{side}.{pair.skill}"] = mean + _mixed(factor, noise, declared["loading"])
        latents[f"shortfall.{pair.skill}"] = latents[f"needed.{pair.skill}"] - latents[f"held.{pair.skill}"]
    return latents


def _barriers(staff: pd.DataFrame, truth: Truth, wave: str, skills: Latents) -> Latents:
    """Return the latent strength of each barrier, and each person's habit of agreeing."""
    declared, count = truth.numbers["barriers"], len(staff)
    own = normals(truth.seed, f"{wave}/barriers/person", count)
    person = _mixed(skills["person.held"], own, declared["held_correlation"])
    latents = {"person.agreeing": declared["agreeing_sd"] * normals(truth.seed, f"{wave}/agreeing", count)}
    for code in dict.fromkeys(item.barrier for item in truth.asked if item.barrier):
        factor = _mixed(person, normals(truth.seed, f"{wave}/barrier/{code}", count), declared["person_loading"])
        mean = shift(staff, truth.numbers["barrier"]["every"], truth.numbers["barrier"].get(code, {}))
        mean += department_effect(staff, truth, f"barrier/{code}", declared["department_sd"])
        latents[f"barrier.{code}"] = mean + declared["loading"] * factor
    return latents


def _answer(item: Item, staff: pd.DataFrame, truth: Truth, wave: str, latents: Latents) -> pd.Categorical:
    """Return the codes that the people would give, drawn by the model that the item's truth implies."""
    stream = f"{wave}/item/{item.name}"
    if item.kind == "select_multiple":
        given = _several(item, staff, truth, stream, latents)
    elif item.name in truth.numbers["people"]:
        given = pd.Categorical(staff[item.name])
    else:
        given = _single(item, staff, truth, stream, latents)
    for reason in ("dont_know", "not_applicable"):
        given = with_reason(given, item, staff, truth, reason, stream)
    return given


def with_reason(
    given: pd.Categorical, item: Item, staff: pd.DataFrame, truth: Truth, reason: str, stream: str
) -> pd.Categorical:
    """Return answers some of which are replaced by a reason for having none.

    Parameters
    ----------
    given : Categorical
        One answer per person.
    item : Item
        The question.
    staff : DataFrame
        The people.
    truth : Truth
        Holds ``reasons.<reason>`` by item or by role; without it, or where the form does not offer the
        reason, nothing is replaced.
    reason : str
        A missing reason, or ``skipped`` for a blank.
    stream : str
        Name of the stream of draws.

    Returns
    -------
    Categorical
        Answers with the reason's code, or null for ``skipped``.
    """
    by_item = truth.numbers["reasons"].get(reason, {})
    effect = by_item.get(item.name, by_item.get(item.role))
    codes = [choice.name for choice in item.reasons if choice.missing == reason]
    if effect is None or not (codes or reason == "skipped"):
        return given
    chosen = uniforms(truth.seed, f"{stream}/{reason}", len(staff)) < chance(staff, effect)
    categories = list(given.categories)
    categories += [code for code in codes if code not in categories]
    place = categories.index(codes[0]) if codes else -1
    # Who was not asked gave no reason either.
    replaced = np.where(chosen & (given.codes >= 0), place, given.codes)
    return coded(replaced, categories)


def _single(item: Item, staff: pd.DataFrame, truth: Truth, stream: str, latents: Latents) -> pd.Categorical:
    """Return one ordered answer, or the right or a wrong answer of a quiz."""
    declared = truth.numbers["items"].get(item.name, {})
    names = [choice.name for choice in sorted(item.answers, key=lambda choice: choice.score or 0.0)]
    noise = normals(truth.seed, stream, len(staff))
    if "wrong" in declared:
        wrong = _by_shares(declared["wrong"], uniforms(truth.seed, f"{stream}/wrong", len(staff)), names)
        codes = np.where(_number(staff, declared, latents) + noise > 0, len(names) - 1, wrong)
    elif item.role in ("needed", "held"):
        codes = np.searchsorted(truth.numbers["skills"]["cutpoints"], latents[f"{item.role}.{item.skill}"])
    elif item.barrier:
        codes = _statement(item, staff, truth, noise, latents)
    else:
        codes = np.searchsorted(declared["cutpoints"], _number(staff, declared, latents) + noise)
    return coded(codes, names)


def _statement(item: Item, staff: pd.DataFrame, truth: Truth, noise: np.ndarray, latents: Latents) -> np.ndarray:
    """Return how far people agree; agreeing with a reversed statement speaks against the barrier."""
    declared = truth.numbers["barriers"]
    strength = latents[f"barrier.{item.barrier}"] + shift(staff, truth.numbers["items"][item.name])
    strength = strength + np.sqrt(1 - declared["loading"] ** 2) * noise
    agreeing = (-strength if item.reverse else strength) + latents["person.agreeing"]
    cutpoints = np.array(declared["cutpoints"])
    return np.asarray(np.searchsorted(-cutpoints[::-1] if item.reverse else cutpoints, agreeing))


def _several(item: Item, staff: pd.DataFrame, truth: Truth, stream: str, latents: Latents) -> pd.Categorical:
    """Return several options as codes with a space between, at most ``most``, or the code for nothing."""
    declared = truth.numbers["items"][item.name]
    names = list(declared["options"])
    wish = np.column_stack(
        [_number(staff, option, latents) + normals(truth.seed, f"{stream}/{name}", len(staff))
         for name, option in declared["options"].items()]
    )  # fmt: skip
    rank = (-wish).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    chosen = (wish > 0) & (rank < declared.get("most", len(names)))
    sets, codes = np.unique(chosen @ (1 << np.arange(len(names))), return_inverse=True)
    order = [choice.name for choice in item.answers]
    texts = [" ".join(sorted((name for bit, name in enumerate(names) if number >> bit & 1), key=order.index))
             for number in sets.tolist()]  # fmt: skip
    return coded(codes, [text or declared["nothing"] for text in texts])


def _number(staff: pd.DataFrame, declared: Mapping[str, Any], latents: Latents) -> np.ndarray:
    """Return the declared shift plus the declared parts of other latent numbers."""
    mean = shift(staff, declared)
    for name, coefficient in declared.get("latent", {}).items():
        mean = mean + coefficient * latents[name]
    return mean


def _correlated(truth: Truth, wave: str, name: str, correlation: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    first = normals(truth.seed, f"{wave}/{name}/needed", count)
    return first, _mixed(first, normals(truth.seed, f"{wave}/{name}/held", count), correlation)


def _mixed(first: np.ndarray, second: np.ndarray, loading: float) -> np.ndarray:
    """Return a number of variance 1 that correlates with the first by its loading."""
    return np.asarray(loading * first + np.sqrt(1 - loading**2) * second)


def _by_shares(shares: Mapping[str, float], lot: np.ndarray, names: list[str]) -> np.ndarray:
    limits = np.cumsum(list(shares.values()))
    places = np.array([names.index(name) for name in shares])
    return np.asarray(places[np.searchsorted(limits[:-1] / limits[-1], lot, side="right")])
