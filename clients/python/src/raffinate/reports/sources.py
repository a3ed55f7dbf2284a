"""Where constants, prices, factors and limits come from."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from raffinate import frames
from raffinate.errors import NotFound
from raffinate.html import number
from raffinate.reports.tables import table, words
from raffinate.results import Simulation
from raffinate.v1 import flowsheet_pb2, simulation_pb2

if TYPE_CHECKING:
    from raffinate.client import Client

_CLASS = flowsheet_pb2.EquilibriumConstant.Provenance


def _source(text: str, doi: str) -> str:
    return words(escape(text + (f" doi {doi}" if doi and doi not in text else "")))


def constants(plant: Simulation, client: Client) -> str:
    """The constants of the elements in the plant, of each system that its circuits use."""
    own = {s.name: s for s in plant.flowsheet.extractant_systems}
    present = {m.element for s in plant.proto.streams for m in s.metals}
    parts = []
    for name in dict.fromkeys(c.extractant.system.value for c in plant.flowsheet.circuits):
        try:
            system = own[name] if name in own else client.extractant_system(name)
        except NotFound:  # of a server that knows other systems than the one that made the result
            parts.append(f"<p>The server does not know {escape(name)}.</p>")
            continue
        rows = [
            [
                escape(c.element),
                number(c.log10_k) if c.HasField("log10_k") else "–",
                escape(frames.enum_name(_CLASS, c.provenance)),
                _source(c.source, c.doi),
            ]
            for c in system.constants
            if c.element in present
        ]
        parts.append(
            f"<p>{escape(name)}: {escape(system.description)} {_source(system.source, system.doi)}</p>"
            + table(["element", "log₁₀ K", "class", "source"], rows)
        )
    return "".join(parts)


def prices(plant: Simulation) -> str:
    """Prices, factors and limits that the figures of cost, carbon and effluent used."""
    rows = [
        [
            escape(d.name),
            f"{number(d.value)} {escape('' if d.unit == '1' else d.unit)}",
            escape(d.date),
            "of the file" if d.overridden else escape(frames.enum_name(_CLASS, d.provenance)),
            _source(d.source, ""),
        ]
        for d in plant.proto.plant.data
    ]
    return (
        "<p>Prices, factors and limits:</p>" + table(["", "value", "of", "class", "source"], rows)
        if rows
        else ""
    )


def origin(plant: Simulation) -> str:
    """Of the extractant system: built in, or of the file."""
    evidence = plant.proto.evidence
    said = frames.enum_name(simulation_pb2.Evidence.Origin, evidence.origin).replace("_", " ")
    return f"{evidence.extractant_system}, {said}"
