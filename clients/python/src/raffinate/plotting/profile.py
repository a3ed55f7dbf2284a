"""Molarities, pH and loading over the stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from raffinate.plotting import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from raffinate.results import Simulation

_LEAST_MOL_PER_L = 1e-6  # below that nobody analyses


def plot(simulation: Simulation, elements: Sequence[str] | None, circuit: str | None) -> Figure:
    """See Simulation.plot_profile."""
    simulation.need_stages()
    stages = simulation.stages
    of_circuits = list(stages["circuit"].unique())
    if circuit is not None and circuit not in of_circuits and of_circuits != [""]:
        raise ValueError(f"no circuit {circuit!r}; the flowsheet has {', '.join(of_circuits)}")
    if len(of_circuits) > 1:
        circuit = circuit or of_circuits[0]
        stages = stages[stages["circuit"] == circuit].dropna(axis="columns", how="all")
    chosen = style.elements_of(stages, elements)
    figure, axes = style.new(2, 2, height_in=5.6, sharex=True)
    for ax, phase in zip(axes[0], ("aqueous", "organic")):
        for i, element in enumerate(chosen):
            values = stages[f"{element}_{phase}_mol_per_l"]
            ax.plot(stages.index, values.where(values > 0), label=element, **style.series(i))
        ax.set_yscale("log")
        largest = max(stages[f"{element}_{phase}_mol_per_l"].max() for element in chosen)
        ax.set_ylim(_LEAST_MOL_PER_L, 3 * max(largest, _LEAST_MOL_PER_L))
        ax.set_ylabel(f"{phase} [mol/L]")
    axes[1][0].plot(stages.index, stages["ph"], **{**style.series(6), "marker": "o"})
    axes[1][0].set_ylabel("pH")
    axes[1][1].plot(stages.index, 100 * stages["loading"], **{**style.series(6), "marker": "o"})
    axes[1][1].set_ylabel("loading of the extractant [%]")
    axes[1][1].set_ylim(bottom=0)
    for row in axes:
        for ax in row:
            style.frame(ax)
            style.section_bands(ax, stages, names=ax in axes[0])
            ax.set_xlim(stages.index[0] - 0.5, stages.index[-1] + 0.5)
    for ax in axes[1]:
        ax.set_xlabel("stage, in the direction of the organic")
        ax.xaxis.get_major_locator().set_params(integer=True)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside right center" if _outside() else "center right",
        frameon=False,
        fontsize=9,
    )
    if not _outside():
        figure.get_layout_engine().set(rect=(0, 0, 0.9, 1))
    title = simulation.name
    if len(of_circuits) > 1:
        title = f"{title}: {circuit}" if title else str(circuit)
    figure.suptitle(title, fontsize=10)
    return figure


def _outside() -> bool:
    """Legends beside constrained axes came with matplotlib 3.7."""
    import matplotlib

    major, minor = (int(n) for n in matplotlib.__version__.split(".")[:2])
    return (major, minor) >= (3, 7)
