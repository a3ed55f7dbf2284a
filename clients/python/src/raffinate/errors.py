"""What can go wrong, with every problem at its place.

All errors are :class:`RaffinateError`. The server's details (``grpc-status-details-bin``,
google.rpc) are decoded: the reason for machines, field violations, and when to try again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Iterable, Mapping

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FLOWSHEET = "flowsheet."


@dataclass(frozen=True)
class Violation:
    """One problem of an input."""

    path: str
    """Of the field: in the words of the file (``streams.feed.flow``) where there was a text, else
    in those of the message (``streams[1].flow_m3_per_h``). Empty when it concerns the whole."""
    description: str
    """What was found and what would be right."""
    line: int | None = None
    """From 1, where there was a text."""
    column: int | None = None
    """From 1, where there was a text."""

    def __str__(self) -> str:
        place = "" if self.line is None else str(self.line)
        if place and self.column is not None:
            place += f":{self.column}"
        return ": ".join(part for part in (place, self.path, self.description) if part)


class RaffinateError(Exception):
    """Base of all errors of this package.

    ``code`` is that of gRPC ("NOT_FOUND"), ``reason`` that of the server ("QUEUE_FULL", may be
    empty), ``retry_delay_s`` how long the server wants to be left alone.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        retry_delay_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.metadata = dict(metadata or {})
        self.retry_delay_s = retry_delay_s


class InvalidRequest(RaffinateError):
    """What was asked for is not possible. ``violations`` has every problem."""

    def __init__(
        self, message: str, violations: Iterable[Violation] = (), *, source: str = "", **more: Any
    ) -> None:
        super().__init__(message, **more)
        self.violations = list(violations)
        self.source = source
        """The file, or what else the flowsheet came from."""

    def __str__(self) -> str:
        if not self.violations:
            return super().__str__()
        # The server leaves out what would be too long; its message begins with the number of all.
        stated = re.match(r"(\d+) problems?[,:]", super().__str__())
        count = int(stated[1]) if stated else len(self.violations)
        lines = [f"{count} problem{'' if count == 1 else 's'} in {self.source or 'the request'}"]
        for violation in self.violations:
            separator = ":" if violation.line is not None else ": "
            at = f"{self.source}{separator}" if self.source else ""
            lines.append(f"  {at}{violation}")
        return "\n".join(lines)


class InvalidFlowsheet(InvalidRequest):
    """A flowsheet is wrong."""


class NotFound(RaffinateError):
    """No such optimization or extractant system."""


class Conflict(RaffinateError):
    """Not in this state: a running job deleted, a request id used for something else, data that
    cannot tell the parameters of a fit apart."""


class Overloaded(RaffinateError):
    """The server takes no more work, or the request is too large."""


class Unavailable(RaffinateError):
    """No server answers, in spite of tries again."""


class DeadlineExceeded(RaffinateError):
    """Not done in the time that the caller gave."""


class OptimizationFailed(RaffinateError):
    """The job ended with an error of the server."""


_CLASSES: dict[str, type[RaffinateError]] = {
    "NOT_FOUND": NotFound,
    "ALREADY_EXISTS": Conflict,
    "FAILED_PRECONDITION": Conflict,
    "RESOURCE_EXHAUSTED": Overloaded,
    "UNAVAILABLE": Unavailable,
    "DEADLINE_EXCEEDED": DeadlineExceeded,
}


@dataclass
class Details:
    """The details of a status."""

    reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    retry_delay_s: float | None = None


def _google_rpc() -> dict[str, Any]:
    """The message classes of google.rpc, in a pool of their own: googleapis-common-protos registers
    the same names in the default pool."""
    files = descriptor_pb2.FileDescriptorSet.FromString(
        resources.files("raffinate").joinpath("google_rpc.binpb").read_bytes()
    )
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)

    def make(name: str) -> Any:
        descriptor = pool.FindMessageTypeByName(f"google.rpc.{name}")
        newer = getattr(message_factory, "GetMessageClass", None)
        if newer is not None:  # protobuf 4.22 and later
            return newer(descriptor)
        return message_factory.MessageFactory(pool).GetPrototype(descriptor)

    return {name: make(name) for name in ("Status", "ErrorInfo", "BadRequest", "RetryInfo")}


_messages: dict[str, Any] = {}


def decode_details(data: bytes) -> Details:
    """Of ``grpc-status-details-bin``. Empty for what cannot be read."""
    if not _messages:
        _messages.update(_google_rpc())
    out = Details()
    try:
        status = _messages["Status"].FromString(data)
        for any_ in status.details:
            name = any_.type_url.rsplit(".", 1)[-1]
            if name not in _messages:
                continue
            detail = _messages[name].FromString(any_.value)
            if name == "ErrorInfo":
                out.reason = detail.reason
                out.metadata = dict(detail.metadata)
            elif name == "BadRequest":
                out.violations = [
                    Violation(v.field, v.description) for v in detail.field_violations
                ]
            elif name == "RetryInfo":
                out.retry_delay_s = detail.retry_delay.seconds + 1e-9 * detail.retry_delay.nanos
    except Exception:  # noqa: BLE001 - a foreign proxy may send anything
        return Details()
    return out


def details_of(error: grpc.RpcError) -> Details:
    """What the server says beyond code and message."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return decode_details(value)
    return Details()


def from_grpc(error: grpc.RpcError, source: str = "", *, address: str = "") -> RaffinateError:
    """The error of this package for one of gRPC. ``source`` names the flowsheet of the request."""
    code = error.code().name
    text = error.details() or "the server gave no reason"
    details = details_of(error)
    more: dict[str, Any] = {
        "code": code,
        "reason": details.reason,
        "metadata": details.metadata,
        "retry_delay_s": details.retry_delay_s,
    }
    if code == "INVALID_ARGUMENT":
        violations = []
        for violation in details.violations:
            path = violation.path
            if path.startswith(_FLOWSHEET):
                path = path[len(_FLOWSHEET) :]
            violations.append(Violation(path, violation.description))
        kind = InvalidFlowsheet if details.reason == "INVALID_FLOWSHEET" else InvalidRequest
        return kind(text, violations, source=source, **more)
    if code == "UNAVAILABLE":
        text = f"no answer from {address or 'the server'}: {text}"
    elif code == "DEADLINE_EXCEEDED":
        text = f"{address or 'the server'} did not answer in the time given: {text}"
    elif code == "UNIMPLEMENTED":
        text = f"the server at {address} does not know this call; it is older than this package"
    return _CLASSES.get(code, RaffinateError)(text, **more)
