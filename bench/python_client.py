#!/usr/bin/python3
"""Measures the Python client on 10,000 simulations and designs.

    bench/python_client.py [--program FILE] [--output FILE]

Needs the package (`pip install ./clients/python`, or PYTHONPATH) and the tool, by --program or in
RAFFINATE_PROGRAM. Writes JSON.
"""

import argparse
import datetime
import io
import json
import os
import pathlib
import platform
import sys
import time

import grpc
import matplotlib
import pandas

import raffinate
from raffinate.v1 import flowsheet_pb2

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNT = 10_000


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def varied(plant):
    for i in range(COUNT):
        flowsheet = flowsheet_pb2.Flowsheet()
        flowsheet.CopyFrom(plant.flowsheet)
        flowsheet.streams[2].flow_m3_per_h.value *= 0.9 + 0.2 * i / COUNT
        yield flowsheet


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program")
    parser.add_argument("--output")
    options = parser.parse_args()
    matplotlib.use("Agg")
    seconds = {}

    def timed(name, function):
        began = time.perf_counter()
        result = function()
        seconds[name] = round(time.perf_counter() - began, 4)
        return result

    with raffinate.local_server(options.program) as server, server.client() as client:
        plant = client.simulate(ROOT / "examples" / "magnet-simulate.yaml")
        question = client.parse(ROOT / "examples" / "magnet-optimize.yaml")
        answers = timed("simulate_batch", lambda: list(client.simulate_batch(varied(plant))))
    assert all(answer.converged for answer in answers)
    front = raffinate.ParetoSet([answer.proto for answer in answers], question)
    timed("figures", lambda: front.figures)
    timed("decisions", lambda: front.decisions)
    timed("notebook view", front._repr_html_)
    timed("plot_pareto as PNG", lambda: front.plot_pareto().savefig(io.BytesIO(), format="png"))
    timed(
        "one design with its frames",
        lambda: (front.design(7777).stages, front.design(7777).streams),
    )
    result = {
        "benchmark": "python_client",
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "hardware_threads": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "grpcio": grpc.__version__,
        "pandas": pandas.__version__,
        "matplotlib": matplotlib.__version__,
        "example": "magnet-simulate.yaml, scrub acid from 0.9 to 1.1 of its flow",
        "count": COUNT,
        "seconds": seconds,
    }
    text = json.dumps(result, indent=2) + "\n"
    if options.output:
        pathlib.Path(options.output).write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
