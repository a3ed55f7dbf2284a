"""10,000 designs stay fluid. Bounds are several times what was measured (docs/python.md), for
machines that are slow or busy."""

from __future__ import annotations

import io
import time
from typing import Any, Callable

import raffinate
from raffinate.v1 import simulation_pb2

COUNT = 10_000


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = function()
    return time.perf_counter() - began, result


def test_ten_thousand_designs(front: raffinate.ParetoSet, tmp_path: Any) -> None:
    """Frames, picture and notebook view of a set of 10,000, each design a real one with its numbers
    moved."""
    protos = []
    for i in range(COUNT):
        proto = simulation_pb2.Simulation()
        proto.CopyFrom(front.protos[i % len(front)])
        proto.figures.reagents_kg_per_t_reo *= 1 + i / COUNT
        protos.append(proto)
    large = raffinate.ParetoSet(protos, front.question)
    times = {
        "figures": seconds(lambda: large.figures)[0],
        "again": seconds(lambda: large.figures)[0],
        "decisions": seconds(lambda: large.decisions)[0],
        "notebook": seconds(large._repr_html_)[0],
        "plot": seconds(lambda: large.plot_pareto().savefig(io.BytesIO(), format="png"))[0],
        "design": seconds(lambda: large.design(7_777).figures)[0],
    }
    print({name: round(value, 3) for name, value in times.items()})
    assert len(large.figures) == COUNT
    assert large.figures.loc[7_777, "reagents_kg_per_t_reo"] == (
        large.design(7_777).figures.loc["reagents", "value"]
    )
    assert times["figures"] < 5 and times["decisions"] < 5
    assert times["notebook"] < 2 and times["plot"] < 8
    # What was made once costs nothing, and one design does not cost as many as there are.
    assert times["again"] < 0.1 and times["design"] < 0.5
