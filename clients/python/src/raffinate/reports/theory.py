"""A design beside what its split needs at least."""

from collections.abc import Sequence

from raffinate.html import number
from raffinate.v1 import simulation_pb2

HEAD: Sequence[str] = ("", "this design", "at least", "ratio", "Xu's optimum")


def rows(figures: simulation_pb2.Figures) -> list[list[str]]:
    """For a table under ``HEAD``; empty where there is no theoretical minimum."""
    least = figures.minimum
    if least.reason or not least.cut:
        return []
    xu = least.xu if least.HasField("xu") else None

    def row(name: str, own: float | None, minimum: float | None, best: str = "–") -> list[str]:
        return [
            name,
            "–" if own is None else number(own),
            "–" if minimum is None else number(minimum),
            f"{own / minimum:.2f} ×" if own is not None and minimum else "–",
            best,
        ]

    out = [
        row(
            "organic flux S [mol/mol fed]",
            least.organic_mol_per_mol,
            least.min_organic_mol_per_mol,
            number(xu.organic_mol_per_mol) if xu else "–",
        ),
        row(
            "scrub flux W [mol/mol fed]",
            least.scrub_mol_per_mol if least.HasField("scrub_mol_per_mol") else None,
            least.min_scrub_mol_per_mol,
            number(xu.scrub_mol_per_mol) if xu else "–",
        ),
    ]
    if least.HasField("min_base_kg_per_t_reo"):
        released = least.released_acid_kg_per_t_reo
        name = "base and acid that stood in for it" if released > 0 else "base"
        own = figures.base_kg_per_t_reo + released
        out.append(row(f"{name} [kg/t REO]", own, least.min_base_kg_per_t_reo))
    if least.HasField("min_acid_kg_per_t_reo"):
        own = figures.acid_kg_per_t_reo
        out.append(row("acid [kg/t REO]", own, least.min_acid_kg_per_t_reo))
    out.append(
        row(
            "stages, at least those of total reflux",
            least.stages,
            least.min_stages if least.HasField("min_stages") else None,
            f"{number(xu.extraction_stages)} + {number(xu.scrub_stages)}" if xu else "–",
        )
    )
    return out


def text(figures: simulation_pb2.Figures) -> str:
    """What the table says, or why there is none; no markup."""
    least = figures.minimum
    if least.reason:
        return f"There is no theoretical minimum to compare with: {least.reason}."
    if not least.cut:
        return "There is no theoretical minimum to compare with."
    missing = (
        ("base", least.base_reason),
        ("acid", least.acid_reason),
        ("design of Xu", least.xu_reason),
    )
    return (
        "What this split needs at least, with stages without limit (Underwood) and at total reflux"
        f" (Fenske). The cut {least.cut} decides, at a separation factor of"
        f" {number(least.separation_factor)}."
        + "".join(f" No {what}: {reason}." for what, reason in missing if reason)
    )
