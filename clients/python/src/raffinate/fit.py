"""Constants from shake-flask data."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import Any, Sequence, Union

import pandas as pd

from raffinate.v1 import chemistry_pb2, flowsheet_pb2

ContactsLike = Union[str, "os.PathLike[str]", pd.DataFrame, Sequence[chemistry_pb2.Contact]]
"""A CSV file or frame with the columns of docs/fit.md, one row per flask, or messages."""

_SIMPLE = ("source", "initial_h_mol_per_l", "aqueous_to_organic", "temperature_degc")
_FEED, _RAFFINATE = "_feed_mol_per_l", "_raffinate_mol_per_l"
_SLOPES = {"fixed": 0, "shared": 1, "per_element": 2}
_COMPLEXES = {"fixed": 0, "shared": 1, "per_element": 2}
_LOSSES = {"squares": 0, "huber": 1, "soft_l1": 2, "cauchy": 3}


def _choose(name: str, value: str, known: dict[str, int]) -> Any:
    if value not in known:
        raise ValueError(f"{name} is {value!r}; known are {', '.join(known)}")
    return known[value]


def _number(frame: pd.DataFrame, row: Any, column: str) -> float | None:
    value = frame.at[row, column]
    if pd.isna(value):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"row {row}, column {column}: found {value!r}; a number is needed"
        ) from None


def _concentration(frame: pd.DataFrame, row: Any, column: str) -> float:
    value = _number(frame, row, column)
    if value is None:
        raise ValueError(f"row {row}, column {column}: is empty; a number is needed")
    return value


def contacts_of(data: ContactsLike) -> list[chemistry_pb2.Contact]:
    """One message per row. ValueError names row and column of what is wrong."""
    if isinstance(data, (str, os.PathLike)):
        data = pd.read_csv(data)
    if not isinstance(data, pd.DataFrame):
        return list(data)
    extractants = [c for c in data if re.fullmatch(r".+_(monomer|dimer)_mol_per_l", str(c))]
    elements = [str(c)[: -len(_FEED)] for c in data if str(c).endswith(_FEED)]
    known = {*_SIMPLE, *extractants}
    known.update(e + ending for e in elements for ending in (_FEED, _RAFFINATE))
    unknown = [str(c) for c in data if c not in known]
    missing = [c for c in ("source", "initial_h_mol_per_l") if c not in data]
    if len(extractants) != 1:
        missing.append("EXTRACTANT_monomer_mol_per_l or EXTRACTANT_dimer_mol_per_l (exactly one)")
    if not elements:
        missing.append("ELEMENT_feed_mol_per_l (at least one)")
    if unknown or missing:
        found = [f"lacks the column {c}" for c in missing] + [
            f"has the unknown column {c}" for c in unknown
        ]
        raise ValueError(f"the table {'; '.join(found)}")
    per_monomer = 2 if extractants[0].endswith("_dimer_mol_per_l") else 1
    out = []
    for row in data.index:
        contact = chemistry_pb2.Contact(
            source=str(data.at[row, "source"]),
            initial_h_mol_per_l=_concentration(data, row, "initial_h_mol_per_l"),
            extractant_mol_per_l=per_monomer * _concentration(data, row, extractants[0]),
        )
        for column, field in (
            ("aqueous_to_organic", "aqueous_to_organic"),
            ("temperature_degc", "temperature_celsius"),
        ):
            value = _number(data, row, column) if column in data else None
            if value is not None:
                setattr(contact, field, value)
        for element in elements:
            feed = _number(data, row, element + _FEED)
            if not feed:
                continue
            metal = contact.metals.add(element=element, feed_mol_per_l=feed)
            raffinate = (
                _number(data, row, element + _RAFFINATE) if element + _RAFFINATE in data else None
            )
            if raffinate is not None:
                metal.raffinate_mol_per_l = raffinate
        out.append(contact)
    return out


def request_of(
    data: ContactsLike,
    start: str | flowsheet_pb2.ExtractantSystem | None,
    *,
    source: str,
    medium: str,
    log10_k: bool,
    slopes: str,
    complexes: str,
    enthalpy: bool,
    elements: Sequence[str],
    loss: str,
    loss_scale: float | None,
    reference_temperature_celsius: float | None,
    name: str,
    doi: str,
) -> chemistry_pb2.FitExtractantSystemRequest:
    """The request. ValueError for a word that is not known."""
    request = chemistry_pb2.FitExtractantSystemRequest(
        contacts=contacts_of(data),
        log10_k=log10_k,
        slopes=_choose("slopes", slopes, _SLOPES),
        complexes=_choose("complexes", complexes, _COMPLEXES),
        enthalpy=enthalpy,
        elements=elements,
        loss=_choose("loss", loss, _LOSSES),
        loss_scale=loss_scale,
        reference_temperature_celsius=reference_temperature_celsius,
        system_name=name,
        source=source,
        doi=doi,
        medium=medium,
    )
    if isinstance(start, str):
        request.name = start
    elif start is not None:
        request.extractant_system.CopyFrom(start)
    return request


class Fit:
    """Fitted constants, how far they can be trusted, and every residual."""

    def __init__(self, proto: chemistry_pb2.FitExtractantSystemResponse) -> None:
        self.proto = proto

    @property
    def system(self) -> flowsheet_pb2.ExtractantSystem:
        """With standard errors, class, range and covariance, to be used in a flowsheet."""
        return self.proto.extractant_system

    @property
    def notes(self) -> list[str]:
        """What to know, such as a parameter at its bound."""
        return list(self.proto.notes)

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Index: parameter. Start, value, standard error, 95 % interval; NaN at a bound."""
        optional = ("standard_error", "low", "high")
        rows = []
        for p in self.proto.parameters:
            row: dict[str, Any] = {"parameter": p.name, "start": p.start, "value": p.value}
            for name in optional:
                row[name] = getattr(p, name) if p.HasField(name) else float("nan")
            row["at_bound"] = p.at_bound
            rows.append(row)
        columns = None if rows else ["parameter"]
        return pd.DataFrame(rows, columns=columns).set_index("parameter")

    @cached_property
    def residuals(self) -> pd.DataFrame:
        """One row per analysed value: flask, element, measured, fitted (mol/L), error as a share of
        the feed, pH and loading at equilibrium."""
        columns = [
            "contact",
            "element",
            "measured_mol_per_l",
            "fitted_mol_per_l",
            "error_of_feed",
            "ph",
            "loading",
        ]
        rows = [[getattr(r, c) for c in columns] for r in self.proto.residuals]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Predicted against measured: before and after the fit, and each source predicted by the
        others. Errors as shares of the feed."""
        columns = ["values", "rms_of_feed", "bias_of_feed", "largest_of_feed", "r_squared"]
        kinds = [
            k for k in ("before", "after", "left_out_before", "left_out") if self.proto.HasField(k)
        ]
        rows = [[getattr(getattr(self.proto, k), c) for c in columns] for k in kinds]
        return pd.DataFrame(rows, columns=columns, index=pd.Index(kinds, name="prediction"))

    def __repr__(self) -> str:
        after = self.proto.after
        return (
            f"<Fit of {self.system.name!r}: {len(self.proto.parameters)} parameters to"
            f" {after.values} values, rms {100 * after.rms_of_feed:.3g} % of the feed>"
        )

    def _repr_html_(self) -> Any:
        return self.parameters._repr_html_()
