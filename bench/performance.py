#!/usr/bin/env python3
"""Writes docs/performance.md and the tables of other pages of docs/ from bench/results.

    bench/performance.py [--check]

Takes the newest result of each benchmark and device. --check writes nothing and
fails when a page is not what it would write.
"""

import json
import re
import pathlib
import sys

import gpu_page
import reagents_page
import robust_page
import search_page
import train_page

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
SEARCH_PAGE = ROOT / "docs" / "search.md"
TRAIN_PAGE = ROOT / "docs" / "trains.md"
SCENARIOS_PAGE = ROOT / "docs" / "scenarios.md"
FIGURES_PAGE = ROOT / "docs" / "figures.md"

# Solved candidates per second and CPU core that the project wants for warm
# starts at 1 %.
TARGETS = {(40, 4): 170000, (100, 8): 30000, (100, 16): 8000, (300, 16): 2000}


def results(benchmark):
    found = []
    for path in sorted((ROOT / "bench" / "results").glob("*.json")):
        data = json.loads(path.read_text())
        if data.get("benchmark") == benchmark:
            found.append((data["date"], path.name, data))
    return sorted(found, key=lambda entry: entry[:2])


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return lines + [""]


def case(result):
    """What is the same for all devices of a core result."""
    return tuple(result[k] for k in ("stages", "components", "start", "perturbation"))


