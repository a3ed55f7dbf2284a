#!/usr/bin/env python3
"""Nominal and robust designs of one question, each tested on scenarios that neither search saw.

    bench/robust.py RAFFINATE [-o RESULT.json] [--scenarios 10000] [--seeds 1,2,3]

RAFFINATE is the program. The question is examples/magnet-robust-optimize.yaml; the nominal one is
the same file without its `scenarios`. Of each front the design of least reagents is tested.
"""

import argparse
import datetime
import json
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUESTION = ROOT / "examples" / "magnet-robust-optimize.yaml"
# Of the test; the searches draw from others.
TEST_SEED = 987654321


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def run(*command):
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def is_scenarios(line):
    return line.startswith("scenarios:")


def least_reagents(raffinate, question, seed, folder):
    started = time.monotonic()
    run(raffinate, "optimize", str(question), "--seed", str(seed), "--output", str(folder))
    seconds = time.monotonic() - started
    front = json.loads((folder / "pareto.json").read_text())["flowsheets"]
    figures = [f["figures"] for f in front]
    best = min(range(len(front)), key=lambda i: figures[i]["reagents_kg_per_t_reo"])
    return folder / f"flowsheet-{best + 1:03}.yaml", figures[best], len(front), seconds


def tested(raffinate, design, scenarios, count):
    # A nominal design does not say what is uncertain beside its numbers.
    if not any(is_scenarios(line) for line in design.read_text().splitlines()):
        design.write_text(design.read_text() + scenarios)
    answer = run(
        raffinate, "simulate", str(design), "--json", "--scenarios", str(count),
        "--scenario-seed", str(TEST_SEED),
    )  # fmt: skip
    return json.loads(answer)["simulation"]["robustness"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("raffinate")
    parser.add_argument("-o", dest="output")
    parser.add_argument("--scenarios", type=int, default=10000)
    parser.add_argument("--seeds", default="1,2,3")
    options = parser.parse_args()
    lines = QUESTION.read_text().splitlines(keepends=True)
    scenarios = "".join(line for line in lines if is_scenarios(line))
    data = {
        "benchmark": "robust",
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "question": str(QUESTION.relative_to(ROOT)),
        "scenarios_line": scenarios.strip(),
        "tested_on": options.scenarios,
        "test_seed": TEST_SEED,
        "results": [],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        nominal = folder / "nominal.yaml"
        nominal.write_text("".join(line for line in lines if not is_scenarios(line)))
        for seed in [int(s) for s in options.seeds.split(",")]:
            for kind, question in (("nominal", nominal), ("robust", QUESTION)):
                at = folder / f"{kind}-{seed}"
                design, figures, size, seconds = least_reagents(
                    options.raffinate, question, seed, at
                )
                robustness = tested(options.raffinate, design, scenarios, options.scenarios)
                reagents = next(
                    f for f in robustness["figures"] if f["figure"] == "reagents"
                )
                data["results"].append(
                    {
                        "kind": kind,
                        "seed": seed,
                        "front": size,
                        "seconds": round(seconds, 1),
                        "stages": figures["stages"],
                        "reagents_kg_per_t_reo": figures["reagents_kg_per_t_reo"],
                        "reagents_p95_kg_per_t_reo": reagents["p95"],
                        "met": robustness.get("met", 0),
                        "scenarios": robustness["scenarios"],
                        "least_probability": robustness.get("least_probability", 0),
                        "most_probability": robustness.get("most_probability", 0),
                        "demands": robustness["demands"],
                    }
                )
                result = data["results"][-1]
                print(
                    f"{kind:8} seed {seed}: {result['stages']} stages, "
                    f"{result['reagents_kg_per_t_reo']:.1f} kg/t, all demands met in "
                    f"{result['met']} of {result['scenarios']}, {result['seconds']} s",
                    flush=True,
                )
    if options.output:
        pathlib.Path(options.output).write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
