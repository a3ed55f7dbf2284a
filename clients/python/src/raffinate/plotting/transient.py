"""Products over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raffinate.plotting import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from raffinate.results import Transient

_DAYS_FROM_H = 72.0


def plot(transient: Transient) -> Figure:
    """See Transient.plot."""
    if not transient.states:
        raise ValueError("the transient has no states: nothing to plot")
    frame = transient.frame
    days = frame.index[-1] >= _DAYS_FROM_H
    time = frame.index / 24 if days else frame.index
    products = [p.product for p in transient.states[0].products]
    figure, axes = style.new(3, 1, height_in=6.2, sharex=True)
    for i, product in enumerate(products):
        line = {**style.series(i), "marker": ""}
        impurity = 1e6 * frame[f"{product}.impurity"]
        axes[0].plot(time, impurity.where(impurity > 0), label=product, **line)
        axes[1].plot(time, 100 * frame[f"{product}.recovery"], label=product, **line)
        row = transient.products["on_specification_h"]
        since = row.get(product, float("nan"))
        if since == since:
            axes[0].axvline(
                since / 24 if days else since, color=line["color"], linewidth=0.8, linestyle=":"
            )
    for change in transient.summary.flowsheet.dynamics.changes:
        for ax in axes:
            ax.axvline(change.at_h / 24 if days else change.at_h, color="#999999", linewidth=0.8)
    axes[0].set_yscale("log")
    axes[0].set_ylabel("impurity [ppm]")
    axes[0].legend(frameon=False)
    axes[1].set_ylabel("recovery [%]")
    # While the plant empties it is far above 100 %.
    axes[1].set_ylim(0, min(105.0, axes[1].get_ylim()[1]) if products else 105)
    axes[2].plot(
        time, frame["first_stage_ph"], label="first stage", **{**style.series(4), "marker": ""}
    )
    axes[2].plot(
        time,
        frame["last_stage_ph"],
        label="last stage",
        **{**style.series(6), "marker": "", "linestyle": "--"},
    )
    axes[2].set_ylabel("pH")
    axes[2].legend(frameon=False)
    axes[2].set_xlabel("time [days]" if days else "time [h]")
    for ax in axes:
        style.frame(ax)
    figure.suptitle(
        f"{transient.summary.flowsheet.name}\ngrey: changes; dotted: on specification from then on",
        fontsize=9,
    )
    return figure
