#!/usr/bin/env python3
"""What docs/search.md makes of results, and the picture beside it."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

import convergence_picture  # noqa: E402
import performance  # noqa: E402
import search_page  # noqa: E402


def outcomes(feasible, infeasible, unsolved):
    """Of (candidates, iterations) each."""
    return {
        name: {"candidates": pair[0], "iterations": pair[1]}
        for name, pair in zip(("feasible", "infeasible", "unsolved"), (feasible, infeasible, unsolved))
    }


def task(**changes):
    return {
        "task": "bench/tasks/some",
        "foresees": True,
        "made": 200,
        "left_out": 20,
        "all": outcomes((100, 600), (150, 1200), (10, 200)),
        "children": outcomes((90, 500), (80, 400), (10, 100)),
        "longest_solved": 50,
        "beyond": 100,
        "seconds": 10,
        "solver_seconds": 8,
        **changes,
    }


def result(*tasks):
    return {"seeds": 3, "evaluations": 1500, "date": "2026-01-01", "processor": "p", "tasks": list(tasks)}


def cells(lines):
    """Of the rows below the head of the one table."""
    rows = [line for line in lines if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]


class Structure(unittest.TestCase):
    def test_spared_is_the_share_of_time_of_children_that_miss(self):
        # 500 of 2,000 iterations in 80 % of the time.
        self.assertAlmostEqual(search_page.spared_at_most(task()), 0.2)

    def test_nothing_solved_spares_nothing(self):
        nothing = outcomes((0, 0), (0, 0), (0, 0))
        empty = task(all=nothing, children=nothing)
        self.assertEqual(search_page.spared_at_most(empty), 0)
        self.assertEqual(search_page.spared_by_limit(empty), 0)

    def test_limit_spares_what_the_unsolved_take_beyond_it(self):
        # 10 candidates of 20 iterations, of 2,000 in all, in 80 % of the time.
        self.assertAlmostEqual(search_page.spared_at(task(), 15), 0.8 * 50 / 2000)
        self.assertEqual(search_page.spared_at(task(), 21), 0)

    def test_row(self):
        row = cells(search_page.structure("r.json", result(task())))[0]
        self.assertEqual(row, ["some", "10 %", "44 %", "6 %", "20 %", "50", "4 %", "", ""])

    def test_bound_of_theory(self):
        bound = task(below_least=26, feasible_below_least=1, foresees=False)
        row = cells(search_page.structure("r.json", result(bound)))[0]
        self.assertEqual(row[1], "nothing to foresee")
        self.assertEqual(row[7:], ["10 %", "1 of 26"])


class Convergence(unittest.TestCase):
    def test_picture_is_shown_where_there_are_curves(self):
        without = {"tasks": [{"searches": [{"search": "whole"}]}]}
        self.assertEqual(search_page.convergence(without), [])
        curves = {"tasks": [{"searches": [{"search": "whole", "curve": []}]}]}
        self.assertIn("convergence-tasks.svg", "".join(search_page.convergence(curves)))

    def test_band_begins_with_the_median(self):
        curve = [[10, None, 3, None], [20, 5, 2, None], [30, 4, 2, 6]]
        evaluations, median, low, high = convergence_picture.band(curve)
        self.assertEqual((evaluations, median, low), ([20, 30], [5, 4], [2, 2]))
        self.assertEqual(high, [float("inf"), 6])

    def test_axis_holds_all_there_is(self):
        low, high = convergence_picture.limits([[[10, None, None, None], [20, 5, 2, 7]], []], 1)
        self.assertTrue(0 < low < 1 and high > 7)

    def test_picture_is_of_the_newest_result(self):
        _, name, data = performance.results("tasks")[-1]
        self.assertTrue(search_page.has_curves(data), f"no curves in {name}")
        picture = convergence_picture.PICTURE.read_text()
        self.assertIn(name, picture, "run bench/convergence_picture.py")


if __name__ == "__main__":
    unittest.main()
