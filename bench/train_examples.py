#!/usr/bin/env python3
"""The examples of trains from demands alone: when the first feasible plant is found, and what it is.

    bench/train_examples.py RAFFINATE [-o RESULT.json] [EXAMPLE[:SYSTEM]=EVALUATIONS...]

RAFFINATE is the program; 0 evaluations are those of the file. With SYSTEM a train that has a choice of
`systems` has this one alone. By default the light examples with the evaluations of their files, and
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


def optimize(raffinate, example, system, evaluations, folder):
    text = (ROOT / "examples" / f"{example}.yaml").read_text()
    if system:
        text, count = re.subn(r"^  systems: .*$", f"  system: {system}", text, flags=re.MULTILINE)
        if count != 1:
            sys.exit(f"{example} has no choice of systems")
    file = folder / f"{example}.yaml"
    file.write_text(text)
    command = [raffinate, "optimize", str(file), "-o", str(folder / "result")]
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
                "systems": sorted(
                    {c["extractant"]["system"]["value"] for c in flowsheet["circuits"]}
                ),
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
        "light-two-extractants-optimize=0",
        "light-two-extractants-optimize:P507-HCl=0",
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
        example, _, system = example.partition(":")
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            first, seconds = optimize(options.raffinate, example, system, int(evaluations), folder)
            front = json.loads((folder / "result" / "pareto.json").read_text())["flowsheets"]
        if first is None:
            sys.exit(f"{example}: no plant meets its demands")
        data["results"].append(
            {
                "example": example,
                "system": system,
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
