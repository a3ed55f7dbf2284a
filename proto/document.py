#!/usr/bin/env python3
"""Writes docs/file-reference.md and docs/api-reference.md from the protos and their comments.

    proto/document.py DESCRIPTORS [--check]

DESCRIPTORS is a FileDescriptorSet with imports and source info (build/release/service/http/
api.binpb). --check writes nothing and fails when a page is not what it would write; the tests do
that.
"""

import pathlib
import re
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = "raffinate.v1."
LEAVES = {"Number": "number", "Count": "count", "Name": "name"}
Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    Field.TYPE_DOUBLE: "number",
    Field.TYPE_STRING: "text",
    Field.TYPE_BOOL: "true or false",
    Field.TYPE_INT32: "whole number",
    Field.TYPE_INT64: "whole number",
    Field.TYPE_BYTES: "bytes",
}


class Protos:
    """Messages, enums and services of the package by name, with their comments."""

    def __init__(self, data):
        files = descriptor_pb2.FileDescriptorSet.FromString(data)
        self.pool = descriptor_pool.DescriptorPool()
        self.messages, self.enums, self.services, self.comments, self.file = {}, {}, {}, {}, {}
        for file in files.file:
            self.pool.Add(file)
        extension = {
            name: self.pool.FindExtensionByName(PACKAGE + name).number
            for name in ("file_key", "unit", "map_key", "bare_value")
        }
        # Options as the pool knows them, extensions included.
        prototype = getattr(message_factory, "GetMessageClass", None) or (
            message_factory.MessageFactory(self.pool).GetPrototype
        )
        options = prototype(self.pool.FindMessageTypeByName("google.protobuf.FieldOptions"))
        known = {number: name for name, number in extension.items()}
        self.options = {}
        for file in files.file:
            if file.package + "." != PACKAGE:
                continue
            said = {
                tuple(p.path): (p.leading_comments or p.trailing_comments)
                for p in file.source_code_info.location
            }
            self.comments[file.name] = "".join(
                c for p in file.source_code_info.location
                if tuple(p.path) == (12,) for c in [*p.leading_detached_comments, p.leading_comments]
            )
            for i, message in enumerate(file.message_type):
                self._message(file, message, message.name, (4, i), said, options, known)
            for i, enum in enumerate(file.enum_type):
                self._enum(enum, enum.name, (5, i), said)
            for i, service in enumerate(file.service):
                self.services[service.name] = service
                self.comments[service.name] = said.get((6, i), "")
                for j, method in enumerate(service.method):
                    self.comments[f"{service.name}.{method.name}"] = said.get((6, i, 2, j), "")

    def _message(self, file, message, name, path, said, options, known):
        self.messages[name] = message
        self.file[name] = file.name
        self.comments[name] = said.get(path, "")
        for i, field in enumerate(message.field):
            self.comments[f"{name}.{field.name}"] = said.get((*path, 2, i), "")
            parsed = options.FromString(field.options.SerializeToString())
            self.options[f"{name}.{field.name}"] = {
                known[e.number]: value for e, value in parsed.ListFields() if e.number in known
            }
        for i, nested in enumerate(message.nested_type):
            self._message(file, nested, f"{name}.{nested.name}", (*path, 3, i), said, options, known)
        for i, enum in enumerate(message.enum_type):
            self._enum(enum, f"{name}.{enum.name}", (*path, 4, i), said)

    def _enum(self, enum, name, path, said):
        self.enums[name] = enum
        self.comments[name] = said.get(path, "")
        for i, value in enumerate(enum.value):
            self.comments[f"{name}.{value.name}"] = said.get((*path, 2, i), "")

    def closure(self, name):
        """`name` and every message below it, in the order of the fields."""
        found = []

        def walk(at):
            if at in found or at in LEAVES or at not in self.messages:
                return
            found.append(at)
            for field in self.messages[at].field:
                if field.type == Field.TYPE_MESSAGE:
                    walk(short(field.type_name))

        walk(name)
        return found

    def closure_of_leaf(self, leaf):
        """What may stand in place of a value: ranges, choices, uncertain."""
        return [short(f.type_name) for f in self.messages[leaf].field if f.type == Field.TYPE_MESSAGE]


