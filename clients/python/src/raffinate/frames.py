"""Messages as pandas frames. Columns carry the names of the API, which end in the unit."""

from __future__ import annotations

from typing import Any, Iterable, Sequence

import pandas as pd

from raffinate import names
from raffinate.v1 import dynamics_pb2, flowsheet_pb2, plant_pb2, robustness_pb2, simulation_pb2

# Ends of field names, longest first, as people read them.
UNITS: tuple[tuple[str, str], ...] = (
    ("_usd_per_kg_reo", "USD/kg REO"),
    ("_kg_per_kg_reo", "kg/kg REO"),
    ("_kg_per_t_reo", "kg/t REO"),
    ("_kwh_per_t_reo", "kWh/t REO"),
    ("_gj_per_t_reo", "GJ/t REO"),
    ("_m3_per_t_reo", "m³/t REO"),
    ("_mol_per_mol", "mol/mol"),
    ("_mol_per_l", "mol/L"),
    ("_m3_per_h", "m³/h"),
    ("_kg_per_h", "kg/h"),
    ("_celsius", "°C"),
    ("_kmol", "kmol"),
    ("_kg", "kg"),
    ("_usd", "USD"),
    ("_m2", "m²"),
    ("_m3", "m³"),
    ("_h", "h"),
)


def split_unit(name: str) -> tuple[str, str]:
    """("acid", "kg/t REO") of "acid_kg_per_t_reo"; the unit is empty for pure numbers."""
    for ending, unit in UNITS:
        if name.endswith(ending):
            return name[: -len(ending)], unit
    return name, ""


def enum_name(enum: Any, value: int) -> str:
    """An enum's value in lower case, as files have it; the number where it is not known."""
    name: str = enum.Name(value) if value in enum.values() else str(value)
    return name.lower()


def _scalar_fields(message: type[Any]) -> list[str]:
    return [
        f.name
        for f in message.DESCRIPTOR.fields
        if f.message_type is None and not names.is_repeated(f)
    ]


_FIGURES = _scalar_fields(simulation_pb2.Figures)
_OPTIONAL = {
    f for f in _FIGURES if simulation_pb2.Figures.DESCRIPTOR.fields_by_name[f].has_presence
}
_STREAM = [f for f in _scalar_fields(simulation_pb2.StreamState) if f != "name"]
_STAGE = [f for f in _scalar_fields(simulation_pb2.StageState) if f != "stage"]
_PRODUCT = [f for f in _scalar_fields(simulation_pb2.ProductFigures) if f != "product"]


def _figure(figures: simulation_pb2.Figures, name: str) -> Any:
    if name in _OPTIONAL and not figures.HasField(name):
        return float("nan")
    return getattr(figures, name)


def figures(message: simulation_pb2.Figures) -> pd.DataFrame:
    """Index: figure, the name of the API without its unit. Columns: value, unit. NaN where the
    circuit has none, such as shares of a theoretical minimum."""
    rows = [(*split_unit(name), _figure(message, name)) for name in _FIGURES]
    frame = pd.DataFrame(rows, columns=["figure", "unit", "value"]).set_index("figure")
    return frame[["value", "unit"]]


def products(message: simulation_pb2.Figures) -> pd.DataFrame:
    """Index: product. Shares 0 to 1, oxide mass flows in kg/h."""
    rows = [[p.product, *(getattr(p, f) for f in _PRODUCT)] for p in message.products]
    return pd.DataFrame(rows, columns=["product", *_PRODUCT]).set_index("product")


def streams(states: Iterable[simulation_pb2.StreamState]) -> pd.DataFrame:
    """Index: stream. Flows in m3/h, molarities in mol/L, metals as ``Nd_mol_per_l``."""
    rows = []
    for s in states:
        row = {"stream": s.name, **{f: getattr(s, f) for f in _STREAM}}
        for m in s.metals:
            row[f"{m.element}_mol_per_l"] = m.mol_per_l
        rows.append(row)
    if not rows:
        return pd.DataFrame(columns=["stream", *_STREAM]).set_index("stream")
    return pd.DataFrame(rows).set_index("stream")


def stages(states: Iterable[simulation_pb2.StageState]) -> pd.DataFrame:
    """Index: stage, from 1 in the direction of the organic. Metals as ``Nd_aqueous_mol_per_l``,
    ``Nd_organic_mol_per_l`` and ``Nd_d``."""
    rows = []
    for s in states:
        row = {"stage": s.stage, **{f: getattr(s, f) for f in _STAGE}}
        for m in s.metals:
            row[f"{m.element}_aqueous_mol_per_l"] = m.aqueous_mol_per_l
            row[f"{m.element}_organic_mol_per_l"] = m.organic_mol_per_l
            row[f"{m.element}_d"] = m.d
        rows.append(row)
    if not rows:
        return pd.DataFrame(columns=["stage", *_STAGE]).set_index("stage")
    return pd.DataFrame(rows).set_index("stage")


def flags(messages: Iterable[simulation_pb2.Flag]) -> pd.DataFrame:
    """What an engineer should know: code, section, stages, value, limit, message. NaN where a flag
    has no value or limit."""
    rows = [
        (
            f.code,
            f.section,
            tuple(f.stages),
            f.value if f.HasField("value") else float("nan"),
            f.limit if f.HasField("limit") else float("nan"),
            f.message,
        )
        for f in messages
    ]
    return pd.DataFrame(rows, columns=["code", "section", "stages", "value", "limit", "message"])


