"""``raffinate-report RESULT``: the report of a folder that ``raffinate optimize`` wrote."""

from __future__ import annotations

import argparse
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Sequence

import raffinate
from raffinate.local import LocalServer, find_program
from raffinate.reports.page import write
from raffinate.reports.pdf import NoConverter, convert


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes as those of the tool: 0 good, 1 it failed, 2 bad input, 4 no server."""
    parser = argparse.ArgumentParser(
        prog="raffinate-report",
        description="Writes one HTML file about the result of an optimization.",
    )
    parser.add_argument(
        "result", metavar="RESULT", help="folder of raffinate optimize, or its pareto.json"
    )
    parser.add_argument(
        "--question",
        metavar="FILE",
        help="the flowsheet file that was optimized: its ranges are told, and its name",
    )
    parser.add_argument(
        "--design", metavar="N", type=int, help="propose design N instead of the rule's"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="report.html", help="default report.html"
    )
    parser.add_argument(
        "--pdf", action="store_true", help="also as PDF beside it, by chromium or weasyprint"
    )
    parser.add_argument(
        "--server", metavar="HOST:PORT", help="a running server; one is started otherwise"
    )
    options = parser.parse_args(arguments)
    result = Path(options.result)
    if result.is_dir():
        result = result / "pareto.json"
    try:
        with ExitStack() as stack:
            if options.server:
                client = stack.enter_context(raffinate.Client(options.server))
                client.wait_ready()
                versions = f"raffinate for Python {raffinate.__version__}, server {options.server}"
            else:
                program = find_program()
                client = stack.enter_context(stack.enter_context(LocalServer(program)).client())
                said = subprocess.run(
                    [program, "--version"], capture_output=True, text=True, check=True
                )
                versions = said.stdout.strip()
            question = client.parse(Path(options.question)) if options.question else None
            front = raffinate.ParetoSet.load(result, question)
            choice = write(
                options.output,
                front,
                client,
                design=options.design,
                origin=str(options.result),
                versions=versions,
            )
    except (raffinate.Unavailable, raffinate.Overloaded, raffinate.DeadlineExceeded) as error:
        print(f"raffinate-report: {error}", file=sys.stderr)
        return 4
    except raffinate.RaffinateError as error:
        print(f"raffinate-report: {error}", file=sys.stderr)
        return 2 if isinstance(error, raffinate.InvalidRequest) else 1
    except (OSError, ValueError, IndexError) as error:
        print(f"raffinate-report: {error}", file=sys.stderr)
        return 2
    print(f"{options.output}: proposes design {choice.design} of {len(front)}")
    if options.pdf:
        made = Path(options.output).with_suffix(".pdf")
        try:
            convert(options.output, made)
        except (OSError, NoConverter) as error:
            print(f"raffinate-report: {error}", file=sys.stderr)
            return 1
        print(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
