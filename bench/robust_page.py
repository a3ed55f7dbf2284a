"""The table of docs/scenarios.md from the newest result of bench/robust.py."""

from search_page import BEGIN, END, table


def lines(name, data):
    rows = []
    for r in data["results"]:
        rows.append(
            [
                r["kind"],
                r["seed"],
                r["stages"],
                f"{r['reagents_kg_per_t_reo']:.0f}",
                f"{r['reagents_p95_kg_per_t_reo']:.0f}",
                f"**{100 * r['met'] / r['scenarios']:.1f} %**",
                f"{100 * r['least_probability']:.1f} to {100 * r['most_probability']:.1f} %",
                f"{r['seconds']:.0f} s",
            ]
        )
    return [
        f"`bench/results/{name}`: {data['processor']}, {data['date']}. [{data['question']}]"
        f"(../{data['question']}) with `{data['scenarios_line']}`, and the same without that line; of each "
        f"front the design of least reagents, tested on {data['tested_on']:,} scenarios that neither search "
        "saw.",
        "",
        *table(
            [
                "design",
                "seed",
                "stages",
                "reagents, kg/t",
                "of 95 % of the scenarios at most",
                "all demands met",
                "probability (95 % confidence each)",
                "search",
            ],
            rows,
        ),
    ]


def page(text, name, data):
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return "\n".join([before + BEGIN, *lines(name, data), END + after])