def robustness(message: robustness_pb2.Robustness) -> dict[str, pd.DataFrame]:
    """``demands``, ``figures`` and ``flexibility``, columns as in the API; of demands the ``share``
    of scenarios that meets each, and last all at once with the bounds of its probability."""
    tested = max(message.scenarios, 1)
    demands = [
        (d.product, d.figure, d.at_least, d.limit, d.met / tested, float("nan"), float("nan"))
        for d in message.demands
    ]
    least, most = message.least_probability, message.most_probability
    demands.append(("", "all at once", True, float("nan"), message.met / tested, least, most))
    columns = ["product", "figure", "at_least", "limit", "share"]

    def all_fields(messages: Iterable[Any], kind: type[Any]) -> pd.DataFrame:
        names = _scalar_fields(kind)
        rows = [[getattr(m, name) for name in names] for m in messages]
        return pd.DataFrame(rows, columns=names)

    return {
        "demands": pd.DataFrame(demands, columns=[*columns, "least", "most"]),
        "figures": all_fields(message.figures, robustness_pb2.FigureSpread),
        "flexibility": all_fields(message.flexibility, robustness_pb2.Reach),
    }


def _lines(owner: Any, field: Any) -> pd.DataFrame:
    """The list `field` of a message, columns as in the API; NaN where a line has no such value."""
    scalars = [
        f for f in field.message_type.fields if f.message_type is None and not names.is_repeated(f)
    ]
    rows = []
    for line in getattr(owner, field.name):
        row: dict[str, Any] = {}
        for f in scalars:
            value = getattr(line, f.name)
            if f.enum_type is not None:
                known = f.enum_type.values_by_number.get(value)
                value = known.name.lower() if known is not None else str(value)
            elif f.has_presence and not line.HasField(f.name):
                value = float("nan")
            row[f.name] = value
        rows.append(row)
    return pd.DataFrame(rows, columns=[f.name for f in scalars])


def plant(message: plant_pb2.PlantReport) -> dict[str, pd.DataFrame]:
    """One frame per list of the report ("reagents", "effluent", "costs"), columns as in the API;
    NaN where a line has no such value."""
    return {
        field.name: _lines(message, field)
        for field in message.DESCRIPTOR.fields
        if field.message_type is not None and names.is_repeated(field)
    }


def elements(message: simulation_pb2.Simulation) -> pd.DataFrame:
    """One row for each element and stream that it leaves by: kind, product, kmol/h, kg/h, share."""
    return _lines(message, message.DESCRIPTOR.fields_by_name["elements"])


def evidence(message: simulation_pb2.Evidence) -> pd.DataFrame:
    """Index: product, "" for the whole plant. The weakest class of constant and its elements."""
    classes = flowsheet_pb2.EquilibriumConstant.Provenance
    rows = [
        (
            e.product if product else "",
            enum_name(classes, e.weakest_class),
            ", ".join(e.weakest_elements),
        )
        for product, e in [(False, message), *((True, p) for p in message.products)]
    ]
    frame = pd.DataFrame(rows, columns=["product", "weakest_class", "weakest_elements"])
    return frame.set_index("product")


def sensitivities(simulation: simulation_pb2.Simulation, elasticities: bool) -> pd.DataFrame:
    """Index: lever, a number of the flowsheet by its path in a file, ``streams.caustic.flow
    [m3/h]``. Columns: figures by their names in objectives, ``light.impurity`` for those of
    products. ``elasticities``: per cent of the figure per per cent of the lever; else the
    derivative in the figure's unit over the lever's. NaN for a figure at zero, which has no
    elasticity."""
    message = simulation.sensitivities
    levers = [names.with_unit(simulation.flowsheet, lever.field) for lever in message.levers]
    columns: dict[str, Sequence[float]] = {}
    for f in message.figures:
        values = f.elasticities if elasticities else f.derivatives
        name = f"{f.product}.{f.figure}" if f.product else f.figure
        columns[name] = list(values) if len(values) else [float("nan")] * len(levers)
    return pd.DataFrame(columns, index=pd.Index(levers, name="lever"))


def figures_of_many(simulations: Sequence[simulation_pb2.Simulation]) -> pd.DataFrame:
    """One row per simulation, index ``design`` from 1, columns as in the tool's pareto.csv: figures
    under the names of the API, those of products as ``light.purity``; ``converged`` and the number
    of ``flags``. All of one flowsheet's products."""
    columns: dict[str, list[Any]] = {}
    # By columns: a frame of 10,000 dicts costs several times as much.
    if simulations:
        for i, product in enumerate(simulations[0].figures.products):
            of_product = [s.figures.products[i] for s in simulations]
            for field in _PRODUCT:
                columns[f"{product.product}.{field}"] = [getattr(p, field) for p in of_product]
    for name in _FIGURES:
        columns[name] = [_figure(s.figures, name) for s in simulations]
    columns["converged"] = [s.convergence.converged for s in simulations]
    columns["flags"] = [len(s.flags) for s in simulations]
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(simulations) + 1, name="design"))


def trajectory(states: Sequence[dynamics_pb2.DynamicState]) -> pd.DataFrame:
    """Index: time_h. Per product ``light.purity``, ``light.recovery``, ``light.reo_kg_per_h``,
    ``light.collected_reo_kg``, ``light.meets_demands`` and so on; pH of the first and last stage;
    what the plant holds as ``Nd_kmol``."""
    rows = []
    fields = [f for f in _scalar_fields(dynamics_pb2.DynamicProduct) if f != "product"]
    for s in states:
        row: dict[str, Any] = {
            "time_h": s.time_h,
            "first_stage_ph": s.first_stage_ph,
            "last_stage_ph": s.last_stage_ph,
        }
        for p in s.products:
            for f in fields:
                row[f"{p.product}.{f}"] = getattr(p, f)
        for a in s.inventory:
            row[f"{a.element}_kmol"] = a.kmol
        rows.append(row)
    if not rows:
        return pd.DataFrame(columns=["time_h"]).set_index("time_h")
    return pd.DataFrame(rows).set_index("time_h")
