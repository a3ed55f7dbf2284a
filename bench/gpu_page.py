"""The part of docs/performance.md about GPUs: what bounds one, estimated until one was at hand."""

# NVIDIA H200 SXM, data sheet of 2024: double precision without tensor cores [1/s], memory [B/s]; PCI Express
# 5.0 x16 in one direction [B/s].
H200 = {"flops": 34e12, "memory": 4.8e12, "link": 64e9}
# What issue and design ask of one H200 at 1 % [candidates/s].
WANTED = {(40, 4): 15e6, (100, 8): 3e6, (100, 16): 1e6, (300, 16): 0.35e6}


def lines(data, table):
    rows = []
    for r in data["results"]:
        key = (r["stages"], r["components"])
        if r["device"] != "cpu, 1 thread" or r["perturbation"] != 0.01 or "record_out_bytes" not in r:
            continue
        evaluations = r["iterations"] + 1
        bounds = {
            "arithmetic": H200["flops"] / (evaluations * r["evaluation_flops"]),
            "memory": H200["memory"] / (evaluations * r["evaluation_bytes"]),
            "copies in": H200["link"] / r["record_in_bytes"],
            "copies out": H200["link"] / r["record_out_bytes"],
        }
        least = min(bounds, key=bounds.get)
        rows.append(
            [
                str(key),
                f"{evaluations:.1f}",
                f"{r['record_in_bytes'] / 1e3:.1f} kB",
                f"{r['record_out_bytes'] / 1e3:.1f} kB",
                *(f"{bound / 1e6:.3g} M" for bound in bounds.values()),
                least,
                f"{WANTED[key] / 1e6:.2g} M" if key in WANTED else "",
            ]
        )
    text = [
        "## GPU",
        "",
        "No result of a GPU is committed: no device has been at hand. The CUDA kernels are compiled for "
        "sm_80, sm_90 and PTX on every change, and the code of a device thread is tested on the CPU in "
        "the device's memory layout.",
        "",
    ]
    if rows:
        text += [
            "Estimates, none of them measured: what the data sheet of one H200 (34 TF/s, 4.8 TB/s, 64 GB/s "
            "each way over PCI Express) allows at most for candidates warm at 1 %, with evaluations and bytes "
            "counted in the run above, every load and store of the workspace going to the device's memory, "
            "records of each candidate in and out, all profiles included. What is reached will lie below the "
            "least of them; half of it is a good first kernel.",
            "",
            *table(
                ["(N, M)", "evaluations", "in", "out", "arithmetic", "memory", "copies in", "copies out",
                 "bound by", "wanted"],
                rows,
            ),
        ]
    return text
