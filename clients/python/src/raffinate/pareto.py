"""The Pareto set that an optimization found."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, Sequence

import pandas as pd
from google.protobuf import json_format

from raffinate import frames, html, names
from raffinate.results import Simulation
from raffinate.v1 import flowsheet_pb2, optimizations_pb2, simulation_pb2

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Figures whose name in objectives is not that of the field without its unit.
_FIELDS = {
    "loading": "max_loading",
    "loading_share_of_limit": "max_loading_share_of_limit",
    "precipitation_margin": "min_precipitation_margin",
    "unstripped": "max_unstripped_share",
    "reo": "reo_kg_per_h",
    "total_reo": "total_reo_kg_per_h",
}
_FIELDS.update(
    {
        frames.split_unit(f.name)[0]: f.name
        for f in simulation_pb2.Figures.DESCRIPTOR.fields
        if f.message_type is None
    }
)
_OF_PRODUCTS = {f.name for f in simulation_pb2.ProductFigures.DESCRIPTOR.fields}
_DEFAULTS = (("purity", True), ("reagents", False), ("wastewater", False))


class ParetoSet(Sequence[Simulation]):
    """Designs of which none is better than another in every objective.

    A sequence of simulations, from 0; frames count designs from 1, as the files of the command line
    tool do: ``result.design(12)`` is the row 12 of ``result.figures``. 10,000 designs are fine:
    frames are made once, by columns, and nothing is copied.
    """

    def __init__(
        self,
        simulations: Sequence[simulation_pb2.Simulation],
        question: flowsheet_pb2.Flowsheet | None = None,
        optimization: optimizations_pb2.Optimization | None = None,
    ) -> None:
        self.protos = list(simulations)
        self.question = question if question is not None else flowsheet_pb2.Flowsheet()
        """With the ranges; empty where only the answer was kept."""
        self.optimization = optimization
        """State, times and progress of the job; None for a set read from a file."""

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], question: flowsheet_pb2.Flowsheet | None = None
    ) -> ParetoSet:
        """From ``pareto.json`` of ``raffinate optimize``. With the flowsheet that was asked
        (``client.parse("magnet-optimize.yaml")``) it knows the decisions and objectives too.

        ValueError, naming the file, for what is no such answer.
        """
        message = optimizations_pb2.ListFlowsheetsResponse()
        try:
            json_format.Parse(Path(path).read_text(encoding="utf-8"), message)
        except (json_format.ParseError, UnicodeDecodeError) as error:
            raise ValueError(f"{path} is no pareto.json of raffinate: {error}") from None
        return cls(message.flowsheets, question)

    def save(self, path: str | os.PathLike[str]) -> None:
        """As ``pareto.json``, which :meth:`load` reads."""
        message = optimizations_pb2.ListFlowsheetsResponse(
            flowsheets=self.protos, total_size=len(self.protos)
        )
        text = json_format.MessageToJson(message, preserving_proto_field_name=True)
        Path(path).write_text(text, encoding="utf-8")

    @cached_property
    def figures(self) -> pd.DataFrame:
        """One row per design, index ``design`` from 1. Columns as in the tool's pareto.csv."""
        return frames.figures_of_many(self.protos)

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """What each design made of the open numbers of the question; no columns without it."""
        return names.decisions(self.question, [s.flowsheet for s in self.protos])

    @cached_property
    def objectives(self) -> pd.DataFrame:
        """One column per objective of the question, under its name in the file; those of products
        without a product are the worst of all products."""
        return pd.DataFrame({name: self._values(name) for name, _ in self._goals()})

    def _goals(self) -> list[tuple[str, bool]]:
        """Names and whether more is better."""
        if not self.question.objectives:
            return list(_DEFAULTS)
        maximize = flowsheet_pb2.Objective.MAXIMIZE
        return [
            (f"{o.product}.{o.figure}" if o.product else o.figure, o.direction == maximize)
            for o in self.question.objectives
        ]

    def _values(self, name: str) -> pd.Series[Any]:
        """The figure ``name``: as a column of ``figures``, or as objectives have it."""
        if name in self.figures:
            return self.figures[name]
        product, _, figure = name.rpartition(".")
        field = _FIELDS.get(figure, figure)
        column = f"{product}.{field}" if product else field
        if column in self.figures:
            return self.figures[column]
        if not product and field in _OF_PRODUCTS:
            of_all = [c for c in self.figures if c.endswith(f".{field}")]
            if of_all:
                frame = self.figures[of_all]
                return frame.max(axis=1) if figure == "impurity" else frame.min(axis=1)
        raise KeyError(
            f"no figure {name!r}; known are purity, recovery, impurity,"
            f" {', '.join(sorted(_FIELDS))} and the columns of .figures"
        )

    def figure(self, name: str) -> pd.Series[Any]:
        """One value per design of a figure, by its name in objectives ("reagents", "light.purity";
        "purity" is the worst of all products) or by its column. KeyError names what there is."""
        return self._values(name).rename(name)

    @property
    def maximized(self) -> dict[str, bool]:
        """Of each objective, whether more is better."""
        return dict(self._goals())

    def design(self, number: int) -> Simulation:
        """By its number, from 1: the row of ``figures``. IndexError beyond the set."""
        if not 1 <= number <= len(self.protos):
            raise IndexError(f"design {number} of a set of {len(self.protos)}; they count from 1")
        return Simulation(self.protos[number - 1])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [Simulation(proto) for proto in self.protos[index]]
        return Simulation(self.protos[index])

    def __len__(self) -> int:
        return len(self.protos)

    def __iter__(self) -> Iterator[Simulation]:
        return (Simulation(proto) for proto in self.protos)

    def plot_pareto(
        self,
        x: str | None = None,
        y: str | None = None,
        color: str | None = None,
        highlight: int | Sequence[int] = (),
        ax: Axes | None = None,
    ) -> Figure:
        """Two figures of every design against each other, a third as colour. By default the first
        three objectives; purity is drawn as impurity on a logarithmic axis. ``highlight``: numbers
        of designs to mark."""
        from raffinate.plotting import pareto

        return pareto.plot(self, x, y, color, highlight, ax)

    def __repr__(self) -> str:
        return f"<ParetoSet of {self.question.name!r}: {len(self)} designs>"

    def _repr_html_(self) -> str:
        return html.pareto(self)
