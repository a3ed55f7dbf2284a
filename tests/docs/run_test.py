"""The documents do what they show: their commands run as written and print what stands below them.

run_test.py PROGRAM ROOT

Commands are those of blocks of the shell, with the block below as what they print, and those after a `$` with what
follows. A document's commands run one after the other in a folder of their own, in which the examples and the data of
the tree are. `...` stands for lines that were cut. Numbers of a steady state agree to a part in a hundred; those of a
search may be others, since roundings differ between processors: of these the words and the number of columns agree.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(sys.argv[1]).resolve()
ROOT = Path(sys.argv[2]).resolve()
DOCUMENTS = ["README.md", *(f"docs/{name}.md" for name in (
    "guide", "fit", "sensitivities", "dynamics", "setpoints"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```\n", re.M | re.S)
# What a reader has to put in, what needs a server and is the test of the command, and searches of minutes.
LEFT_OUT = re.compile(r"\b[A-Z]{4,}\b|robust-optimize"
                      r"|raffinate (serve|submit|watch|setpoints (register|track|update|reset))\b")
SEARCHES = re.compile(r"raffinate (optimize|report|setpoints demo)|results/")
# Of these the numbers of iterations and what is left of a residual are rounding.
ITERATIONS = re.compile(r"iterations|passes")
NUMBER = re.compile(r"^([<>+-]*)(\d[\d.]*(?:e[+-]?\d+)?)[%x),;]*$")


def commands(block):
    return [line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def steps(text):
    """Pairs of a command and what is shown of its output, or None."""
    found = []
    blocks = list(FENCE.finditer(text))
    for at, block in enumerate(blocks):
        language, body = block.groups()
        if language == "sh":
            found += [[command, None] for command in commands(body)]
            below = blocks[at + 1] if at + 1 < len(blocks) else None
            if below and not below[1] and below.start() == block.end() and "$ " not in below[2][:2]:
                found[-1][1] = below[2]
        elif not language and body.startswith("$ "):
            for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
                command, _, shown = part.partition("\n")
                found.append([command, shown or None])
    return found


def same(shown, printed, exact):
    """Whether a line is what was printed; numbers by their value, or as numbers alone."""
    left, right = shown.split(), printed.split()
    if len(left) != len(right):
        return False
    for a, b in zip(left, right):
        if a == b:
            continue
        numbers = NUMBER.match(a), NUMBER.match(b)
        if not all(numbers):
            return False
        x, y = (-float(n[2]) if "-" in n[1] else float(n[2]) for n in numbers)
        if exact and not ITERATIONS.search(shown) and abs(x - y) > 0.01 * max(abs(x), abs(y)):
            return False
    return True


def missing(shown, printed, exact):
    """The first line of what is shown that was not printed after those before it, or None."""
    at = 0
    for line in shown.splitlines():
        if not line.strip() or line.strip() == "...":
            continue
        while at < len(printed) and not same(line, printed[at], exact):
            at += 1
        if at == len(printed):
            return line
        at += 1
    return None


class Comparison(unittest.TestCase):
    def test_can_fail(self):
        printed = ["acid 576.1 kg/t", "base 353.5 kg/t", "heavy >99.9999"]
        self.assertIsNone(missing("acid 576.3 kg/t\n...\nheavy >99.9999\n", printed, True))
        self.assertEqual(missing("acid 500 kg/t\n", printed, True), "acid 500 kg/t")
        self.assertIsNone(missing("acid 500 kg/t\n", printed, False))
        self.assertEqual(missing("base 1 kg/t\nacid 1 kg/t\n", printed, False), "acid 1 kg/t")
        self.assertEqual(missing("acid 1 kg/t/h\n", printed, False), "acid 1 kg/t/h")
        self.assertEqual(missing("acid 576.1\n", printed, False), "acid 576.1")
        self.assertEqual(missing("La -0.03\n", ["La +0.03"], True), "La -0.03")
        self.assertIsNone(missing("La -0.03\n", ["La +0.03"], False))
        self.assertIsNone(missing("La -0.0300\n", ["La -0.0301"], True))


class Documents(unittest.TestCase):
    pass


def case(name):
    def run(self):
        count = 0
        with tempfile.TemporaryDirectory() as folder:
            for entry in ("examples", "data", "bench", "docs"):
                (Path(folder) / entry).symlink_to(ROOT / entry)
            path = os.pathsep.join([str(PROGRAM.parent), os.environ["PATH"]])
            for command, shown in steps((ROOT / name).read_text()):
                command = shlex.join(shlex.split(command, comments=True))
                if LEFT_OUT.search(command) or not command.startswith("raffinate "):
                    continue
                count += 1
                with self.subTest(command=command):
                    done = subprocess.run(command, shell=True, cwd=folder, text=True,
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                          env={**os.environ, "PATH": path, "COLUMNS": "200"})
                    self.assertEqual(done.returncode, 0, done.stdout)
                    if shown:
                        line = missing(shown, done.stdout.splitlines(),
                                       not SEARCHES.search(command))
                        self.assertIsNone(line, f"was not printed:\n{line}\nbut\n{done.stdout}")
        self.assertGreater(count, 0)

    return run


for document in DOCUMENTS:
    setattr(Documents, "test_" + re.sub(r"\W", "_", document), case(document))

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
