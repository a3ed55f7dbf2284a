"""Answers of the server with their frames, plots and notebook view."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Callable, Generic, Iterator, Sequence, TypeVar, overload

import pandas as pd
from google.protobuf import json_format

from raffinate import frames, html
from raffinate.v1 import dynamics_pb2, flowsheet_pb2, simulation_pb2

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

T = TypeVar("T")


class Simulation:
    """One steady state. ``proto`` is the answer itself; frames are made when they are asked for."""

    def __init__(self, proto: simulation_pb2.Simulation) -> None:
        self.proto = proto

    @property
    def flowsheet(self) -> flowsheet_pb2.Flowsheet:
        """Only numbers in it."""
        return self.proto.flowsheet

    @property
    def name(self) -> str:
        """Title of the flowsheet."""
        return self.proto.flowsheet.name

    @property
    def converged(self) -> bool:
        """Without it no number below means anything; ``message`` says why."""
        return self.proto.convergence.converged

    @property
    def message(self) -> str:
        """Where and why it did not converge; empty when it did."""
        return self.proto.convergence.message

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Index: figure. Columns: value, unit."""
        return frames.figures(self.proto.figures)

    @cached_property
    def products(self) -> pd.DataFrame:
        """Index: product. Purity, recovery and impurity as shares, oxide mass flows in kg/h."""
        return frames.products(self.proto.figures)

    @cached_property
    def streams(self) -> pd.DataFrame:
        """Index: stream, all that enter or leave. m3/h and mol/L."""
        return frames.streams(self.proto.streams)

    @cached_property
    def stages(self) -> pd.DataFrame:
        """Index: stage, from 1 in the direction of the organic. mol/L, m3/h. Empty in the short
        view of a Pareto set."""
        return frames.stages(self.proto.stages)

    @cached_property
    def flags(self) -> pd.DataFrame:
        """What to know before trusting this, with stages, value and limit."""
        return frames.flags(self.proto.flags)

    @cached_property
    def plant(self) -> dict[str, pd.DataFrame]:
        """Reagents, effluent, equipment, energy, costs, carbon and the data they rest on: one frame
        each, by the names of the API. Empty frames where the server told none."""
        return frames.plant(self.proto.plant)

    @cached_property
    def elements(self) -> pd.DataFrame:
        """Where each element that enters leaves: one row per element and stream, with kind, kg/h
        and share of what enters; the shares of an element sum to 1."""
        return frames.elements(self.proto)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """The weakest class of constant behind the plant and each product."""
        return frames.evidence(self.proto.evidence)

    @cached_property
    def elasticities(self) -> pd.DataFrame:
        """Per cent of each figure (column) per per cent of each number of the flowsheet (row)."""
        self._need_sensitivities()
        return frames.sensitivities(self.proto, elasticities=True)

    @cached_property
    def derivatives(self) -> pd.DataFrame:
        """Of each figure (column) by each number of the flowsheet (row), in their units."""
        self._need_sensitivities()
        return frames.sensitivities(self.proto, elasticities=False)

    @cached_property
    def robustness(self) -> dict[str, pd.DataFrame]:
        """Over scenarios: ``demands`` with the share of scenarios that meets each, ``figures`` with
        their spread, ``flexibility`` with how far each uncertain number can go alone."""
        if not self.proto.HasField("robustness"):
            raise ValueError(
                "this simulation was tested on no scenarios; ask for them: "
                "client.simulate(flowsheet, scenarios=1000)"
                if self.converged
                else "a simulation that did not converge was tested on no scenarios"
            )
        return frames.robustness(self.proto.robustness)

    def _need_sensitivities(self) -> None:
        if not self.proto.HasField("sensitivities"):
            raise ValueError(
                "this simulation has no sensitivities; ask for them: "
                "client.simulate(flowsheet, sensitivities=True)"
                if self.converged
                else "a simulation that did not converge has no sensitivities"
            )

    def need_stages(self) -> None:
        """ValueError where there is no profile."""
        if not self.proto.stages:
            raise ValueError(
                "this result has no stage profile (the short view of a Pareto set); simulate it: "
                "client.simulate(result[...])"
            )

    def plot_profile(
        self, elements: Sequence[str] | None = None, circuit: str | None = None
    ) -> Figure:
        """Aqueous and organic molarities, pH and loading over the stages. ``elements``: all by
        default; of the first circuit where None."""
        from raffinate.plotting import profile

        return profile.plot(self, elements, circuit)

    def plot_mccabe_thiele(self, element: str, other: str, ax: Axes | None = None) -> Figure:
        """Stages and steps of two elements: mole fraction of ``element`` in both, organic against
        aqueous."""
        from raffinate.plotting import mccabe_thiele

        return mccabe_thiele.plot(self, element, other, ax)

    def plot_sensitivities(self, figures: Sequence[str] | None = None, levers: int = 8) -> Figure:
        """The ``levers`` numbers of the flowsheet that each of ``figures`` follows most. By default
        figures are the impurities of the products, reagents and wastewater, and where the file has
        ``economics``, cost and carbon."""
        from raffinate.plotting import sensitivities

        return sensitivities.plot(self, figures, levers)

    def draw_flowsheet(self, ax: Axes | None = None, circuit: str | None = None) -> Figure:
        """Sections with their stages, streams with flow and strength, the organic loop; of the
        first circuit where None."""
        from raffinate.plotting import drawing

        return drawing.draw(self, ax, circuit)

    def to_json(self) -> str:
        """The answer as Protobuf JSON with the names of the API."""
        return str(json_format.MessageToJson(self.proto, preserving_proto_field_name=True))

    def __repr__(self) -> str:
        if not self.converged:
            return f"<Simulation of {self.name!r}: did not converge: {self.message}>"
        text = ", ".join(
            f"{p.product} {html.share(p.purity, p.impurity)} pure,"
            f" {html.share(p.recovery)} recovered"
            for p in self.proto.figures.products
        )
        return f"<Simulation of {self.name!r}: {text or 'no products'}>"

    def _repr_html_(self) -> str:
        return html.simulation(self)


