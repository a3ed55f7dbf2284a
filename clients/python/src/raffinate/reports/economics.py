"""What the plant buys, discharges, costs and emits."""

from __future__ import annotations

from html import escape

from raffinate.html import number
from raffinate.reports.tables import table
from raffinate.results import Simulation


def known(plant: Simulation) -> bool:
    """Whether the simulation has a balance of reagents at all."""
    return len(plant.proto.plant.costs) > 0


def effluent(plant: Simulation) -> str:
    """Reagents by what they are for, and the effluent beside its limits."""
    reagents = [
        [escape(r.name), escape(r.purpose), number(r.kg_per_h), number(r.kg_per_t_reo)]
        for r in plant.proto.plant.reagents
    ]
    rows = [
        [
            escape(e.name),
            number(e.kg_per_h),
            number(e.kg_per_t_reo),
            number(e.mg_per_l),
            number(e.limit_mg_per_l) if e.HasField("limit_mg_per_l") else "–",
            (f"<strong>{e.over_limit:.3g} ×</strong>" if e.over_limit > 1 else "kept")
            if e.HasField("over_limit")
            else "–",
        ]
        for e in plant.proto.plant.effluent
        if e.kg_per_h > 0 or e.HasField("limit_mg_per_l")
    ]
    notes = "".join(f"<li>{escape(note)}</li>" for note in plant.proto.plant.notes)
    return (
        table(["reagent", "for", "kg/h", "kg/t REO"], reagents)
        + table(["effluent", "kg/h", "kg/t REO", "mg/L", "limit [mg/L]", "against it"], rows)
        + (f"<ul>{notes}</ul>" if notes else "")
    )


def cost_and_carbon(plant: Simulation) -> str:
    """By product, then what each line costs and emits."""
    report = plant.proto.plant
    f = plant.proto.figures
    products = [
        [
            escape(p.product),
            number(p.reo_kg_per_h),
            f"{number(p.price_usd_per_kg)} ({escape(p.price_basis)})",
            number(p.cost_usd_per_kg),
            number(p.co2e_kg_per_kg),
        ]
        for p in report.products
    ]
    carbon = {line.name: line for line in report.carbon}
    rows = [
        [
            escape(line.name),
            escape(line.group),
            number(line.usd_per_h),
            number(line.usd_per_kg_reo),
            number(carbon.pop(line.name).kg_co2e_per_kg_reo) if line.name in carbon else "–",
        ]
        for line in report.costs
    ]
    rows += [
        [escape(name), "", "–", "–", number(line.kg_co2e_per_kg_reo)]
        for name, line in carbon.items()
    ]
    rows.append(
        [
            "<strong>all</strong>",
            "",
            number(sum(line.usd_per_h for line in report.costs)),
            number(f.cost_usd_per_kg_reo),
            number(f.co2e_kg_per_kg_reo),
        ]
    )
    return (
        f"<p>The plant with its first fill of organic costs {number(f.installed_cost_usd)} USD;"
        f" {number(f.inventory_value_usd)} USD of rare earths and organic are held up in it. Per kg"
        f" of oxide it earns {number(f.revenue_usd_per_kg_reo)} USD and costs"
        f" {number(f.cost_usd_per_kg_reo)} USD, the capital charge included.</p>"
        + table(
            ["product", "oxide [kg/h]", "price [USD/kg]", "cost [USD/kg]", "CO₂e [kg/kg]"],
            products,
        )
        + table(["", "", "USD/h", "USD/kg REO", "kg CO₂e/kg REO"], rows)
        + '<p class="note">Estimates from the prices and factors listed under what it rests on; the'
        " uncertainty of such costs is that of a first study.</p>"
    )
