"""Plants that run, and the setpoints that are best for them (docs/setpoints.md)."""

from __future__ import annotations

import datetime
import queue
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Sequence, Union

import grpc
import pandas as pd
from google.protobuf.timestamp_pb2 import Timestamp

from raffinate import _rpc, frames
from raffinate._retry import Attempts, Retry
from raffinate.errors import Unavailable
from raffinate.results import Collection
from raffinate.v1 import flowsheet_pb2, setpoints_pb2

if TYPE_CHECKING:
    from raffinate.client import Client

PlantLike = Union[setpoints_pb2.Plant, Mapping[str, Any]]
"""A plant: a message, or a mapping with its fields: ``flowsheet`` is anything that simulates,
``moves`` and ``instruments`` are mappings by the name of the quantity, ``parameters`` one by the
element, each to the fields of its message: ``{"streams.feed.flow": {"relative_sd": 0.005,
"max_age_h": 0.5}}``. Numbers are in the unit that the field's name ends in."""

_PARTS = {
    "moves": ("setpoint", setpoints_pb2.MoveLimit),
    "instruments": ("quantity", setpoints_pb2.Instrument),
    "parameters": ("element", setpoints_pb2.PlantParameter),
}


@dataclass(frozen=True)
class Measured:
    """One reading."""

    value: float
    unit: str = ""
    """UDUNITS, of metals also "g/L REO"; empty for the quantity's own."""
    time: datetime.datetime | None = None
    """When the sample was taken; None for the time of the state."""
    quality: str = "good"
    """"good", "uncertain" or "bad"."""


def _timestamp(time: datetime.datetime) -> Timestamp:
    if time.tzinfo is None:
        raise ValueError(f"the time {time} has no zone; datetime.timezone.utc is one")
    stamp = Timestamp()
    stamp.FromDatetime(time.astimezone(datetime.timezone.utc))
    return stamp


def _utc(stamp: Timestamp) -> datetime.datetime:
    time: datetime.datetime = stamp.ToDatetime()
    return time.replace(tzinfo=datetime.timezone.utc)


def measured_state(
    present: Mapping[str, float],
    measurements: Mapping[str, float | Measured],
    *,
    time: datetime.datetime | None = None,
    at_rest: bool = False,
) -> setpoints_pb2.MeasuredState:
    """What is known of a plant at a time. ``present``: what every setpoint is set to, in its own
    unit. ``time``: from which ages count back, with its zone; now when None. ``at_rest``: what
    leaves belongs to what enters, and is compared with the model. ValueError for a time without
    zone and a quality that is none."""
    now = datetime.datetime.now(datetime.timezone.utc) if time is None else time
    state = setpoints_pb2.MeasuredState(time=_timestamp(now), at_rest=at_rest)
    for name, value in present.items():
        state.present.add(setpoint=name, value=value)
    known = setpoints_pb2.Measurement.Quality
    for name, each in measurements.items():
        reading = each if isinstance(each, Measured) else Measured(float(each))
        quality = reading.quality.upper()
        if quality not in ("GOOD", "UNCERTAIN", "BAD"):
            raise ValueError(
                f"{name}: the quality is {reading.quality!r}; known are good, uncertain, bad"
            )
        state.measurements.add(
            quantity=name,
            value=reading.value,
            unit=reading.unit,
            time=state.time if reading.time is None else _timestamp(reading.time),
            quality=known.Value(quality),
        )
    return state


def without_flowsheet(plant: PlantLike) -> tuple[setpoints_pb2.Plant, Any]:
    """The message, and the flowsheet that is still to be put into it; None where it is there.
    ValueError names the field that is wrong."""
    message = setpoints_pb2.Plant()
    if isinstance(plant, setpoints_pb2.Plant):
        message.CopyFrom(plant)
        return message, None
    for name, value in plant.items():
        if name in _PARTS:
            key, kind = _PARTS[name]
            for of, fields in value.items():
                try:
                    getattr(message, name).append(kind(**{key: of}, **fields))
                except (TypeError, ValueError) as error:
                    raise ValueError(f"{name}.{of}: {error}") from None
        elif name in ("demand_margin", "interval_h"):
            setattr(message, name, value)
        elif name != "flowsheet":
            known = ["flowsheet", *_PARTS, "demand_margin", "interval_h"]
            raise ValueError(f"a plant has no {name!r}; it has {', '.join(known)}")
    if "flowsheet" not in plant:
        raise ValueError("the plant lacks its flowsheet")
    return message, plant["flowsheet"]


