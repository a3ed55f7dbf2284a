"""The documents: links lead somewhere, commands exist, the catalogue of codes is whole.

docs_test.py PROGRAM ROOT
"""

import difflib
import functools
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import yaml

PROGRAM = sys.argv[1]
ROOT = Path(sys.argv[2])
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
# A head with its line of dashes, and the rows below.
TABLE = re.compile(r"^\|.*\n\|[ :|-]+\n(?:\|.*\n)*", re.M)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchors(document):
    """The fragments under which headings are reached, as GitHub makes them."""
    text = FENCE.sub("", document.read_text())
    out = set()
    for heading in re.findall(r"^#+ (.*)$", text, re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        out.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
    return out


@functools.cache
def help_of(path):
    """What `raffinate PATH... --help` says."""
    command = [PROGRAM, *path, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def subcommands(text):
    part = text.partition("\nSubcommands:\n")[2] or text.partition("\nCommands:\n")[2]
    return set(re.findall(r"^  ([a-z][\w-]*)", part, re.M))


def problem_of(words):
    """What is wrong with the words of a command after `raffinate`, or None."""
    path = ()
    rest = list(words)
    while rest and rest[0] in subcommands(help_of(path)):
        path += (rest.pop(0),)
    if not path and rest and not rest[0].startswith("-"):
        return f"there is no command {rest[0]}"
    text = help_of(path)
    for word in rest:
        if not re.match(r"^--?[a-z]", word):
            continue
        flag = word.split("=")[0]
        if not re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", text):
            return f"raffinate {' '.join(path)} has no {flag}"
    return None


def commands(block):
    """The commands of a shell block that are of the tool, as words."""
    for line in block.replace("\\\n", " ").splitlines():
        line = re.sub(r"^\$ ", "", line.strip())
        for part in re.split(r"\s*(?:\||&&|;)\s*", line):
            if not part.startswith("raffinate "):
                continue
            yield shlex.split(part.rstrip("& "), comments=True)[1:]


# Of a flowsheet file.
PARTS = {"name", "description", "extractant_systems", "streams", "circuits", "splits", "train", "products",
         "objectives", "constraints", "search", "economics", "dynamics", "scenarios"}
# What the reader of files says of a text, whatever else the flowsheet lacks.
SLIP = re.compile(r"unknown key|does not convert|not a known unit|without a unit|not valid YAML|given twice"
                  r"|unknown element|number is needed")


def whole(block):
    """A part of a file without the dots that stand for what was left out."""
    return re.sub(r",? \.\.\.(?=[,}\]])|^ *\.\.\.\n", "", block, flags=re.M)


def of_a_flowsheet(block):
    """Whether a mapping is a part of a flowsheet file, also with slips in its keys."""
    return any(difflib.get_close_matches(str(key), PARTS, cutoff=0.8) for key in yaml.safe_load(block))


def torn_rows(text):
    """Rows of tables that have other cells than their head."""
    for table in TABLE.findall(FENCE.sub("", text + "\n")):
        head, *rows = table.splitlines()
        cells = [len(re.findall(r"(?<!\\)\|", row)) for row in (head, *rows)]
        yield from (row for row, count in zip(rows, cells[1:]) if count != cells[0])


def slips_of(block):
    """What is wrong with keys, units and elements of a part of a flowsheet file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part.yaml"
        file.write_text(block)
        done = subprocess.run([PROGRAM, "simulate", str(file)], capture_output=True, text=True)
    return [line for line in done.stderr.splitlines() if SLIP.search(line)]


class Documents(unittest.TestCase):
    def test_links_lead_somewhere(self):
        count = 0
        for document in DOCUMENTS:
            for target in LINK.findall(FENCE.sub("", document.read_text())):
                if re.match(r"^[a-z]+:", target):
                    continue
                count += 1
                name, _, fragment = target.partition("#")
                file = (document.parent / name).resolve() if name else document
                with self.subTest(document=document.name, target=target):
                    self.assertTrue(file.exists(), "there is no such file")
                    if fragment and file.suffix == ".md":
                        self.assertIn(fragment, anchors(file))
        self.assertGreater(count, 100)

    def test_commands_exist(self):
        count = 0
        for document in DOCUMENTS:
            for language, block in FENCE.findall(document.read_text()):
                if language != "sh":
                    continue
                for words in commands(block):
                    count += 1
                    with self.subTest(document=document.name, command=" ".join(words)):
                        self.assertIsNone(problem_of(words))
                        for word in words:
                            # Of the tree: what a command of a document reads is there.
                            if re.match(r"^(examples|data)/", word):
                                self.assertTrue((ROOT / word).exists(), word)
        self.assertGreater(count, 10)

    def test_python_compiles(self):
        count = 0
        for document in DOCUMENTS:
            for language, block in FENCE.findall(document.read_text()):
                if language != "python":
                    continue
                count += 1
                with self.subTest(document=document.name, block=block):
                    # What awaits stands in a function of its reader.
                    compile("async def reader():\n" + textwrap.indent(block, "    "), "block", "exec")
        self.assertGreater(count, 4)

    def test_parts_of_files_have_known_keys_and_units(self):
        count = 0
        for document in DOCUMENTS:
            for language, block in FENCE.findall(document.read_text()):
                # What begins in the middle is cut out of an example that is there.
                if language != "yaml" or block.startswith(" "):
                    continue
                with self.subTest(document=document.name, block=block):
                    text = whole(block)
                    if not of_a_flowsheet(text):
                        continue
                    count += 1
                    self.assertEqual(slips_of(text), [])
        self.assertGreater(count, 12)

    def test_rows_of_tables_have_the_cells_of_their_head(self):
        count = 0
        for document in [*DOCUMENTS, ROOT / "bench/README.md"]:
            text = document.read_text()
            count += len(TABLE.findall(FENCE.sub("", text)))
            with self.subTest(document=document.name):
                self.assertEqual(list(torn_rows(text)), [])
        self.assertGreater(count, 200)

    def test_the_check_of_tables_can_fail(self):
        head = "| a | b |\n|---|---|\n"
        self.assertEqual(list(torn_rows(head + "| c \\| d | e |\n")), [])
        self.assertEqual(list(torn_rows(head + "| c | d |\n| c | d | e |")), ["| c | d | e |"])

    def test_the_check_of_parts_can_fail(self):
        self.assertTrue(of_a_flowsheet("serach: {seed: 1}\n"))
        self.assertFalse(of_a_flowsheet("sections: {}\nflow: 1 m3/h\n"))
        self.assertEqual(slips_of("search: {seed: 1}\n"), [])
        self.assertEqual(len(slips_of("search: {sede: 1}\n")), 1)
        self.assertEqual(len(slips_of("streams: {a: {flow: 1 kg}}\n")), 1)

    def test_the_check_of_commands_can_fail(self):
        self.assertIn("no command", problem_of(["optimise", "a.yaml"]))
        self.assertIn("has no --row", problem_of(["optimize", "a.yaml", "--row", "3"]))
        self.assertIsNone(problem_of(["optimize", "a.yaml", "--rows", "3"]))
        self.assertIn("has no --sections", problem_of(["plot", "profile", "--sections"]))


def codes(folder, patterns, suffixes=(".cc", ".h")):
    out = set()
    for file in sorted((ROOT / folder).rglob("*")):
        if file.suffix in suffixes:
            for pattern in patterns:
                out.update(re.findall(pattern, file.read_text()))
    return out


def catalogue(heading):
    """The codes in the first column of the tables below a heading."""
    text = (ROOT / "docs/errors.md").read_text()
    part = re.split(r"^#+ ", text.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.M)[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.M))


class Catalogue(unittest.TestCase):
    def test_reasons(self):
        code = r'"([A-Z]+(?:_[A-Z]+)+)"'
        known = codes(
            "service",
            [
                rf"MakeError\([^;]*?{code}",
                rf"InvalidArgument\([^;]*?{code}\)",
                rf"reason = {code}",
                rf"\bHold\({code}",
                rf"\? {code} :",
            ],
        ) | codes("optimizer/setpoints", [rf"Refuse\({code}"])
        self.assertGreater(len(known), 10)
        self.assertEqual(known, catalogue("Reasons") | catalogue("Why advice on setpoints is held"))

    def test_flags(self):
        text = (ROOT / "optimizer/model/flags.cc").read_text()
        text += (ROOT / "optimizer/judge.cc").read_text()
        known = set(re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)*)"', text))
        self.assertGreater(len(known), 10)
        self.assertEqual(known, catalogue("Flags"))

    def test_reasons_of_searches(self):
        proto = (ROOT / "proto/raffinate/v1/optimizations.proto").read_text()
        comment = proto.partition("  // Why the search ended:")[2].partition("string stop_reason")[0]
        known = set(re.findall(r'"(\w+)"', comment))
        self.assertGreater(len(known), 3)
        self.assertEqual(known, catalogue("Why a search ended"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
