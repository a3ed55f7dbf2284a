"""The table of docs/figures.md from the newest result of reagents_bench."""

from search_page import BEGIN, END, table

# Avalon, press release of 2012-04-12: reagents of 10,000 t REO a year [USD/t REO].
AVALON_REAGENTS = 3934
NAOH, HCL = 39.997, 36.461  # kg/keq


def lines(name, data):
    rows = []
    for r in data["results"]:
        purities = ", ".join(f"{p['name']} {100 * p['purity']:.2f}" for p in r["products"])
        rows.append(
            [
                f"{r['plant']} ({r['system']})",
                purities,
                f"{r['circuits']} / {r['stages']}",
                f"{r['naoh_kg_per_t']:,.0f}",
                f"**{r['base_over_floor']:.2f}**",
                f"{r['hcl_kg_per_t']:,.0f}",
                f"**{r['acid_over_floor']:.2f}**",
            ]
        )
        if r["balance_error"] > 1e-9:
            raise SystemExit(f"{name}: {r['plant']}: the balances do not close")
    train, without = data["results"][0], data["results"][1]
    usd = [
        r["naoh_kg_per_t"] * r["naoh_usd_per_kg"] + r["hcl_kg_per_t"] * r["hcl_usd_per_kg"]
        for r in (train, without)
    ]
    per_keq = NAOH * train["naoh_usd_per_kg"] + HCL * train["hcl_usd_per_kg"]
    most = AVALON_REAGENTS / per_keq
    floor = train["base_floor_kg_per_t"] / NAOH
    return [
        f"`bench/results/{name}`: {data['processor']}, {data['date']}. Purity in %; base as NaOH and acid as "
        "HCl, both 100 %, per t REO of all products; the floor counts what the organic carried, La and Ce "
        "stay in the raffinate.",
        "",
        *table(
            [
                "plant",
                "purity",
                "circuits / stages",
                "base, kg/t",
                "over floor",
                "acid, kg/t",
                "over floor",
            ],
            rows,
        ),
        f"Links save {100 * (1 - train['naoh_kg_per_t'] / without['naoh_kg_per_t']):.0f} % of the base and "
        f"{100 * (1 - train['hcl_kg_per_t'] / without['hcl_kg_per_t']):.0f} % of the acid here. At "
        f"{train['naoh_usd_per_kg']:g} USD/kg of NaOH and {train['hcl_usd_per_kg']:g} of HCl "
        f"(`data/prices.yaml`) base and acid of the train come to {usd[0]:,.0f} USD/t REO, without links to "
        f"{usd[1]:,.0f}. Avalon's {AVALON_REAGENTS:,} USD/t REO, were all of it HCl and NaOH in equal "
        f"equivalents at these prices, would buy {most:.0f} keq/t of each, {most * NAOH / 1000:.1f} t of NaOH "
        f"and {most * HCL / 1000:.1f} t of HCl, {most / floor:.1f} times the floor of the train: an upper "
        "bound of what that plant was to take, not its figure. Chloride in the effluent of the train: "
        f"{train['chloride_mg_per_l'] / 1000:.0f} g/L.",
        "",
    ]


def page(text, name, data):
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return "\n".join([before + BEGIN, *lines(name, data), END + after])
