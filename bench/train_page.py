"""The table of docs/trains.md from the newest result of train_bench."""

from search_page import BEGIN, END, table


def lines(name, data):
    rows = []
    for r in data["results"]:
        linked, unlinked = r["linked"], r["unlinked"]
        rows.append(
            [
                r["train"],
                r["products"],
                f"{linked['theory_least']:.4f}",
                f"{linked['found']:.4f} ({linked['over_least']:.3f} x)",
                linked["stages"],
                f"{unlinked['theory_least']:.4f}",
                f"{unlinked['found']:.4f} ({unlinked['over_least']:.3f} x)",
                unlinked["stages"],
                f"**{100 * r['saving']:.1f} %**",
            ]
        )
        for way in (linked, unlinked):
            if not way["demands_met"] or way["balance_error"] > 1e-9:
                raise SystemExit(f"{name}: {r['train']}: a train that does not meet its demands")
    first = data["results"][0]["linked"]
    return [
        f"`bench/results/{name}`: {data['processor']}, {data['date']}; one run with one seed, "
        f"{first['evaluations']:,} evaluations each. Fresh organic in mol of metal per mol fed, which is "
        "the base of a plant; found (and over its theoretical least); stages of all sections.",
        "",
        *table(
            [
                "separation factors",
                "products",
                "linked: least",
                "found",
                "stages",
                "unlinked: least",
                "found",
                "stages",
                "saving by linking",
            ],
            rows,
        ),
    ]


def page(text, name, data):
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return "\n".join([before + BEGIN, *lines(name, data), END + after])