def plant_name(name: str) -> str:
    """With its collection: ``plants/3h7m``."""
    return name if name.startswith("plants/") else f"plants/{name}"


class Advice:
    """The best setpoints by the model, and how much they can be trusted."""

    def __init__(self, proto: setpoints_pb2.SetpointAdvice) -> None:
        self.proto = proto

    @property
    def values(self) -> dict[str, float]:
        """What to set, each in its own unit."""
        return {s.setpoint: s.value for s in self.proto.setpoints}

    @property
    def feasible(self) -> bool:
        """Whether every demand is met with its margin; if not, all together are missed by as
        little as possible."""
        return self.proto.feasible

    @property
    def valid_until(self) -> datetime.datetime:
        """UTC; ``proto.valid_until_reason`` says why no longer."""
        return _utc(self.proto.valid_until)

    @cached_property
    def setpoints(self) -> pd.DataFrame:
        """Index: setpoint. Unit, advised and present value, limits, the one it is at ("" for none),
        what the objective loses per unit that it is tighter, and the objective's derivative."""
        limits = setpoints_pb2.AdvisedSetpoint.Limit
        rows = [
            (
                s.setpoint,
                s.unit,
                s.value,
                s.present,
                s.min,
                s.max,
                frames.enum_name(limits, s.active_limit) if s.active_limit else "",
                s.price,
                derivative,
            )
            for s, derivative in zip(self.proto.setpoints, self.proto.objective_derivatives)
        ]
        columns = ["setpoint", "unit", "value", "present", "min", "max", "active_limit", "price"]
        return pd.DataFrame(rows, columns=[*columns, "objective_derivative"]).set_index("setpoint")

    @cached_property
    def demands(self) -> pd.DataFrame:
        """One row per demand: figure, product, limit, what is sought with the margin, values at the
        advised and at the present setpoints, whether met and active, and what it costs."""
        columns = [
            "figure",
            "product",
            "unit",
            "at_least",
            "limit",
            "sought",
            "value",
            "present_value",
            "met",
            "active",
            "violation",
            "price",
            "price_per_percent",
            "violation_price",
        ]
        rows = [
            [
                (
                    getattr(d, c)
                    if c != "present_value" or d.HasField("present_value")
                    else float("nan")
                )
                for c in columns
            ]
            for d in self.proto.demands
        ]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def readings(self) -> pd.DataFrame:
        """Index: quantity. What became of each instrument's reading: unit, status, measured value,
        the one that is taken with its standard deviation, normalized residual."""
        statuses = setpoints_pb2.Reading.Status
        rows = [
            (
                r.quantity,
                r.unit,
                frames.enum_name(statuses, r.status),
                r.measured if r.HasField("measured") else float("nan"),
                r.estimate if r.HasField("estimate") else float("nan"),
                r.estimate_sd,
                r.normalized_residual,
            )
            for r in self.proto.readings
        ]
        columns = ["quantity", "unit", "status", "measured", "estimate", "estimate_sd"]
        return pd.DataFrame(rows, columns=[*columns, "normalized_residual"]).set_index("quantity")

    @cached_property
    def flags(self) -> pd.DataFrame:
        """What to know before trusting this."""
        return frames.flags(self.proto.flags)

    def __repr__(self) -> str:
        p = self.proto
        return (
            f"<Advice: {p.objective} {p.objective_value:.6g} {p.objective_unit},"
            f" {'feasible' if p.feasible else 'demands missed'}>"
        )

    def _repr_html_(self) -> Any:
        return self.setpoints._repr_html_()