class Transient:
    """A plant in time: ``states`` at every output, and how it ended."""

    def __init__(
        self, states: Sequence[dynamics_pb2.DynamicState], summary: dynamics_pb2.DynamicSummary
    ) -> None:
        self.states = list(states)
        self.summary = summary

    @property
    def complete(self) -> bool:
        """Whether it reached its end; else ``message`` says where and why it stopped."""
        return self.summary.complete

    @property
    def message(self) -> str:
        """Empty when complete."""
        return self.summary.message

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Index: time_h. One row per output."""
        return frames.trajectory(self.states)

    @cached_property
    def products(self) -> pd.DataFrame:
        """Index: product. ``on_specification_h``: from when on it met its demands to the end; NaN
        when it has none or misses one at the end."""
        rows = [
            (
                p.product,
                p.on_specification_h if p.HasField("on_specification_h") else float("nan"),
            )
            for p in self.summary.products
        ]
        return pd.DataFrame(rows, columns=["product", "on_specification_h"]).set_index("product")

    @cached_property
    def flags(self) -> pd.DataFrame:
        """Of the state at the end."""
        return frames.flags(self.summary.flags)

    def stages(self, index: int = -1) -> pd.DataFrame:
        """The profile of output ``index``, where the call asked for ``stages=True``."""
        return frames.stages(self.states[index].stages)

    def plot(self) -> Figure:
        """Impurity, recovery and pH over time."""
        from raffinate.plotting import transient

        return transient.plot(self)

    def __repr__(self) -> str:
        end = "complete" if self.complete else f"stopped: {self.message}"
        return f"<Transient of {self.summary.flowsheet.name!r}: {len(self.states)} states, {end}>"

    def _repr_html_(self) -> str:
        return html.transient(self)


class Collection(Sequence[T], Generic[T]):
    """What the server listed: a sequence that also has a frame."""

    def __init__(
        self, items: Sequence[T], make_frame: Callable[[Sequence[T]], pd.DataFrame]
    ) -> None:
        self._items = list(items)
        self._make_frame = make_frame

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per item."""
        return self._make_frame(self._items)

    @overload
    def __getitem__(self, index: int) -> T:
        ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]:
        ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __repr__(self) -> str:
        return repr(self.frame)

    def _repr_html_(self) -> Any:
        return self.frame._repr_html_()
