"""Which numbers of a plant matter most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

import numpy as np

from raffinate.plotting import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from raffinate.results import Simulation


def plot(simulation: Simulation, figures: Sequence[str] | None, levers: int) -> Figure:
    """See Simulation.plot_sensitivities."""
    frame = simulation.elasticities
    if figures is None:
        wanted = [f"{p.product}.impurity" for p in simulation.proto.figures.products]
        wanted += ["reagents", "wastewater"]
        if simulation.proto.flowsheet.HasField("economics"):
            wanted += ["cost", "co2e"]
        figures = [f for f in wanted if f in frame.columns]
    unknown = [f for f in figures if f not in frame.columns]
    if unknown:
        raise ValueError(f"no figure {', '.join(unknown)}; known are {', '.join(frame.columns)}")
    if not figures or levers < 1:
        raise ValueError("nothing to plot: give at least one figure and one lever")
    # NaN: of a figure at zero nobody can tell per cent.
    tops = {f: frame[f].dropna().abs().nlargest(levers).index for f in figures}
    rows = (len(figures) + 1) // 2
    columns = min(2, len(figures))
    figure, axes = style.new(
        rows,
        columns,
        height_in=0.7 + rows * (0.45 + 0.2 * levers),
        width_in=4.6 * columns,
        squeeze=False,
    )
    for ax, name in zip(axes.flat, figures):
        values = frame.loc[tops[name], name]
        places = np.arange(len(values))[::-1]
        # Up and down differ by hatching as well as by colour.
        up = values.to_numpy() > 0
        ax.barh(places[up], values[up], color=style.COLORS[0], height=0.7)
        ax.barh(
            places[~up],
            values[~up],
            color=style.COLORS[1],
            height=0.7,
            hatch="///",
            edgecolor="white",
        )
        ax.set_yticks(places)
        ax.set_yticklabels([_short(lever) for lever in values.index], fontsize=8)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.set_xlabel("per cent per per cent of the lever", fontsize=8)
        ax.set_title(style.label(name).split(" [")[0], fontsize=9)
        style.frame(ax)
        ax.grid(False, axis="y")
    for ax in axes.flat[len(figures) :]:
        ax.set_visible(False)
    figure.suptitle(simulation.name, fontsize=10)
    return figure


def _short(lever: str) -> str:
    """``caustic flow`` of ``streams.caustic.flow [m3/h]``."""
    words = lever.split(" [")[0].split(".")
    if words[0] == "circuits":
        words = words[2:]
    return " ".join(
        w.replace("_", " ") for w in words if w not in ("streams", "sections", "metals")
    )