def short(type_name):
    return type_name.lstrip(".").removeprefix(PACKAGE)


def anchor(name):
    return re.sub(r"[^a-z0-9 -]", "", name.lower()).replace(" ", "-")


def link(name):
    return f"[{name}](#{anchor(name)})"


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "\\|")


def paragraphs(comment):
    """Of a comment: (is code, text) in turn. Code is what the comment indents."""
    out = []
    for line in comment.splitlines():
        code = line.startswith("   ")
        text = line[3:].rstrip() if code else line.strip()
        if not text and not code:
            out.append((False, ""))
        elif out and out[-1][0] == code and out[-1][1]:
            out[-1] = (code, out[-1][1] + ("\n" if code else " ") + text)
        else:
            out.append((code, text))
    return [part for part in out if part[1]]


def block(comment):
    lines = []
    for code, text in paragraphs(comment):
        lines += (["```", text, "```", ""] if code else [escaped(text), ""])
    return lines


def cell(comment):
    parts = []
    for code, text in paragraphs(comment):
        parts.append(
            "<br>".join(f"`{line.strip()}`".replace("|", "\\|") for line in text.splitlines())
            if code else escaped(text)
        )
    return " ".join(parts)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def words(protos, name):
    """Values of an enum as a file writes them."""
    return ", ".join(f"`{v.name.lower()}`" for v in protos.enums[name].value if v.number != 0)


def file_type(protos, message, field):
    options = protos.options[f"{message}.{field.name}"]
    if field.type == Field.TYPE_MESSAGE:
        name = short(field.type_name)
        said = LEAVES.get(name) or link(name)
    elif field.type == Field.TYPE_ENUM:
        said = words(protos, short(field.type_name))
    else:
        said = SCALARS[field.type]
    demand = field.name.startswith("min_") and not options.get("file_key", "min_").startswith("min_")
    if demand:
        said = "`\">= 99 %\"`"
    if field.label == Field.LABEL_REPEATED:
        by = options.get("map_key")
        said = f"map, by {by}, of {said}" if by else f"list of {said}"
    if options.get("bare_value"):
        said += f", or just its `{options['bare_value']}`"
    return said


def unit(text):
    return {"1": "a share, or %"}.get(text, text)


def file_page(protos):
    names = protos.closure("Flowsheet")
    lines = [
        "# Every key of a flowsheet file",
        "",
        "Generated by `proto/document.py` from [flowsheet.proto](../proto/raffinate/v1/flowsheet.proto)"
        " and what it imports; how files are written is in [file-format.md](file-format.md).",
        "",
        "A *number* is a number with its unit, a range, choices, or a value that is not known exactly;"
        " a *count* is a whole number, a range or choices; a *name* is text or choices. Units are those"
        " that the API keeps: a file may use any of the same dimension. Names of the API"
        " (`flow_m3_per_h`) are understood as keys too.",
        "",
    ]
    for name in names:
        lines += [f"## {name}", "", *block(protos.comments[name])]
        rows = []
        for field in protos.messages[name].field:
            options = protos.options[f"{name}.{field.name}"]
            rows.append([
                f"`{options.get('file_key') or field.name}`",
                file_type(protos, name, field),
                unit(options.get("unit", "")),
                cell(protos.comments[f"{name}.{field.name}"]),
            ])
        if rows:
            lines += table(["key", "what", "unit", ""], rows)
    for leaf in LEAVES:
        lines += [f"## {leaf}", "", *block(protos.comments[leaf])]
        for name in protos.closure_of_leaf(leaf):
            lines += [f"*{name}*: " + " ".join(t for _, t in paragraphs(protos.comments[name])), ""]
            lines += table(["key", "what", ""], [
                [f"`{f.name}`", file_type(protos, name, f), cell(protos.comments[f"{name}.{f.name}"])]
                for f in protos.messages[name].field
            ])
    return lines


