"""What may be given as a flowsheet."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Union

from raffinate.errors import InvalidFlowsheet, Violation
from raffinate.v1 import flowsheet_pb2, flowsheets_pb2

if TYPE_CHECKING:
    from raffinate.results import Simulation

FlowsheetLike = Union[
    str, "os.PathLike[str]", Mapping[str, Any], flowsheet_pb2.Flowsheet, "Simulation"
]
"""A flowsheet: the path of a file; its text (a ``str`` with a line break); a mapping of the same
form (``{"streams": {"feed": {"flow": "1 m3/h"}}}``); a message; or a simulation, whose flowsheet is
meant."""

Purpose = flowsheets_pb2.ParseFlowsheetRequest
PurposeValue = Any
"""One of the four below; Protobuf's enums are plain integers to type checkers of this age."""
SIMULATE = Purpose.SIMULATE
OPTIMIZE = Purpose.OPTIMIZE
DYNAMIC = Purpose.DYNAMIC
TEXT_ONLY = Purpose.PURPOSE_UNSPECIFIED


@dataclass(frozen=True)
class Text:
    """A flowsheet that the server has to read first."""

    text: str
    source: str
    """Names it in errors."""
    file_name: str
    """Tells the server the format."""
    has_lines: bool = True
    """False where the lines are none that the user wrote."""

    def request(self, purpose: PurposeValue) -> flowsheets_pb2.ParseFlowsheetRequest:
        """The question to the server. ``purpose``: what the flowsheet is to be good for."""
        return flowsheets_pb2.ParseFlowsheetRequest(
            text=self.text, file_name=self.file_name, purpose=purpose
        )

    def flowsheet(self, answer: flowsheets_pb2.ParseFlowsheetResponse) -> flowsheet_pb2.Flowsheet:
        """The message, or InvalidFlowsheet with every problem."""
        if not answer.problems:
            return answer.flowsheet
        raise InvalidFlowsheet(
            "invalid flowsheet",
            [
                Violation(
                    p.path,
                    p.description,
                    p.line or None if self.has_lines else None,
                    p.column or None if self.has_lines else None,
                )
                for p in answer.problems
            ],
            source=self.source,
            code="INVALID_ARGUMENT",
            reason="INVALID_FLOWSHEET",
        )


def copy(flowsheet: flowsheet_pb2.Flowsheet) -> flowsheet_pb2.Flowsheet:
    """One that may be changed."""
    out = flowsheet_pb2.Flowsheet()
    out.CopyFrom(flowsheet)
    return out


def _plain(value: Any) -> Any:
    """For JSON: numbers of NumPy and paths of pandas are none of Python's."""
    item = getattr(value, "item", None)
    if callable(item):
        return item()
    raise TypeError(
        f"a flowsheet holds text, numbers, mappings and lists; found {type(value).__name__}:"
        f" {value!r}"
    )


def resolve(flowsheet: FlowsheetLike) -> flowsheet_pb2.Flowsheet | Text:
    """The message, or the text of which the server makes one.

    FileNotFoundError for a path that leads nowhere, TypeError for what is no flowsheet.
    """
    from raffinate.results import Simulation

    if isinstance(flowsheet, flowsheet_pb2.Flowsheet):
        return flowsheet
    if isinstance(flowsheet, Simulation):
        return flowsheet.flowsheet
    if isinstance(flowsheet, Mapping):
        text = json.dumps(flowsheet, default=_plain, ensure_ascii=False)
        return Text(text, "the flowsheet", "flowsheet.json", has_lines=False)
    if isinstance(flowsheet, str) and "\n" in flowsheet:
        return Text(flowsheet, "the text", "flowsheet.yaml")
    if isinstance(flowsheet, (str, os.PathLike)):
        path = Path(flowsheet)
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise InvalidFlowsheet(
                "invalid flowsheet",
                [Violation("", f"is not UTF-8 at byte {error.start}; save the file as UTF-8")],
                source=str(path),
            ) from None
        return Text(text, str(path), path.name)
    raise TypeError(
        f"found {type(flowsheet).__name__}; a flowsheet is a path, a text of several lines, a"
        " mapping, a raffinate.v1.flowsheet_pb2.Flowsheet or a raffinate.Simulation"
    )
