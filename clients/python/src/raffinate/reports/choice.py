"""Which design of a Pareto set to propose, by a rule that can be told in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raffinate.pareto import ParetoSet

RULE = (
    "Of the designs that meet every demand, the one nearest to the point that is best in every"
    " objective at once. Each objective counts from 0 (best of the set) to 1 (worst of the set),"
    " purity and recovery by the logarithm of what is missing to 1, and all objectives count alike."
)


@dataclass(frozen=True)
class Choice:
    """A design and why."""

    design: int
    """Number, from 1."""
    reason: str
    """The rule, or that somebody chose it."""
    places: pd.DataFrame
    """Index: objective. Columns: value, best, worst of the set, and place (0 best, 1 worst)."""


def _cost(front: ParetoSet, name: str, maximized: bool) -> pd.Series[float]:
    """An objective so that less is better and differences count as people count them."""
    values = front.figure(name)
    if name.rpartition(".")[2] in ("purity", "recovery"):
        return np.log10((1 - values).clip(lower=1e-12)) * (1 if maximized else -1)
    return -values if maximized else values


def meets_demands(front: ParetoSet) -> pd.Series[bool]:
    """Per design, whether it converged and meets the demands on every product."""
    wanted = [
        s.convergence.converged and all(f.code != "DEMANDS_NOT_MET" for f in s.flags)
        for s in front.protos
    ]
    return pd.Series(wanted, index=front.figures.index)


def choose(front: ParetoSet, design: int | None = None) -> Choice:
    """The proposal of RULE, or ``design`` when somebody has chosen. ValueError for an empty set or
    one in which no design meets the demands; IndexError for a number beyond the set."""
    if len(front) == 0:
        raise ValueError("the Pareto set is empty: there is nothing to report")
    places = {}
    for name, maximized in front.maximized.items():
        cost = _cost(front, name, maximized)
        span = cost.max() - cost.min()
        places[name] = (cost - cost.min()) / span if span > 0 else 0 * cost
    place = pd.DataFrame(places)
    if design is None:
        good = meets_demands(front)
        if not good.any():
            raise ValueError(
                "no design of the set meets the demands; choose one by its number, or ask for less"
            )
        chosen = int((place[good] ** 2).sum(axis=1).idxmin())
        reason = RULE
    else:
        front.design(design)
        chosen = design
        reason = "Chosen by the author of this report."
    rows = {}
    for name, maximized in front.maximized.items():
        values = front.figure(name)
        best, worst = (values.max(), values.min()) if maximized else (values.min(), values.max())
        rows[name] = (values[chosen], best, worst, place.loc[chosen, name])
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["value", "best of the set", "worst of the set", "place"]
    )
    return Choice(chosen, reason, table)