def routes(protos):
    """HTTP method and path by full method name."""
    http = protos.pool.FindMessageTypeByName("google.api.Http")
    prototype = getattr(message_factory, "GetMessageClass", None) or (
        message_factory.MessageFactory(protos.pool).GetPrototype
    )
    rules = text_format.Parse(
        (ROOT / "proto/raffinate/v1/http.textproto").read_text(encoding="utf-8"), prototype(http)()
    )
    out = {}
    for rule in rules.rules:
        method = rule.WhichOneof("pattern")
        out[rule.selector.removeprefix(PACKAGE)] = f"`{method.upper()} {getattr(rule, method)}`"
    return out


def api_type(protos, field, own):
    if field.type == Field.TYPE_MESSAGE:
        name = short(field.type_name)
        said = (
            link(name) if name in own
            else f"[{name}](file-reference.md#{anchor(name)})" if name in protos.messages
            else f"`{name}`"
        )
    elif field.type == Field.TYPE_ENUM:
        said = link(short(field.type_name))
    else:
        said = SCALARS[field.type]
    return f"list of {said}" if field.label == Field.LABEL_REPEATED else said


def api_page(protos):
    in_file = set(protos.closure("Flowsheet")) | set(LEAVES)
    # What a call takes or gives, at any depth; messages of data files alone are not the API.
    reached = []
    for service in protos.services.values():
        for method in service.method:
            for top in (method.input_type, method.output_type):
                reached += protos.closure(short(top))
    own = [name for name in dict.fromkeys(reached) if name not in in_file]
    lines = [
        "# Every call and message of the API",
        "",
        "Generated by `proto/document.py` from [proto/raffinate/v1](../proto/raffinate/v1). Messages"
        " that stand in a flowsheet are in [file-reference.md](file-reference.md); what the calls have"
        " in common is in [api.md](api.md), JSON over HTTP in [http.md](http.md). Names end in the unit"
        " of a number; shares are 0 to 1.",
        "",
    ]
    paths = routes(protos)
    for name, service in protos.services.items():
        lines += [f"## {name}", "", *block(protos.comments[name])]
        rows = []
        for method in service.method:
            full = f"{name}.{method.name}"
            asked, said = (
                ("stream of " if stream else "") + (link(short(t)) if short(t) in own else f"`{short(t)}`")
                for t, stream in (
                    (method.input_type, method.client_streaming),
                    (method.output_type, method.server_streaming),
                )
            )
            rows.append(
                [f"`{method.name}`", asked, said, paths.get(full, ""), cell(protos.comments[full])]
            )
        lines += table(["call", "asks", "answers", "HTTP", ""], rows)
    for name in own:
        lines += [f"## {name}", "", *block(protos.comments[name])]
        rows = [
            [
                f"`{field.name}`",
                api_type(protos, field, own)
                + (", may be absent" if field.proto3_optional else ""),
                cell(protos.comments[f"{name}.{field.name}"]),
            ]
            for field in protos.messages[name].field
        ]
        if rows:
            lines += table(["field", "what", ""], rows)
    used = {
        short(field.type_name)
        for name in [*own, *in_file]
        for field in protos.messages[name].field
        if field.type == Field.TYPE_ENUM
    }
    for name, enum in protos.enums.items():
        if name not in used:
            continue
        lines += [f"## {name}", "", *block(protos.comments[name])]
        lines += table(["value", ""], [
            [f"`{v.name}`", cell(protos.comments[f"{name}.{v.name}"])] for v in enum.value
        ])
    return lines


def main():
    check = "--check" in sys.argv
    protos = Protos(pathlib.Path(sys.argv[1]).read_bytes())
    stale = []
    for page, lines in (("file-reference.md", file_page(protos)), ("api-reference.md", api_page(protos))):
        path = ROOT / "docs" / page
        text = "\n".join(lines).rstrip() + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            stale.append(page)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.exit(f"docs/{', docs/'.join(stale)}: not as proto/document.py writes it; run it")


main()
