"""Designs on the trade-off between two figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from raffinate.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from raffinate.pareto import ParetoSet

_SHARES = {"purity": "impurity", "recovery": "loss"}
_MANY = 2000  # points of a vector picture; more are drawn as an image inside it


def _axis(front: ParetoSet, name: str) -> tuple[Any, str, bool]:
    """Values, label and whether the axis is logarithmic. Nines are told apart only as what is
    missing to 1: purity and recovery are drawn as their complements."""
    product, _, figure = name.rpartition(".")
    if figure == "purity":
        impurity = f"{product}.impurity" if product else "impurity"
        values, text = front.figure(impurity), "impurity"
    elif figure == "recovery":
        values, text = 1 - front.figure(name), "loss (1 − recovery)"
    elif figure == "impurity":
        values, text = front.figure(name), "impurity"
    else:
        return front.figure(name), style.label(name), False
    of = f" of {product}" if product else ", worst product"
    # Rounding leaves nothing to show below.
    return (1e6 * values).clip(lower=1e-4), f"{text}{of} [ppm]", True


def plot(
    front: ParetoSet,
    x: str | None,
    y: str | None,
    color: str | None,
    highlight: int | Sequence[int],
    ax: Axes | None,
) -> Figure:
    """See ParetoSet.plot_pareto."""
    if len(front) == 0:
        raise ValueError("the Pareto set is empty: nothing to plot")
    goals = list(front.maximized)
    given = [g for g in (x, y, color) if g is not None]
    rest = [g for g in goals if g not in given]
    x = x or (rest.pop(0) if rest else "reagents")
    y = y or (rest.pop(0) if rest else "stages")
    color = color or (rest.pop(0) if rest else None)
    figure, axes = style.on(ax, height_in=4.4)
    xs, x_label, x_log = _axis(front, x)
    ys, y_label, y_log = _axis(front, y)
    many = len(front) > _MANY
    points: dict[str, Any] = {
        "s": 8 if many else 26,
        "linewidths": 0 if many else 0.4,
        "edgecolors": "white",
        "rasterized": many,
    }
    if color is None:
        axes.scatter(xs, ys, color=style.COLORS[0], **points)
    else:
        import matplotlib.colors as colors

        cs, c_label, c_log = _axis(front, color)
        norm = colors.LogNorm() if c_log else None
        drawn = axes.scatter(xs, ys, c=cs, cmap="cividis", norm=norm, **points)
        bar = figure.colorbar(drawn, ax=axes, label=c_label)
        style.number_axis(bar.ax.yaxis, cs, c_log)
    if x_log:
        axes.set_xscale("log")
    if y_log:
        axes.set_yscale("log")
    style.number_axis(axes.xaxis, xs, x_log)
    style.number_axis(axes.yaxis, ys, y_log)
    for number in [highlight] if isinstance(highlight, int) else highlight:
        front.design(number)  # says what is wrong with a number
        at = (xs.loc[number], ys.loc[number])
        axes.plot(
            *at,
            "o",
            markersize=11,
            markerfacecolor="none",
            markeredgecolor=style.COLORS[1],
            markeredgewidth=1.8,
        )
        axes.annotate(
            f"design {number}",
            at,
            xytext=(9, 7),
            textcoords="offset points",
            fontsize=9,
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
        )
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_title(f"{front.question.name or 'Pareto set'}: {len(front)} designs", fontsize=10)
    style.frame(axes)
    return figure
