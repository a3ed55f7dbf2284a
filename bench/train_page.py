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


MOST_PLANTS = 5  # of one front, in the table


def shown(plants):
    """Some of a front: both ends and evenly between."""
    if len(plants) <= MOST_PLANTS:
        return plants
    return [plants[k * (len(plants) - 1) // (MOST_PLANTS - 1)] for k in range(MOST_PLANTS)]


def example_lines(name, data):
    rows = []
    for r in data["results"]:
        for p in shown(r["plants"]):
            rows.append(
                [
                    f"[{r['example']}](../examples/{r['example']}.yaml)"
                    + (f", {r['system']} alone" if r["system"] else ""),
                    f"{r['first_feasible_s']:.0f} s, {r['first_feasible_evaluations']} evaluations",
                    p["circuits"],
                    ", ".join(p["systems"]),
                    p["stages"],
                    f"{p['base_kg_per_t_reo']:.0f}",
                    f"{p['base_kg_per_t_reo'] / p['base_of_theory_kg_per_t_reo']:.2f} x",
                    f"{p['acid_kg_per_t_reo']:.0f}",
                    f"{100 * p['least_purity']:.2f} %",
                    f"{100 * p['least_recovery']:.2f} %",
                ]
            )
    return [
        f"`bench/results/{name}`: {data['processor']}, {data['date']}, other work beside it; at most "
        f"{MOST_PLANTS} plants of each front, evenly spaced. Theory: three NaOH for each metal that the least fresh organic takes up.",
        "",
        *table(
            [
                "example",
                "first feasible plant after",
                "circuits",
                "extractants",
                "stages",
                "base, kg/t REO",
                "over theory",
                "acid, kg/t",
                "least purity",
                "least recovery",
            ],
            rows,
        ),
    ]


def page(text, trains, examples):
    """The pairs of name and data fill the two places of the page in turn."""
    first, second, third = text.split(BEGIN)
    _, between = second.split(END)
    _, after = third.split(END)
    return "\n".join(
        [first + BEGIN, *lines(*trains), END + between + BEGIN, *example_lines(*examples), END + after]
    )