class TrackAnswer:
    """The answer to one state of a track."""

    def __init__(self, proto: setpoints_pb2.TrackResponse) -> None:
        self.proto = proto

    @property
    def sequence(self) -> int:
        """From 1 on, without gaps, per plant: what ``last_sequence`` of a later track is."""
        return self.proto.sequence

    @property
    def state_sequence(self) -> int:
        """Of the state that is answered."""
        return self.proto.state_sequence

    @property
    def advice(self) -> Advice | None:
        """None where there is none for this state; ``held`` says why."""
        return Advice(self.proto.advice) if self.proto.HasField("advice") else None

    @property
    def held(self) -> setpoints_pb2.HeldSetpoints | None:
        """Why there is no advice, and the last one while it has not expired."""
        return self.proto.held if self.proto.HasField("held") else None

    @property
    def values(self) -> dict[str, float]:
        """What to set now: the advice, or the last one that has not expired. Empty when people have
        to decide."""
        if self.proto.HasField("advice"):
            return {s.setpoint: s.value for s in self.proto.advice.setpoints}
        return {s.setpoint: s.value for s in self.proto.held.setpoints}

    def __repr__(self) -> str:
        what = "advice" if self.proto.HasField("advice") else f"held, {self.proto.held.reason}"
        return f"<TrackAnswer {self.sequence} to state {self.state_sequence}: {what}>"


class TrackPosition:
    """Where a track stands: shared by both clients. One state is under way at a time."""

    def __init__(self, name: str, last_sequence: int, first_state: int) -> None:
        self._name = name
        self._last = last_sequence
        self._next_state = first_state
        self._told: set[int] = set()
        self.pending: setpoints_pb2.TrackRequest | None = None

    def opening(self) -> setpoints_pb2.TrackRequest:
        """The first message of a connection."""
        return setpoints_pb2.TrackRequest(name=self._name, last_sequence=self._last)

    def ask(self, state: setpoints_pb2.MeasuredState) -> setpoints_pb2.TrackRequest:
        """The next state, under way until it is answered."""
        self.pending = setpoints_pb2.TrackRequest(state_sequence=self._next_state, state=state)
        self._next_state += 1
        return self.pending

    def take(self, proto: setpoints_pb2.TrackResponse) -> TrackAnswer | None:
        """The answer; None for one that was told before, as after a break."""
        if self.pending is not None and proto.state_sequence == self.pending.state_sequence:
            self.pending = None
        if proto.sequence in self._told:
            return None
        self._told.add(proto.sequence)
        self._last = max(self._last, proto.sequence)
        return TrackAnswer(proto)

    def ended_early(self) -> Unavailable:
        """The server ended the stream with a state unanswered."""
        return Unavailable(
            f"the server ended the track of {self._name} with a state unanswered",
            code="UNAVAILABLE",
        )


class PlantView:
    """What is known of a plant without asking: shared by both clients."""

    def __init__(self, proto: setpoints_pb2.Plant, retry: Retry) -> None:
        self.proto = proto
        self._retry = retry

    @property
    def name(self) -> str:
        """``plants/{id}``, by which any client finds it again."""
        return self.proto.name

    @property
    def flowsheet(self) -> flowsheet_pb2.Flowsheet:
        """As registered."""
        return self.proto.flowsheet

    @property
    def parameter_version(self) -> int:
        """Of the constants in use; 0 for those registered."""
        return self.proto.parameter_version

    @property
    def quantities(self) -> pd.DataFrame:
        """Index: name. Everything that can be set or measured: unit, field of the flowsheet,
        whether a setpoint, its operating limits (NaN for others)."""
        nan = float("nan")
        rows = [
            (
                q.name,
                q.unit,
                q.field,
                q.setpoint,
                q.min if q.setpoint else nan,
                q.max if q.setpoint else nan,
            )
            for q in self.proto.quantities
        ]
        columns = ["name", "unit", "field", "setpoint", "min", "max"]
        return pd.DataFrame(rows, columns=columns).set_index("name")

    @property
    def parameter_versions(self) -> pd.DataFrame:
        """One row per version and element: the offset of log10 K with its standard deviation,
        beside that of the prior."""
        rows = [
            (
                v.version,
                o.element,
                o.log10_k,
                o.sd_log10,
                o.prior_sd_log10,
                _utc(v.state_time),
                v.version == self.proto.parameter_version,
            )
            for v in self.proto.parameter_versions
            for o in v.offsets
        ]
        columns = ["version", "element", "log10_k", "sd_log10", "prior_sd_log10", "state_time"]
        return pd.DataFrame(rows, columns=[*columns, "in_use"]).set_index(["version", "element"])

    def _first_state(self, first_state: int | None) -> int:
        return self.proto.last_sequence + 1 if first_state is None else first_state

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: constants of version {self.parameter_version}>"


