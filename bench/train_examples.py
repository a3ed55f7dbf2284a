#!/usr/bin/env python3
"""The examples of trains from demands alone: when the first feasible plant is found, and what it is.

    bench/train_examples.py RAFFINATE [-o RESULT.json] [EXAMPLE=EVALUATIONS...]

RAFFINATE is the program. By default light-four-products-optimize with the evaluations of its file, and
fifteen-oxides-optimize with 100.
"""

import argparse
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from robust import processor

ROOT = pathlib.Path(__file__).resolve().parent.parent
# NaOH that one transfer of a trivalent metal takes, three each: kg per kmol of metal.
BASE_KG_PER_KMOL = 3 * 39.997


def optimize(raffinate, example, evaluations, folder):
    command = [raffinate, "optimize", str(ROOT / "examples" / f"{example}.yaml"), "-o", str(folder)]
    if evaluations:
        command += ["--evaluations", str(evaluations)]
    started = time.monotonic()
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    first = None
    last = ""
    for line in run.stderr:
        last = line
        found = re.match(r"([\d,]+) evaluations.* on the Pareto front", line)
        if found and first is None:
            first = (int(found[1].replace(",", "")), time.monotonic() - started)
    if run.wait() != 0:
        sys.exit(f"{' '.join(command)}: {last}")
    return first, time.monotonic() - started


def describe(front):
    plants = []
    for design in front:
        figures, flowsheet = design["figures"], design["flowsheet"]
        least = re.search(r"fresh organic for ([\d.e+-]+) kmol/h", flowsheet["description"])
        fed = sum(p["reo_kg_per_h"] / p["recovery"] for p in figures["products"])
        floor = float(least[1]) * BASE_KG_PER_KMOL / fed * 1000
        plants.append(
            {
                "stages": figures["stages"],
                "circuits": len(flowsheet["circuits"]),
                "base_kg_per_t_reo": figures["base_kg_per_t_reo"],
                "acid_kg_per_t_reo": figures["acid_kg_per_t_reo"],
                "wastewater_m3_per_t_reo": figures["wastewater_m3_per_t_reo"],
                "base_of_theory_kg_per_t_reo": floor,
                "least_purity": min(p["purity"] for p in figures["products"]),
                "least_recovery": min(p["recovery"] for p in figures["products"]),
            }
        )
    return plants


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("raffinate")
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE=EVALUATIONS")
    parser.add_argument("-o", dest="output")
    options = parser.parse_args()
    chosen = options.examples or [
        "light-four-products-optimize=0",
        "fifteen-oxides-optimize=100",
    ]
    data = {
        "benchmark": "train_examples",
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "results": [],
    }
    for entry in chosen:
        example, evaluations = entry.split("=")
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            first, seconds = optimize(options.raffinate, example, int(evaluations), folder)
            front = json.loads((folder / "pareto.json").read_text())["flowsheets"]
        if first is None:
            sys.exit(f"{example}: no plant meets its demands")
        data["results"].append(
            {
                "example": example,
                "first_feasible_evaluations": first[0],
                "first_feasible_s": round(first[1], 1),
                "seconds": round(seconds, 1),
                "plants": describe(front),
            }
        )
        print(json.dumps(data["results"][-1], indent=1), flush=True)
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