def core(lines):
    entries = results("core")
    if not entries:
        return
    date, name, data = entries[-1]
    peak = data["peak_gflops_one_core"]
    lines += [
        "## Throughput",
        "",
        f"`bench/results/{name}`: {data['processor']}, {data['hardware_threads']} hardware threads, "
        f"compiler {data['compiler']}, {date}; {'; '.join(data['devices'])}. One core of this machine "
        f"reaches {peak:.1f} GF/s in a loop of multiply-adds and copies "
        f"{data['copy_gb_per_s_one_core']:.1f} GB/s, measured in the same run.",
        "",
        "N stages, M components. Warm: from the solution (h, S and molarities) of a parent whose flows, "
        "concentrations and constants differ by up to the perturbation. First: share that Newton from the parent solved; "
        "neighbour: with what time steps from the parent's composition rescued; the rest was started cold. GF/s counts the operations of the evaluations that solved "
        "candidates needed, GB/s what these load from and store to the workspace, each load and store once "
        "(152 M + 320 bytes per stage, counted in the source; most of it stays in the caches). Threads: rate "
        "over that of one thread.",
        "",
    ]
    rows = []
    for r in data["results"]:
        first = f"{100 * r['first_attempt'] / r['candidates']:.1f} %" if "first_attempt" in r else ""
        warm = "from_neighbour" in r
        neighbour = f"{100 * r['from_neighbour'] / r['candidates']:.1f} %" if warm else ""
        start = f"warm {100 * r['perturbation']:.0f} %" if r["start"] == "warm" else "cold"
        rows.append(
            [
                f"({r['stages']}, {r['components']})",
                r["device"],
                start,
                number(r["solved_per_s"]),
                f"{100 * r['solved'] / r['candidates']:.1f} %",
                first,
                neighbour,
                f"{r['iterations']:.1f}",
                f"{r['gflops']:.1f}",
                f"{100 * r['gflops'] / peak:.0f} %" if peak and "1 thread" in r["device"] else "",
                f"{r['gb_per_s']:.1f}" if "gb_per_s" in r else "",
                f"{r['over_one_thread']:.2f}" if "over_one_thread" in r else "",
                f"{r['bytes_per_candidate'] / 1024:.0f} KiB",
            ]
        )
    lines += table(
        ["(N, M)", "device", "start", "solved/s", "solved", "first", "neighbour", "iterations", "GF/s",
         "of one core's peak", "GB/s", "threads", "memory"],
        rows,
    )
    lines += ["Against what the project wants of one core, warm at 1 %:", ""]
    lanes = int(re.search(r"(\d+) lanes", data["devices"][0]).group(1))
    rows = []
    for r in data["results"]:
        key = (r["stages"], r["components"])
        if r["device"] == "cpu, 1 thread" and r["start"] == "warm" and r["perturbation"] == 0.01:
            evaluations = r["iterations"] + 1
            us = 1e6 / (r["solved_per_s"] * evaluations)
            rows.append(
                [
                    f"{key}",
                    number(TARGETS[key]),
                    number(r["solved_per_s"]),
                    f"{r['solved_per_s'] / TARGETS[key]:.2f}",
                    f"{evaluations:.1f}",
                    number(us),
                    number(1e3 * us / r["stages"]),
                    number(1e3 * us / r["stages"] / r["components"]),
                    f"{peak / r['gflops']:.1f}" if peak else "",
                    f"{lanes * r['bytes_per_candidate'] / 2**20:.2g} MiB",
                ]
            )
    lines += table(
        ["(N, M)", "wanted", "reached", "ratio", "evaluations", "µs each", "ns per stage",
         "ns per stage and component", "peak over reached", f"{lanes} lanes take"],
        rows,
    )
    laws = data.get("cost_laws", [])
    if laws:
        lines += ["Time of an evaluation, c Nᵃ Mᵇ through all measured cases of a device:", ""]
        lines += table(
            ["device", "c in ns", "a", "b", "largest deviation"],
            [
                [l["device"], f"{1e9 * l['seconds']:.3g}", f"{l['stages']:.2f}", f"{l['components']:.2f}",
                 f"{100 * l['largest_error']:.0f} %"]
                for l in laws
            ],
        )
    lines += [
        "What bounds them: each stage waits for its neighbour, down and up the cascade, and the time per stage "
        "and component grows little with M. So it is not the M x M multiply-adds that bound an evaluation but "
        "what every component takes by itself, divisions, loads and stores. With 300 stages the lanes outgrow "
        "the second cache of a core, and most evaluations are those of the few candidates that a change of 1 % "
        "tips over their balance: a front crosses the cascade, followed in time steps at its start and end and "
        "leaping through the stages between that are alike.",
        "",
        "Tried without gain on AVX2: two packs of lanes side by side, to hide latencies (slower: their "
        "numbers no longer fit the registers); reading feeds only where there are any. To end as soon as the closures and "
        "the next Newton step are small enough would spare a few evaluations, and was left out: solutions then miss so "
        "much that differences of two say nothing of derivatives, as tests of those show. One "
        "Newton step in single precision would need eight lanes to be of use, whose doubles then have the same "
        "trouble.",
        "",
    ]
    if data.get("gradients"):
        gradients(lines, data["gradients"])
    lines += [
        "One simulation alone on one core (scalar backend, its components side by side where the "
        "processor has AVX2), as a setpoint query waits for it. Wanted of (100, 8): warm below "
        "0.5 ms, cold below 5 ms.",
        "",
    ]
    rows = [
        [f"({r['stages']}, {r['components']})", r["start"], number(r["ms_p50"]), number(r["ms_p99"])]
        for r in data["latency"]
    ]
    lines += table(["(N, M)", "start", "p50 ms", "p99 ms"], rows)


def gradients(lines, measured):
    first = measured[0]
    lines += [
        f"Gradients: the derivatives of {first['seeds']} numbers of each solution by everything its "
        "cascade consists of, by the adjoint. The last column is the time for all of one candidate over "
        f"that of its warm solve ({100 * first['perturbation']:.0f} %) in the same run; finite differences "
        "take at least one such solve for every single input.",
        "",
    ]
    rows = [
        [
            f"({r['stages']}, {r['components']})",
            r["device"],
            number(r["candidates_per_s"]),
            number(r["gradients_per_s"]),
            f"{r['warm_solves']:.2f}",
        ]
        for r in measured
    ]
    lines += table(["(N, M)", "device", "candidates/s", "gradients/s", "warm solves"], rows)


