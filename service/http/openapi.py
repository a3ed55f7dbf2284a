"""Writes the OpenAPI description of the HTTP gateway.

    openapi.py DESCRIPTORS RULES VERSION OUTPUT

DESCRIPTORS is a FileDescriptorSet with imports and source info, RULES a google.api.Http in text
format. Comments of the protos are the descriptions, so that there is one text.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

Json = dict[str, Any]
Field = descriptor_pb2.FieldDescriptorProto

SCALARS: dict[int, Json] = {
    Field.TYPE_DOUBLE: {"type": "number", "format": "double"},
    Field.TYPE_FLOAT: {"type": "number", "format": "float"},
    # JSON of protobuf has 64-bit integers as strings.
    Field.TYPE_INT64: {"type": "string", "format": "int64"},
    Field.TYPE_UINT64: {"type": "string", "format": "uint64"},
    Field.TYPE_INT32: {"type": "integer", "format": "int32"},
    Field.TYPE_UINT32: {"type": "integer", "format": "int64"},
    Field.TYPE_BOOL: {"type": "boolean"},
    Field.TYPE_STRING: {"type": "string"},
    Field.TYPE_BYTES: {"type": "string", "format": "byte"},
}
# Messages that JSON writes in a way of their own.
WELL_KNOWN: dict[str, Json] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "example": "1.5s"},
    "google.protobuf.Empty": {"type": "object"},
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "additionalProperties": True,
    },
}


class Api:
    """Everything that the protos say, by full name."""

    def __init__(self, descriptors: bytes) -> None:
        self.files = descriptor_pb2.FileDescriptorSet.FromString(descriptors)
        self.pool = descriptor_pool.DescriptorPool()
        self.comments: dict[str, str] = {}
        self.messages: dict[str, Any] = {}
        self.enums: dict[str, Any] = {}
        self.methods: dict[str, tuple[str, Any]] = {}
        for file in self.files.file:
            self.pool.Add(file)
            places = {tuple(p.path): p.leading_comments for p in file.source_code_info.location}
            for i, message in enumerate(file.message_type):
                self._message(file.package, message, (4, i), places)
            for i, enum in enumerate(file.enum_type):
                self._enum(file.package, enum, (5, i), places)
            for i, service in enumerate(file.service):
                name = f"{file.package}.{service.name}"
                self._comment(name, (6, i), places)
                for j, method in enumerate(service.method):
                    self.methods[f"{name}.{method.name}"] = (service.name, method)
                    self._comment(f"{name}.{method.name}", (6, i, 2, j), places)

    def _comment(self, name: str, path: tuple[int, ...], places: Any) -> None:
        text = places.get(path, "")
        self.comments[name] = "\n".join(line.strip() for line in text.strip().splitlines())

    def _message(self, scope: str, message: Any, path: tuple[int, ...], places: Any) -> None:
        name = f"{scope}.{message.name}"
        self.messages[name] = message
        self._comment(name, path, places)
        for i, field in enumerate(message.field):
            self._comment(f"{name}.{field.name}", (*path, 2, i), places)
        for i, nested in enumerate(message.nested_type):
            self._message(name, nested, (*path, 3, i), places)
        for i, enum in enumerate(message.enum_type):
            self._enum(name, enum, (*path, 4, i), places)

    def _enum(self, scope: str, enum: Any, path: tuple[int, ...], places: Any) -> None:
        name = f"{scope}.{enum.name}"
        self.enums[name] = enum
        self._comment(name, path, places)
        for i, value in enumerate(enum.value):
            self._comment(f"{name}.{value.name}", (*path, 2, i), places)

    def unit(self, message: str, field: str) -> str:
        """The option (raffinate.v1.unit) of a field."""
        descriptor = self.pool.FindMessageTypeByName(message).fields_by_name[field]
        extension = self.pool.FindExtensionByName("raffinate.v1.unit")
        kind = message_factory.MessageFactory(self.pool).GetPrototype(
            self.pool.FindMessageTypeByName("google.protobuf.FieldOptions")
        )
        options = kind.FromString(descriptor.GetOptions().SerializeToString())
        return str(options.Extensions[extension])


def short(name: str) -> str:
    """The name of a schema: `raffinate.v1.Flowsheet` is `Flowsheet`."""
    for package in ("raffinate.v1.", "google.rpc."):
        name = name.removeprefix(package)
    return name


class Schemas:
    """Schemas of the messages that are used, and of those that they use."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.out: dict[str, Json] = {}

    def reference(self, name: str) -> Json:
        if name in WELL_KNOWN:
            return WELL_KNOWN[name]
        if short(name) not in self.out:
            self.out[short(name)] = {}  # messages may hold themselves
            self.out[short(name)] = self.message(name)
        return {"$ref": f"#/components/schemas/{short(name)}"}

    def field(self, message: str, field: Any) -> Json:
        """A field without its repetition."""
        kind = field.type_name.lstrip(".")
        if field.type == Field.TYPE_MESSAGE:
            return self.reference(kind)
        if field.type == Field.TYPE_ENUM:
            values = self.api.enums[kind].value
            notes = [
                f"{v.name}: " + self.api.comments[f"{kind}.{v.name}"].replace("\n", " ")
                for v in values
                if self.api.comments[f"{kind}.{v.name}"]
            ]
            out: Json = {"type": "string", "enum": [v.name for v in values]}
            return out | ({"description": "\n".join(notes)} if notes else {})
        return dict(SCALARS[field.type])

    def property(self, message: str, field: Any) -> Json:
        schema = self.field(message, field)
        if field.label == Field.LABEL_REPEATED:
            schema = {"type": "array", "items": schema}
        notes = [self.api.comments[f"{message}.{field.name}"]]
        if "$ref" in schema:
            # Nothing may stand beside a reference.
            schema = {"allOf": [schema]}
        unit = self.api.unit(message, field.name)
        if unit:
            notes.append(f"Unit: {unit}.")
            schema["x-unit"] = unit
        notes.append(schema.get("description", ""))
        text = "\n".join(note for note in notes if note)
        return schema | ({"description": text} if text else {})

    def message(self, name: str) -> Json:
        message = self.api.messages[name]
        out: Json = {"type": "object"}
        notes = [self.api.comments[name]]
        for i, oneof in enumerate(message.oneof_decl):
            fields = [
                f.name
                for f in message.field
                if f.HasField("oneof_index") and f.oneof_index == i and not f.proto3_optional
            ]
            if fields:
                notes.append(f"At most one of {', '.join(fields)}.")
        text = "\n".join(note for note in notes if note)
        if text:
            out["description"] = text
        out["properties"] = {f.name: self.property(name, f) for f in message.field}
        return out


