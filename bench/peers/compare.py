#!/usr/bin/env python3
"""Public solvers beside ours on one case, in one run.

    bench/peers/compare.py [--program build/release/bench/cascade_case] [--output FILE]

The case: La and Nd, 0.1 mol/L each, against 0.5 mol/L of an acidic extractant (dimer)
at O/A 1, 1 to 20 stages, cold. Ours is the program cascade_case
(cmake --build build/release --target cascade_case); peers.py holds the peers and says
how to install them:

    apt-get install python3-scipy coinor-libipopt1v5
    /usr/bin/python3 bench/peers/compare.py

(Debian's packages belong to Debian's interpreter.) A peer that is missing is skipped,
with a message. Exit code 1 when an answer differs from ours by more than a millionth.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when a peer loads numpy

import peers  # noqa: E402

STAGES = (1, 3, 5, 10, 20)
AGREES = 1e-6  # relative, every molarity of the raffinate
SECONDS = 1.0  # of repetitions per peer and number of stages


def measure(solve, stages):
    """Median ms in all and without the equations, evaluations, answer. The first call,
    which loads libraries, is not timed."""
    answer, evaluations = solve(stages)
    times, own = [], []
    end = time.perf_counter() + SECONDS
    while not times or (time.perf_counter() < end and len(times) < 50):
        begin, equations = time.perf_counter(), peers.clock.seconds
        solve(stages)
        times.append(time.perf_counter() - begin)
        own.append(times[-1] - (peers.clock.seconds - equations))
    return 1e3 * statistics.median(times), 1e3 * statistics.median(own), evaluations, answer


def show(row):
    print(
        f"{row['solver']:38s} {row['stages']:6d} {row['ms']:8.3f} {row['ratio']:7.0f} "
        f"{row.get('own_ratio', 1):18.0f} {row['evaluations']:12d} {row.get('difference', 0):11.1e}",
        flush=True,
    )


def main():
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=root / "build/release/bench/cascade_case")
    parser.add_argument("--output", help="writes the result there as JSON")
    arguments = parser.parse_args()
    try:
        ran = subprocess.run(
            [str(arguments.program), *map(str, STAGES)], check=True, capture_output=True, text=True
        )
    except OSError as error:
        sys.exit(f"compare.py: {error}; build it: cmake --build build/release --target cascade_case")
    ours = json.loads(ran.stdout)
    base = {row["stages"]: row for row in ours["results"]}
    results = [
        {
            "solver": "ours",
            "stages": s,
            "ms": base[s]["ms"],
            "evaluations": base[s]["iterations"],
            "ratio": 1.0,
        }
        for s in STAGES
    ]
    wrong = 0
    print(f"{'solver':38s} stages       ms   ratio  without equations  evaluations  difference")
    for row in results:
        show(row)
    for name, solve, install in peers.peers():
        if solve is None:
            print(f"{name}: not here, skipped ({install})")
            continue
        for stages in STAGES:
            row = {"solver": name, "stages": stages}
            try:
                row["ms"], row["own_ms"], row["evaluations"], answer = measure(solve, stages)
            except RuntimeError as error:
                print(f"{name:38s} {stages:6d} not solved: {error}")
                results.append({**row, "failed": str(error)})
                continue
            row["ratio"] = row["ms"] / base[stages]["ms"]
            row["own_ratio"] = row["own_ms"] / base[stages]["ms"]
            row["difference"] = max(
                abs(a / b - 1) for a, b in zip(answer, base[stages]["raffinate"])
            )
            wrong += row["difference"] > AGREES
            results.append(row)
            show(row)
    if arguments.output:
        page = {"benchmark": "peers", "date": ours["date"], "processor": ours["processor"],
                "results": results}
        pathlib.Path(arguments.output).write_text(json.dumps(page, indent=1) + "\n")
    if wrong:
        sys.exit(f"compare.py: {wrong} answers differ from ours by more than {AGREES:g}")


if __name__ == "__main__":
    main()
