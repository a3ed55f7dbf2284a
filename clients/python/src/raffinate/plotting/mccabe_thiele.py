"""Steps between two elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from raffinate.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from raffinate.results import Simulation


def plot(simulation: Simulation, element: str, other: str, ax: Axes | None) -> Figure:
    """See Simulation.plot_mccabe_thiele."""
    simulation.need_stages()
    stages = simulation.stages
    style.elements_of(stages, [element, other])
    aqueous = [stages[f"{e}_aqueous_mol_per_l"] for e in (element, other)]
    organic = [stages[f"{e}_organic_mol_per_l"] for e in (element, other)]
    there = (aqueous[0] + aqueous[1] > 0) & (organic[0] + organic[1] > 0)
    if not there.any():
        raise ValueError(f"{element} and {other} are in no stage of both phases")
    x = (aqueous[0] / (aqueous[0] + aqueous[1]))[there].to_numpy()
    y = (organic[0] / (organic[0] + organic[1]))[there].to_numpy()
    figure, axes = style.on(ax, height_in=5.4, width_in=5.6)
    axes.plot([0, 1], [0, 1], color="#aaaaaa", linewidth=0.9)
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = y / x * (1 - x) / (1 - y)
    factors = factors[np.isfinite(factors) & (x > 0) & (x < 1) & (y < 1)]
    # One curve stands for all stages only where the factor is one number.
    if len(factors) and factors.max() < 1.001 * factors.min():
        at = np.linspace(0, 1, 400)
        curve = factors.max() * at / (1 + (factors.max() - 1) * at)
        axes.plot(
            at,
            curve,
            color=style.COLORS[0],
            linewidth=1.4,
            label=f"equilibrium, separation factor {factors.max():.3g}",
        )
    steps_x, steps_y = [x[0]], [y[0]]
    for j in range(1, len(x)):
        # Between two stages the organic of the one meets the aqueous of the other.
        steps_x += [x[j], x[j]]
        steps_y += [y[j - 1], y[j]]
    axes.plot(steps_x, steps_y, color="#404040", linewidth=0.9, label="steps")
    axes.plot(x, y, "o", color=style.COLORS[0], markersize=5, label="stages")
    axes.plot(
        x[1:],
        y[:-1],
        "s",
        color=style.COLORS[1],
        markersize=4,
        label="between stages (operating line)",
    )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.set_xlabel(f"mole fraction of {element} in {element} + {other}, aqueous [mol/mol]")
    axes.set_ylabel("the same, organic [mol/mol]")
    axes.legend(frameon=False, loc="lower right")
    axes.set_title(simulation.name, fontsize=10)
    style.frame(axes)
    return figure