def content(schema: Json, kind: str = "application/json") -> Json:
    return {"content": {kind: {"schema": schema}}}


def answer(schemas: Schemas, method: Any) -> Json:
    result = schemas.reference(method.output_type.lstrip("."))
    if not method.server_streaming:
        return {"description": "The response."} | content(result)
    line = {
        "type": "object",
        "description": "One line. The last may be an error; empty lines say that the server lives.",
        "properties": {"result": result, "error": schemas.reference("google.rpc.Status")},
    }
    return {"description": "A stream, one JSON value per line."} | content(
        line, "application/x-ndjson"
    )


def operation(api: Api, schemas: Schemas, rule: Any, path: str) -> tuple[str, Json]:
    """The path as OpenAPI writes it, and the operation."""
    service, method = api.methods[rule.selector]
    request = method.input_type.lstrip(".")
    parameters: list[Json] = []
    in_path: list[str] = []

    def variable(found: "re.Match[str]") -> str:
        # `{name=optimizations/*}` is a fixed part and an id.
        field, pattern = found[1], found[2] or "*"
        in_path.append(field)
        name = "id" if "/" in pattern else field
        parameters.append(
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": api.comments[f"{request}.{field}"],
                "schema": {"type": "string"},
            }
        )
        return pattern.replace("*", "{" + name + "}")

    path = re.sub(r"\{(\w+)(?:=([^}]*))?\}", variable, path)
    out: Json = {"operationId": method.name, "tags": [service]}
    text = api.comments[rule.selector]
    if text:
        out["summary"] = re.split(r"(?<=[.:])\s", text.replace("\n", " "))[0]
        out["description"] = text
    rest = [f for f in api.messages[request].field if f.name not in in_path]
    if rule.body:
        # What a path holds is no part of the body.
        out["requestBody"] = {"required": bool(rest)} | content(schemas.reference(request))
    else:
        for field in rest:
            schema = schemas.field(request, field)
            schema.pop("description", None)
            parameters.append(
                {
                    "name": field.name,
                    "in": "query",
                    "description": api.comments[f"{request}.{field.name}"],
                    "schema": schema,
                }
            )
    if parameters:
        out["parameters"] = parameters
    error = {"description": "What is wrong, with field violations."}
    out["responses"] = {
        "200": answer(schemas, method),
        "default": error | content(schemas.reference("google.rpc.Status")),
    }
    return path, out


def describe(api: Api, rules: Any, version: str) -> Json:
    schemas = Schemas(api)
    paths: dict[str, Json] = {}
    for rule in rules.rules:
        verb = rule.WhichOneof("pattern")
        path, made = operation(api, schemas, rule, getattr(rule, verb))
        paths.setdefault(path, {})[verb] = made
    for detail in ("BadRequest", "ErrorInfo", "RetryInfo"):
        schemas.reference(f"google.rpc.{detail}")
    services = sorted({api.methods[rule.selector][0] for rule in rules.rules})
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Raffinate",
            "version": version,
            "description": "Design of solvent-extraction plants. Field names are those of the "
            "protos; units are in the names and in `x-unit`.",
            "license": {"name": "Apache-2.0"},
        },
        "tags": [
            {"name": name, "description": api.comments[f"raffinate.v1.{name}"]}
            for name in services
        ],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.out.items()))},
    }


def main(descriptors: str, rules: str, version: str, output: str) -> None:
    api = Api(Path(descriptors).read_bytes())
    factory = message_factory.MessageFactory(api.pool)
    http = factory.GetPrototype(api.pool.FindMessageTypeByName("google.api.Http"))()
    text_format.Parse(Path(rules).read_text(), http)
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    Path(output).write_text(json.dumps(describe(api, http, version), indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