def corpus(lines):
    entries = results("corpus")
    if not entries:
        return
    date, name, data = entries[-1]
    lines += [
        "## Robustness",
        "",
        f"`bench/results/{name}`: {data['processor']}, {date}, seeds from {data['first_seed']}. Random "
        "circuits of 2 to 400 stages and 2 to 20 components, solved cold without any guess, one at a "
        "time on one core (scalar backend). Lanes: the circuits of a kind as one batch on one core, SIMD; mean "
        "time of one, and by how much what leaves differs from the scalar backend, the worst of all metals "
        f"and circuits. {data['results'][-1]['agree']:,} of {data['results'][-1]['circuits']:,} agree to 1e-8.",
        "",
    ]
    rows = [
        [
            r["kind"],
            f"{r['solved']} of {r['circuits']}",
            number(r["iterations_p50"]),
            number(r["iterations_p90"]),
            number(r["iterations_max"]),
            number(r["ms_p50"]),
            number(r["ms_p90"]),
            number(r["ms_p99"]),
            number(r["ms_max"]),
            f"{r['worst_balance']:.0e}",
            number(r["ms_lanes"]),
            f"{r['worst_difference']:.0e}",
        ]
        for r in data["results"]
    ]
    lines += table(
        ["kind", "solved", "iterations p50", "p90", "max", "ms p50", "p90", "p99", "max",
         "worst balance", "ms in lanes", "differs by"],
        rows,
    )


def overhead(lines):
    entries = results("overhead")
    if not entries:
        return
    date, name, data = entries[-1]
    lines += [
        "## Where the time of a search goes",
        "",
        f"`bench/results/{name}`: {data['processor']}, {date}, `overhead_bench`, {data['task']}, "
        f"{data['generations']} generations on one core. Model: flowsheets made of decisions, figures made of "
        "solutions. Derivatives: those that the polish asks for, with their simulations. Search: all else, "
        "of which the project wants less than 10 % at 10,000 candidates and more.",
        "",
    ]
    rows = []
    for r in data["populations"]:
        parts = [r[f"{part}_s"] for part in ("solver", "model", "derivatives", "search")]
        rows.append(
            [
                f"{r['population']:,}",
                f"{r['evaluations']:,}",
                number(sum(parts)),
                *(f"{100 * part / sum(parts):.1f} %" for part in parts),
            ]
        )
    lines += table(
        ["population", "evaluations", "seconds", "solver", "model", "derivatives", "search"], rows
    )


def peers(lines):
    entries = results("peers")
    if not entries:
        return
    date, name, data = entries[-1]
    lines += [
        "## Beside public solvers",
        "",
        f"`bench/results/{name}`: {data['processor']}, {date}, `bench/peers/compare.py`, all in one "
        "run on one core. La and Nd, 0.1 mol/L each, with 0.5 mol/L dimer at O/A 1, from a cold start. "
        "The peers solve the same equations in the logarithms of all molarities, written in Python as "
        "their users do; derivatives are exact where a solver takes them. Ratio: time over ours, with and "
        "without the time in those equations. Difference: the largest relative one of the raffinate "
        "from ours.",
        "",
    ]
    rows = []
    for r in data["results"]:
        if "failed" in r:
            rows.append([r["solver"], r["stages"], "not solved", "", "", "", ""])
            continue
        rows.append(
            [
                r["solver"],
                r["stages"],
                number(r["ms"]),
                number(r["ratio"]),
                number(r["own_ratio"]) if "own_ratio" in r else "",
                r["evaluations"],
                f"{r['difference']:.0e}" if "difference" in r else "",
            ]
        )
    lines += table(
        ["solver", "stages", "ms", "ratio", "without equations", "evaluations", "difference"], rows
    )


