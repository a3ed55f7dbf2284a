"""Requests from arguments and results from answers: what both clients share."""

from __future__ import annotations

from typing import Any, Mapping, Sequence, Union

import pandas as pd

from raffinate import frames
from raffinate.errors import InvalidFlowsheet, Unavailable, Violation
from raffinate.results import Collection
from raffinate.v1 import chemistry_pb2, flowsheet_pb2, optimizations_pb2, simulator_pb2

SystemLike = Union[str, flowsheet_pb2.ExtractantSystem]
"""The name of a system that the server knows, or one's own."""

LOG_LINES_KEPT = 1000


def nothing() -> None:
    """For those who want not to be told."""


def job_name(name: str) -> str:
    """With its collection: ``optimizations/3h7m``."""
    return name if name.startswith("optimizations/") else f"optimizations/{name}"


def is_ended(job: optimizations_pb2.Optimization) -> bool:
    """Whether nothing will change any more."""
    states = optimizations_pb2.Optimization
    return job.state in (states.SUCCEEDED, states.CANCELLED, states.FAILED)


def stopped_early(name: str) -> Unavailable:
    """The server ended a watch before the job had ended."""
    return Unavailable(
        f"the server stopped before {name} ended; it goes on when the server is back",
        code="UNAVAILABLE",
    )


def fresh_lines(seen: Sequence[str], again: Sequence[str]) -> list[str]:
    """Of a log that is told again from its start after a break: what is new. The server may have
    dropped its oldest lines, and one that was killed may lack the newest."""
    common = 0
    for old, new in zip(seen, again):
        if old != new:
            break
        common += 1
    if common > 0:
        return list(again[common:])
    for length in range(min(len(seen), len(again)), 0, -1):
        if list(seen[-length:]) == list(again[:length]):
            return list(again[length:])
    return list(again)


def simulation(
    flowsheet: flowsheet_pb2.Flowsheet, sensitivities: bool, scenarios: int, scenario_seed: int
) -> simulator_pb2.SimulateRequest:
    """``scenarios`` 0: none."""
    request = simulator_pb2.SimulateRequest(flowsheet=flowsheet, sensitivities=sensitivities)
    if scenarios:
        request.scenarios.count = scenarios
        request.scenarios.seed = scenario_seed
    return request


def invalid_in_batch(answer: simulator_pb2.InvalidFlowsheet, index: int) -> InvalidFlowsheet:
    """The error that stands for item ``index`` of a batch."""
    return InvalidFlowsheet(
        "invalid flowsheet",
        [Violation(v.field, v.description) for v in answer.violations],
        source=f"flowsheet {index} of the batch",
        code="INVALID_ARGUMENT",
        reason="INVALID_FLOWSHEET",
    )


def evaluation(
    system: SystemLike,
    ph: float | None,
    free_dimer_mol_per_l: float | None,
    extractant_mol_per_l: float | None,
    loading: float | None,
) -> chemistry_pb2.EvaluateExtractantSystemRequest:
    """What is None is left to the server."""
    request = chemistry_pb2.EvaluateExtractantSystemRequest(
        ph=ph,
        free_dimer_mol_per_l=free_dimer_mol_per_l,
        extractant_mol_per_l=extractant_mol_per_l,
        loading=loading,
    )
    if isinstance(system, str):
        request.name = system
    else:
        request.extractant_system.CopyFrom(system)
    return request


class Distribution:
    """D and separation factors of an extractant system at one state."""

    def __init__(self, proto: chemistry_pb2.EvaluateExtractantSystemResponse) -> None:
        self.proto = proto

    @property
    def notes(self) -> list[str]:
        """What to know of the state, such as a pH outside the range."""
        return list(self.proto.notes)

    @property
    def frame(self) -> pd.DataFrame:
        """Index: element, from the least to the most extracted. log10 K on dimers in mol/L, D, the
        separation factor over the element before, the standard error of its log10."""
        classes = flowsheet_pb2.EquilibriumConstant.Provenance
        rows = []
        for e in self.proto.elements:
            row: dict[str, Any] = {"element": e.element}
            for name in ("log10_k_dimer", "d", "separation_factor"):
                known = name == "d" or e.HasField(name)
                row[name] = getattr(e, name) if known else float("nan")
            error = "separation_factor_log10_standard_error"
            row[error] = getattr(e, error) if e.HasField(error) else float("nan")
            row["separation_factor_class"] = (
                frames.enum_name(classes, e.separation_factor_class)
                if e.HasField("separation_factor")
                else ""
            )
            rows.append(row)
        columns = None if rows else ["element"]
        return pd.DataFrame(rows, columns=columns).set_index("element")

    def __repr__(self) -> str:
        at = f"pH {self.proto.ph:.4g}, {self.proto.free_dimer_mol_per_l:.4g} mol/L of free dimer"
        return f"<Distribution of {self.proto.extractant_system.name!r} at {at}>"

    def _repr_html_(self) -> Any:
        return self.frame._repr_html_()


def systems(
    items: Sequence[flowsheet_pb2.ExtractantSystem],
) -> Collection[flowsheet_pb2.ExtractantSystem]:
    """With name, law, medium, elements, DOI and description as a frame."""
    kinds = flowsheet_pb2.ExtractantSystem

    def frame(found: Sequence[flowsheet_pb2.ExtractantSystem]) -> pd.DataFrame:
        rows = [
            (
                s.name,
                frames.enum_name(kinds.Law, s.law),
                frames.enum_name(kinds.Medium, s.medium or kinds.CHLORIDE),
                " ".join(c.element for c in s.constants),
                s.doi,
                s.description,
            )
            for s in found
        ]
        columns = ["name", "law", "medium", "elements", "doi", "description"]
        return pd.DataFrame(rows, columns=columns).set_index("name")

    return Collection(items, frame)


def feeds(items: Sequence[chemistry_pb2.Feed]) -> Collection[chemistry_pb2.Feed]:
    """With free acid and metals in mol/L as a frame; NaN where a feed has none of an element."""

    def frame(found: Sequence[chemistry_pb2.Feed]) -> pd.DataFrame:
        rows = []
        for f in found:
            row: dict[str, Any] = {"name": f.name, "hcl_mol_per_l": f.hcl_mol_per_l}
            row.update({f"{m.element}_mol_per_l": m.mol_per_l for m in f.metals})
            rows.append(row)
        columns = None if rows else ["name"]
        out = pd.DataFrame(rows, columns=columns).set_index("name")
        return out.assign(
            description=[f.description for f in found], source=[f.source for f in found]
        )

    return Collection(items, frame)


def job_table(jobs: Sequence[optimizations_pb2.Optimization]) -> pd.DataFrame:
    """Index: name. State, times (UTC), evaluations, size of the Pareto set."""
    rows = [
        (
            j.name,
            frames.enum_name(optimizations_pb2.Optimization.State, j.state),
            j.create_time.ToDatetime() if j.HasField("create_time") else pd.NaT,
            j.end_time.ToDatetime() if j.HasField("end_time") else pd.NaT,
            j.progress.evaluations,
            j.flowsheet_count if is_ended(j) else j.progress.pareto_size,
            j.error_message,
        )
        for j in jobs
    ]
    columns = ["name", "state", "created", "ended", "evaluations", "designs", "error"]
    return pd.DataFrame(rows, columns=columns).set_index("name")


def metadata_of(pairs: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Of every call; keys in lower case, as gRPC wants them."""
    return tuple((key.lower(), value) for key, value in (pairs or {}).items())
