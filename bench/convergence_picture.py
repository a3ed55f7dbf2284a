#!/usr/bin/env python3
"""Draws docs/images/convergence-tasks.svg: what the searches of the newest result of tasks_bench
had after how many evaluations, median of the seeds with quartiles, task by task.

    bench/convergence_picture.py
"""

import sys

import matplotlib

matplotlib.use("svg")
# The same file from the same result.
matplotlib.rcParams["svg.hashsalt"] = "raffinate"
matplotlib.rcParams["font.size"] = 8

from matplotlib import pyplot  # noqa: E402
from matplotlib import ticker  # noqa: E402

import performance  # noqa: E402
import search_page  # noqa: E402

PICTURE = performance.ROOT / "docs" / "images" / "convergence-tasks.svg"
COLUMNS = 2
ROW, TOP = 2, 0.3  # heights [in]
# Okabe and Ito's colours, told apart by everyone.
STYLES = {
    "whole": ("#0072b2", "-"),
    "no polish": ("#009e73", "--"),
    "pagmo NSGA-II": ("#d55e00", "-."),
}


def band(curve):
    """Evaluations, medians and quartiles from where the median seed had met the demands; infinite
    where the quartile had not."""
    found = [point for point in curve if point[1] is not None]
    ends = [[float("inf") if p[k] is None else p[k] for p in found] for k in (2, 3)]
    return [p[0] for p in found], [p[1] for p in found], *ends


def limits(curves, best):
    """Of an axis of values that are to be small: all medians and quartiles there are."""
    values = [value for curve in curves for point in curve for value in point[1:] if value is not None]
    return 0.95 * min(values + [best]), 1.05 * max(values + [best])


def draw(axes, task):
    searches = [search for search in task["searches"] if search["search"] in STYLES]
    single = task["objectives"] == 1
    axes.set_xlim(0, task["evaluations"])
    if single:
        lowest, highest = limits([search["curve"] for search in searches], task["best"])
        axes.set_yscale("log")
        axes.set_ylim(lowest, highest)
        axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,g}"))
        axes.yaxis.set_minor_formatter(ticker.NullFormatter())
    else:
        highest = 1.05 * task["best"]
        axes.set_ylim(0, highest)
    for search in searches:
        colour, line = STYLES[search["search"]]
        evaluations, median, low, high = band(search["curve"])
        axes.plot(evaluations, median, line, color=colour, label=search["search"])
        axes.plot(evaluations[-1:], median[-1:], ".", color=colour)
        high = [min(value, highest) for value in high]
        axes.fill_between(evaluations, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.axhline(task["best"], color="black", linewidth=0.5)
    axes.set_title(task["task"].split("/")[-1], fontsize=9)
    axes.set_ylabel("best value" if single else "hypervolume")


def main():
    _, name, data = performance.results("tasks")[-1]
    if not search_page.has_curves(data):
        sys.exit(f"{name} has no curves: run tasks_bench")
    tasks = [task for task in data["tasks"] if task["best"] is not None]
    rows = -(-len(tasks) // COLUMNS)
    height = ROW * rows + TOP
    figure, grid = pyplot.subplots(rows, COLUMNS, figsize=(8, height), squeeze=False)
    for axes, task in zip(grid.flat, tasks):
        draw(axes, task)
    for axes in grid.flat[len(tasks) :]:
        axes.remove()
    handles = grid.flat[0].get_legend_handles_labels()
    figure.legend(*handles, loc="upper center", ncols=len(STYLES), frameon=False)
    figure.supxlabel("evaluations", y=0.05 / height, va="bottom", fontsize=9)
    figure.tight_layout(rect=(0, 0, 1, 1 - TOP / height))
    figure.savefig(PICTURE, metadata={"Date": None, "Source": name})


if __name__ == "__main__":
    main()
