"""Fields of a flowsheet in the words of a file: ``streams.caustic.flow [m3/h]`` for
``streams[1].flow_m3_per_h``, by the options of annotations.proto, as the command line tool has
them."""

from __future__ import annotations

import re
from typing import Any, Iterator, Sequence

import pandas as pd
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from raffinate.v1 import annotations_pb2, flowsheet_pb2

# Messages that stand for one number or name.
_LEAVES = ("raffinate.v1.Number", "raffinate.v1.Count", "raffinate.v1.Name")

Step = tuple[FieldDescriptor, "int | None"]
"""A field and, in a list, the place."""


def _option(field: FieldDescriptor | None, extension: Any) -> str:
    return "" if field is None else str(field.GetOptions().Extensions[extension])


def is_repeated(field: FieldDescriptor) -> bool:
    """Protobuf 6 gave up `label` for a property of this name."""
    newer = getattr(field, "is_repeated", None)
    if newer is not None:
        return bool(newer)
    return bool(field.label == FieldDescriptor.LABEL_REPEATED)


def unit_of(field: FieldDescriptor) -> str:
    """In UDUNITS notation; empty for shares and counts."""
    unit = _option(field, annotations_pb2.unit)
    return "" if unit == "1" else unit


def in_file(message: Message, path: Sequence[Step]) -> str:
    """``circuits.heavy.organic.flow``; of ``message`` on."""
    name = ""
    above: FieldDescriptor | None = None
    for field, index in path:
        key = _option(above, annotations_pb2.map_key)
        others = [f for f in above.message_type.fields if f.name != key] if above and key else []
        # Of a metal its only other member needs no name.
        if others != [field]:
            name += ("." if name else "") + (_option(field, annotations_pb2.file_key) or field.name)
        message = getattr(message, field.name)
        if index is not None:
            message = message[index]
            own_key = _option(field, annotations_pb2.map_key)
            name += f".{getattr(message, own_key)}" if own_key else f"[{index}]"
        above = field
    return name


def steps_of(flowsheet: flowsheet_pb2.Flowsheet, path: str) -> list[Step] | None:
    """The steps of ``streams[1].flow_m3_per_h``; None where the message has no such place."""
    steps: list[Step] = []
    message: Any = flowsheet
    for part in path.split("."):
        match = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", part)
        if match is None or not isinstance(message, Message):
            return None
        field = message.DESCRIPTOR.fields_by_name.get(match[1])
        repeated = field is not None and is_repeated(field)
        if field is None or repeated != (match[2] is not None):
            return None
        message = getattr(message, field.name)
        index = None
        if match[2] is not None:
            index = int(match[2])
            if index >= len(message):
                return None
            message = message[index]
        steps.append((field, index))
    return steps


def with_unit(flowsheet: flowsheet_pb2.Flowsheet, path: str) -> str:
    """``streams.caustic.flow [m3/h]`` for the path in the message; the path if it leads nowhere."""
    steps = steps_of(flowsheet, path)
    return path if steps is None else _named(flowsheet, steps)


def _named(flowsheet: Message, steps: Sequence[Step]) -> str:
    unit = unit_of(steps[-1][0])
    return in_file(flowsheet, steps) + (f" [{unit}]" if unit else "")


def known(leaf: flowsheet_pb2.Number) -> float:
    """The number of a leaf that is not open; of an uncertain one what it is taken to be."""
    return leaf.uncertain.value if leaf.WhichOneof("kind") == "uncertain" else leaf.value


def open_leaves(message: Message, above: Sequence[Step] = ()) -> Iterator[list[Step]]:
    """Where ``message`` has a range or choices: the decisions, in the order of the fields."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        repeated = is_repeated(field)
        for index, member in enumerate(value if repeated else [value]):
            steps = [*above, (field, index if repeated else None)]
            if field.message_type.full_name in _LEAVES:
                if member.WhichOneof("kind") in ("range", "choices"):
                    yield steps
            else:
                yield from open_leaves(member, steps)


def _value_at(message: Any, path: Sequence[Step]) -> Any:
    for field, index in path:
        message = getattr(message, field.name)
        if index is not None:
            if index >= len(message):
                return float("nan")
            message = message[index]
    return message.value if message.WhichOneof("kind") == "value" else float("nan")


def decisions(
    question: flowsheet_pb2.Flowsheet, answers: Sequence[flowsheet_pb2.Flowsheet]
) -> pd.DataFrame:
    """What each answer made of every open number of the question. One row per answer, index
    ``design`` from 1; columns as in the tool's pareto.csv, ``streams.caustic.flow [m3/h]``."""
    return pd.DataFrame(
        {
            _named(question, path): [_value_at(answer, path) for answer in answers]
            for path in open_leaves(question)
        },
        index=pd.RangeIndex(1, len(answers) + 1, name="design"),
    )