class Plant(PlantView):
    """A plant that a :class:`raffinate.Client` registered or found."""

    def __init__(self, client: Client, proto: setpoints_pb2.Plant, retry: Retry) -> None:
        super().__init__(proto, retry)
        self._client = client

    def refresh(self, timeout_s: float | None = None) -> Plant:
        """Asks the server how it stands."""
        request = setpoints_pb2.GetPlantRequest(name=self.name)
        self.proto = self._client.call(_rpc.GET_PLANT, request, timeout_s)
        return self

    def advise(
        self, state: setpoints_pb2.MeasuredState, *, timeout_s: float | None = None
    ) -> Advice:
        """The setpoints that are best at a state, as :func:`measured_state` makes one. Conflict
        with the reason MISSING_MEASUREMENTS, CONTRADICTORY_MEASUREMENTS or NO_STEADY_STATE where
        the state allows none; InvalidRequest names the fields that are wrong."""
        request = setpoints_pb2.AdviseRequest(name=self.name, state=state)
        return Advice(self._client.call(_rpc.ADVISE, request, timeout_s).advice)

    def track(
        self,
        states: Iterable[setpoints_pb2.MeasuredState],
        *,
        last_sequence: int = 0,
        first_state: int | None = None,
    ) -> Iterator[TrackAnswer]:
        """One answer per state; the next state is taken when the one before is answered, so that
        ``states`` may wait for the plant. Goes on after a break of the connection and a restart of
        the server, without telling an answer twice. ``last_sequence``: the last answer that the
        caller has of an earlier track; later ones come first. ``first_state``: number of the first
        state, greater than those before; the next one when None."""
        if first_state is None:
            self.refresh()
        position = TrackPosition(self.name, last_sequence, self._first_state(first_state))
        source = iter(states)
        attempts = Attempts(self._retry, self._client.address)
        while True:
            requests: queue.SimpleQueue[setpoints_pb2.TrackRequest | None] = queue.SimpleQueue()
            requests.put(position.opening())
            if position.pending is not None:
                requests.put(position.pending)
            stream = self._client._open(_rpc.TRACK, iter(requests.get, None))
            try:
                while True:
                    if position.pending is None:
                        state = next(source, None)
                        requests.put(None if state is None else position.ask(state))
                    last = position.pending is None
                    for proto in stream:
                        attempts.succeeded()
                        answer = position.take(proto)
                        if answer is not None:
                            yield answer
                        if position.pending is None and not last:
                            break
                    if last:
                        return
                    if position.pending is not None:
                        raise position.ended_early()
            except grpc.RpcError as error:
                self._client._wait_or_raise(attempts, error)
            finally:
                requests.put(None)
                stream.cancel()

    def update_parameters(
        self, states: Sequence[setpoints_pb2.MeasuredState], *, timeout_s: float | None = None
    ) -> Plant:
        """Infers the constants from 1 to 20 states at rest; they are a new version, used from then
        on. A call that is repeated after a break may leave two versions with the same constants."""
        request = setpoints_pb2.UpdateParametersRequest(name=self.name, states=states)
        self.proto = self._client.call(_rpc.UPDATE_PARAMETERS, request, timeout_s)
        return self

    def reset_parameters(self, version: int = 0, *, timeout_s: float | None = None) -> Plant:
        """Goes back to an earlier version of the constants; 0 are those registered. NotFound."""
        request = setpoints_pb2.ResetParametersRequest(name=self.name, version=version)
        self.proto = self._client.call(_rpc.RESET_PARAMETERS, request, timeout_s)
        return self

    def delete(self, timeout_s: float | None = None) -> None:
        """Deletes it with its track and its constants."""
        request = setpoints_pb2.DeletePlantRequest(name=self.name)
        self._client.call(_rpc.DELETE_PLANT, request, timeout_s)


def collection(items: Sequence[setpoints_pb2.Plant]) -> Collection[setpoints_pb2.Plant]:
    """With name, instruments, version of the constants and time as a frame."""

    def frame(found: Sequence[setpoints_pb2.Plant]) -> pd.DataFrame:
        rows = [
            (p.name, len(p.instruments), p.parameter_version, _utc(p.create_time)) for p in found
        ]
        columns = ["name", "instruments", "parameter_version", "created"]
        return pd.DataFrame(rows, columns=columns).set_index("name")

    return Collection(items, frame)
