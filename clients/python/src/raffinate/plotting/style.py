"""What all pictures share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from raffinate import frames
from raffinate.v1 import simulation_pb2

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008), Color Universal Design; yellow last, as it is faint on paper.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
GREY = "#707070"
WIDTH_IN = 7.0  # the text of an A4 page

_TITLES = {
    "reagents": "reagents",
    "max_loading": "largest loading",
    "loading": "largest loading",
    "stage_flow": "organic flow × stages",
}


def series(index: int) -> dict[str, Any]:
    """Colour, shape and dash of series ``index``; beyond the eighth the dash tells them apart."""
    dashes = ("-", "--", ":", "-.")
    return {
        "color": COLORS[index % len(COLORS)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": dashes[(index // len(COLORS)) % len(dashes)],
        "markersize": 4.5,
        "linewidth": 1.3,
        "markeredgewidth": 0.4,
        # Yellow is told from white by the rim of its points.
        "markeredgecolor": "#555555" if index % len(COLORS) == 7 else "white",
    }


def new(
    rows: int = 1, columns: int = 1, height_in: float = 4.4, width_in: float = WIDTH_IN, **more: Any
) -> tuple[Figure, Any]:
    """A figure and its axes, with small clear type. Not in pyplot's list: a notebook would show it
    twice, and a loop would pile figures up."""
    import matplotlib.pyplot as plt

    with plt.rc_context({"font.size": 9}):
        figure, axes = plt.subplots(
            rows, columns, figsize=(width_in, height_in), constrained_layout=True, **more
        )
    plt.close(figure)
    return figure, axes


def on(ax: Axes | None, height_in: float = 4.4, width_in: float = WIDTH_IN) -> tuple[Figure, Axes]:
    """The given axes and their figure, or new ones."""
    if ax is not None:
        return ax.figure, ax
    return new(height_in=height_in, width_in=width_in)


def frame(ax: Axes) -> None:
    """Light grid, no box above and to the right."""
    ax.grid(True, color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def label(figure_name: str) -> str:
    """``reagents [kg/t REO]`` for the name of a figure in objectives or of a column."""
    product, _, name = figure_name.rpartition(".")
    short, unit = frames.split_unit(name)
    if not unit:
        for field in simulation_pb2.Figures.DESCRIPTOR.fields:
            if frames.split_unit(field.name)[0] == name:
                unit = frames.split_unit(field.name)[1]
    text = _TITLES.get(short, short.replace("_", " "))
    if product:
        text += f" of {product}"
    return f"{text} [{unit}]" if unit else text


def sections(stages: Any) -> list[tuple[str, int, int]]:
    """Name, first and last stage of each section, of a frame of stages."""
    out: list[tuple[str, int, int]] = []
    for stage, name in stages["section"].items():
        if out and out[-1][0] == name:
            out[-1] = (name, out[-1][1], stage)
        else:
            out.append((name, stage, stage))
    return out


def section_bands(ax: Axes, stages: Any, names: bool) -> None:
    """Alternating grounds behind the sections, with their names above on two heights: a section of
    one stage is narrower than its name."""
    for i, (name, first, last) in enumerate(sections(stages)):
        if i % 2:
            ax.axvspan(first - 0.5, last + 0.5, color="#f1f1f1", zorder=0, linewidth=0)
        if names:
            ax.annotate(
                name,
                ((first + last) / 2, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(0, 3 + 10 * (i % 2)),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color="#333333",
            )


def number_axis(axis: Any, values: Any, log: bool) -> None:
    """Whole numbers for counts; on short logarithmic axes numbers between the powers of ten too."""
    from matplotlib import ticker

    if log:
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(ticker.LogFormatter(minor_thresholds=(2.5, 0.6)))
    elif values.dtype.kind in "iu":
        axis.set_major_locator(ticker.MaxNLocator(integer=True))


def elements_of(stages: Any, elements: Sequence[str] | None) -> list[str]:
    """Those asked for, all in the plant by default. ValueError for one that is not there."""
    ending = "_aqueous_mol_per_l"
    known = [c[: -len(ending)] for c in stages.columns if c.endswith(ending)]
    if elements is None:
        return known
    missing = [e for e in elements if e not in known]
    if missing:
        raise ValueError(f"{', '.join(missing)}: not in the plant; it has {', '.join(known)}")
    return list(elements)