def setpoints(lines):
    entries = results("setpoints")
    if not entries:
        return
    date, name, data = entries[-1]
    lines += [
        "## Setpoints",
        "",
        f"`bench/results/{name}`: {data['processor']}, {date}, `setpoints_bench`. Whole calls of Advise over "
        f"gRPC on the loopback for {data['stages']} stages, {data['components']} components, "
        f"{data['setpoints']} setpoints and {data['demands']} demands, server and clients together on one "
        "core. Readings change from call to call by 0.5 % of noise. Wanted of one client: p50 of 5 ms, p99 of "
        f"25 ms. The machine was shared: its load average before was {data['load_average_before']:g} on "
        f"{data['hardware_threads']} hardware threads. Processor time per call, of server and clients together, "
        "shows how much of it is waiting for other work.",
        "",
    ]
    if "thread_cpu" in data:
        own = data["thread_cpu"]
        lines += [
            f"Processor time of one thread from a state's message to that of its answer, {own['calls']} answers: "
            f"mean {number(own['mean_ms'])} ms, p50 {number(own['p50_ms'])} ms, p90 {number(own['p90_ms'])} ms, "
            f"p99 {number(own['p99_ms'])} ms, at most {number(own['max_ms'])} ms. gRPC, clients and waiting come on top.",
            "",
        ]
    rows = [
        [
            r["clients"],
            r["asking"],
            r["calls"],
            number(r["calls_per_s"]),
            f"{r['simulations_per_call']:.2f}",
            number(r["cpu_ms_per_call"]),
            *(number(r[f"{q}_ms"]) for q in ("p50", "p90", "p99", "max")),
        ]
        for r in data["results"]
    ]
    lines += table(
        ["clients", "asking", "calls", "calls/s", "simulations per call",
         "processor ms per call", "p50 ms", "p90", "p99", "max"],
        rows,
    )


def setpoints_demo(lines):
    entries = results("setpoints_demo")
    if not entries:
        return
    date, name, data = entries[-1]
    lines += [
        "Closed loop: "
        f"`bench/results/{name}`, {data['processor']}, {date}, `setpoints_demo`: {data['hours']:g} simulated "
        f"hours of examples/setpoints/la-nd-plant.yaml, the metals of the feed {100 * data['feed_change']:+g} % "
        f"from hour {data['feed_change_at_h']:g} on, assays {data['assay_delay_h']:g} h late, instruments that "
        f"drift by {data['drift_sd_per_day']:g} standard deviations a day, constants of the plant "
        f"{data['constants_off_sd']:g} standard deviations beside those of the model; five seeds of the noise. "
        "The demand is a purity of 99 % and a recovery of 95 % of neodymium.",
        "",
    ]
    rows = []
    for run in data["runs"]:
        for plant in ("advised", "fixed"):
            p = run[plant]
            product = p["products"][-1]
            rows.append(
                [
                    run["seed"],
                    plant,
                    run["intervals_held"] if plant == "advised" else "",
                    number(p["acid_kg"]),
                    number(p["base_kg"]),
                    f"{100 * product['worst_purity']:.5g}",
                    f"{product['hours_missed']:g}",
                    f"{100 * product['recovery']:.4g}",
                ]
            )
    lines += table(
        ["seed", "setpoints", "intervals held", "acid, kg HCl", "base, kg NaOH", "worst purity %",
         "hours below demand", "recovery %"],
        rows,
    )


def main():
    lines = [
        "# Performance",
        "",
        "Generated by `bench/performance.py` from the committed results; nothing here is typed by hand. "
        "Rates depend on the machine and on what else runs on it: compare within one run, as ratios.",
        "",
    ]
    core(lines)
    corpus(lines)
    overhead(lines)
    peers(lines)
    setpoints(lines)
    setpoints_demo(lines)
    lines += gpu_page.lines(results("core")[-1][2], table)
    pages = {
        PAGE: "\n".join(lines),
        SEARCH_PAGE: search_page.page(
            SEARCH_PAGE.read_text(),
            results("search"),
            (results("population") or [None])[-1],
            results("tasks")[-1],
            results("structure"),
        ),
        TRAIN_PAGE: train_page.page(
            TRAIN_PAGE.read_text(), results("train")[-1][1:], results("train_examples")[-1][1:]
        ),
        SCENARIOS_PAGE: robust_page.page(
            SCENARIOS_PAGE.read_text(), *results("robust")[-1][1:]
        ),
        FIGURES_PAGE: reagents_page.page(FIGURES_PAGE.read_text(), *results("reagents")[-1][1:]),
    }
    for page, text in pages.items():
        if "--check" not in sys.argv[1:]:
            page.write_text(text)
        elif not page.exists() or page.read_text() != text:
            sys.exit(f"{page.relative_to(ROOT)} is not up to date: run bench/performance.py")


if __name__ == "__main__":
    main()
