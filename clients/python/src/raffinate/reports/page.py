"""The page itself."""

from __future__ import annotations

import base64
import io
import os
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Sequence

from raffinate import names
from raffinate.html import number, share
from raffinate.pareto import ParetoSet
from raffinate.plotting import style
from raffinate.reports import economics, sources, theory
from raffinate.reports.choice import Choice, choose
from raffinate.reports.tables import table
from raffinate.results import Simulation
from raffinate.v1 import flowsheet_pb2

if TYPE_CHECKING:
    from raffinate.client import Client

_COLUMNS = 6  # molarities beside each other on A4
_SCENARIOS = 2000  # that the proposal is tested on where the question had some
_NEGLIGIBLE_PERCENT = 1e-9  # less of an element than a solution is exact to
_TIGHTEST = 10  # uncertain numbers that are told

_CSS = """
body { font: 10.5pt/1.45 Georgia, serif; color: #111; max-width: 52em; margin: 2em auto;
  padding: 0 1em }
h1 { font-size: 1.7em; margin-bottom: 0.1em }
h2 { font-size: 1.2em; margin-top: 1.8em; border-bottom: 1px solid #999 }
table { border-collapse: collapse; margin: 0.8em 0; font-size: 0.88em }
th, td { padding: 0.18em 0.7em; text-align: right; border-bottom: 1px solid #ddd;
  vertical-align: top }
th { border-bottom: 1px solid #555 } th:first-child, td:first-child { text-align: left }
td.text { text-align: left } tr.chosen { font-weight: bold; background: #f1f1f1 }
img { max-width: 100% } figure { margin: 1em 0 } figcaption, .note { color: #444; font-size: 0.9em }
pre { font-size: 0.8em; background: #f6f6f6; padding: 0.8em; white-space: pre-wrap;
  overflow-wrap: anywhere }
.wide { overflow-x: auto } .words { display: block; text-align: left; overflow-wrap: anywhere }
@page { size: A4; margin: 18mm 16mm }
@media print {
  body { margin: 0; max-width: none } h2 { break-after: avoid } figure, tr { break-inside: avoid }
  table { font-size: 0.78em } th, td { padding: 0.12em 0.4em } .wide { overflow: visible }
}
"""


def _image(figure: Any, words: str) -> str:
    """A picture inside the page; the same bytes for the same picture."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "raffinate"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<figure><img alt="{escape(words)}" src="data:image/svg+xml;base64,{data}">'
        f"<figcaption>{escape(words)}</figcaption></figure>"
    )


def _value(name: str, value: float) -> str:
    is_share = name.rpartition(".")[2] in ("purity", "recovery")
    return share(value) if is_share else number(value)


def _leaf(leaf: Any, unit: str) -> str:
    """``8 to 60 m3/h``."""
    kind = leaf.WhichOneof("kind")
    if kind == "range":
        text = f"{number(leaf.range.min)} to {number(leaf.range.max)}"
    else:
        text = " or ".join(number(v) for v in leaf.choices.values)
    return escape(f"{text} {unit}".strip())


def _demand(product: flowsheet_pb2.Product) -> list[str]:
    return [
        f"≥ {100 * getattr(product, field):.10g} %" if product.HasField(field) else "–"
        for field in ("min_purity", "min_recovery")
    ]


def _asked(front: ParetoSet, plant: Simulation) -> str:
    question = front.question if front.question.streams else plant.flowsheet
    parts = [f"<p>{escape(question.description)}</p>"] if question.description else []
    rows = [
        [escape(p.name), escape(p.stream), escape(", ".join(p.elements)), *_demand(p)]
        for p in question.products
    ]
    parts.append(table(["product", "from", "elements wanted", "purity", "recovery"], rows))
    goals = [
        f"{'maximize' if more else 'minimize'} {escape(style.label(name))}"
        for name, more in front.maximized.items()
    ]
    parts.append(f"<p>Objectives: {'; '.join(goals)}.</p>")
    limits = []
    for c in question.constraints:
        bounds = [f"≥ {c.min:g}"] if c.HasField("min") else []
        bounds += [f"≤ {c.max:g}"] if c.HasField("max") else []
        name = f"{c.product}.{c.figure}" if c.product else c.figure
        limits.append(f"{escape(style.label(name))} {' and '.join(bounds)}")
    if limits:
        parts.append(f"<p>Constraints: {'; '.join(limits)}.</p>")
    open_rows = []
    for path in names.open_leaves(question):
        leaf: Any = question
        for field, index in path:
            leaf = getattr(leaf, field.name)
            leaf = leaf if index is None else leaf[index]
        open_rows.append(
            [escape(names.in_file(question, path)), _leaf(leaf, names.unit_of(path[-1][0]))]
        )
    if open_rows:
        parts.append("<p>Open in the design:</p>" + table(["number", "may be"], open_rows))
    return "".join(parts)


def _alternatives(front: ParetoSet, choice: Choice) -> str:
    """The chosen one between those that are best in one thing."""
    picks = {choice.design: "proposed"}
    for name, more in front.maximized.items():
        values = front.figure(name)
        best = int(values.idxmax() if more else values.idxmin())
        said = picks.get(best)
        what = f"best {style.label(name).split(' [')[0]}"
        picks[best] = f"{said}, {what}" if said else what
    objectives = front.objectives
    rows = [
        [str(n), escape(why), *(_value(c, objectives.loc[n, c]) for c in objectives.columns)]
        for n, why in picks.items()
    ]
    return table(["design", "", *(style.label(c) for c in objectives.columns)], rows, 0)


def _proposal(choice: Choice, plant: Simulation) -> str:
    rows = [
        [escape(p.product), share(p.purity, p.impurity), share(p.recovery), number(p.reo_kg_per_h)]
        for p in plant.proto.figures.products
    ]
    places = [
        [
            escape(style.label(name)),
            *(_value(name, row[c]) for c in choice.places.columns[:3]),
            f"{row['place']:.2f}",
        ]
        for name, row in choice.places.iterrows()
    ]
    return (
        table(["product", "purity", "recovery", "wanted oxides [kg/h]"], rows)
        + f"<p>Why this one: {escape(choice.reason)}</p>"
        + table(
            ["objective", "this design", "best of the set", "worst of the set", "place, 0 is best"],
            places,
        )
    )


def _streams(plant: Simulation) -> str:
    frame = plant.streams
    ending = "_mol_per_l"
    shown = [
        c for c in frame.columns if c.endswith(ending) and (frame[c].fillna(0).abs() > 1e-12).any()
    ]
    tables = []
    for start in range(0, len(shown), _COLUMNS):
        part = shown[start : start + _COLUMNS]
        head = ["stream", "", "m³/h", *(c[: -len(ending)].replace("_", " ") for c in part)]
        rows = []
        for name, row in frame.iterrows():
            cells = [
                (
                    "–"
                    if row[c] != row[c]
                    else ("< 1e-6" if 0 < abs(row[c]) < 1e-6 else f"{row[c]:.3g}")
                )
                for c in part
            ]
            rows.append(
                [escape(str(name)), escape(row["role"]), number(row["flow_m3_per_h"]), *cells]
            )
        tables.append(table(head, rows))
    return "".join(tables) + '<p class="note">Molarities in mol/L; negative free acid is base.</p>'


def _balance(plant: Simulation) -> str:
    """Per tonne of oxide, per hour and per year of 8,000 hours."""
    f = plant.proto.figures
    tonnes_per_h = sum(p.reo_kg_per_h for p in f.products) / 1000
    kinds = (
        ("acid, 100 % HCl equivalent", "acid_kg_per_t_reo", "kg"),
        ("base, 100 % NaOH equivalent", "base_kg_per_t_reo", "kg"),
        ("wastewater", "wastewater_m3_per_t_reo", "m³"),
        ("sodium leaving", "sodium_kg_per_t_reo", "kg"),
        ("ammonium nitrogen leaving", "ammonium_nitrogen_kg_per_t_reo", "kg"),
        ("chloride leaving", "chloride_kg_per_t_reo", "kg"),
    )
    rows = []
    for name, field, unit in kinds:
        per_tonne = getattr(f, field)
        per_h = per_tonne * tonnes_per_h
        large = "t" if unit == "kg" else "10³ m³"
        rows.append(
            [
                name,
                f"{number(per_tonne)} {unit}",
                f"{number(per_h)} {unit}",
                f"{number(8.0 * per_h)} {large}",
            ]
        )
    least = theory.rows(f)
    return (
        table(["", "per t REO", "per hour", "per 8,000 h"], rows)
        + f"<p>{escape(theory.text(f))}</p>"
        + (table(theory.HEAD, least) if least else "")
    )


def _elements(plant: Simulation) -> str:
    """What enters of each element, and the share of it that leaves as what."""
    kinds = {
        "product": "wanted in a product",
        "impurity": "impurity of a product",
        "loss": "effluent",
        "residue": "residues",
        "entrained": "droplets",
        "organic": "organic",
    }
    frame = plant.elements
    shown = {k: said for k, said in kinds.items() if (frame["kind"] == k).any()}
    rows = []
    for element in frame["element"].drop_duplicates():
        own = frame[frame["element"] == element]
        total = own["share"].sum()
        parts = [100 * own.loc[own["kind"] == kind, "share"].sum() for kind in shown]
        rows.append(
            [
                escape(element),
                number(own["kg_per_h"].sum() / total),
                *("–" if part < _NEGLIGIBLE_PERCENT else number(part) for part in parts),
                f"{100 * total:.7f}",
            ]
        )
    return table(
        ["element", "enters [kg/h]", *(f"{s} [%]" for s in shown.values()), "sum [%]"], rows
    )


def _trust(plant: Simulation, client: Client) -> str:
    rows = [
        [
            escape(str(product)) or "whole plant",
            escape(row["weakest_class"]),
            escape(row["weakest_elements"]),
        ]
        for product, row in plant.evidence.iterrows()
    ]
    flags = "".join(
        f"<li>{escape(flag.message)}"
        + (f" (stages {', '.join(map(str, flag.stages))})" if flag.stages else "")
        + "</li>"
        for flag in plant.proto.flags
    )
    c = plant.proto.convergence
    return (
        f"<p>Constants: {escape(sources.origin(plant))}.</p>"
        + table(["", "weakest class of constant", "of"], rows)
        + (f"<p>To know before relying on it:</p><ul>{flags}</ul>" if flags else "<p>No flags.</p>")
        + f'<p class="note">Solved to a residual of {c.residual:.1e}; element balances close to '
        f"{c.balance_error:.1e}.</p>" + sources.constants(plant, client) + sources.prices(plant)
    )


def _robustness(plant: Simulation) -> str:
    robust = plant.proto.robustness
    found = plant.robustness
    demands = [
        [
            escape(" ".join(filter(None, [row["product"], style.label(row["figure"])]))),
            "" if row["share"] != row["share"] or row["limit"] != row["limit"]
            else ("≥ " if row["at_least"] else "≤ ") + _value(row["figure"], row["limit"]),
            f"{100 * row['share']:.2f} %",
        ]
        for _, row in found["demands"].iterrows()
    ]  # fmt: skip
    figures = [
        [
            escape(" ".join(filter(None, [row["product"], style.label(row["figure"])]))),
            *(_value(row["figure"], row[c]) for c in ("nominal", "p5", "median", "p95")),
        ]
        for _, row in found["figures"].iterrows()
    ]
    reach = [
        [
            escape(names.with_unit(plant.flowsheet, row["field"])),
            number(row["value"]),
            ("" if row["low_ends"] else "≤ ") + number(row["low"]),
            ("" if row["high_ends"] else "≥ ") + number(row["high"]),
        ]
        for _, row in found["flexibility"].head(_TIGHTEST).iterrows()
    ]
    return (
        f"<p>Over {robust.scenarios} draws of what is not known exactly, each demand is met in the"
        f" share below; all at once with a probability of at least"
        f" {100 * robust.least_probability:.1f} % (95 % confidence).</p>"
        + table(["demand", "", "met"], demands)
        + table(["figure", "as taken to be", "5 %", "median", "95 %"], figures)
        + (
            "<p>How far one number can go alone before a demand is missed, the tightest first"
            " (≤, ≥: no further was tried):</p>"
            + table(["uncertain number", "taken to be", "from", "to"], reach)
            if reach
            else ""
        )
    )


def _reproduce(front: ParetoSet, choice: Choice, text: str, origin: str, versions: str) -> str:
    search = (front.question if front.question.streams else front.protos[0].flowsheet).search
    stops = []
    if search.max_evaluations:
        stops.append(f"{search.max_evaluations} simulations")
    if search.max_wall_time_s:
        stops.append(f"{search.max_wall_time_s:g} s")
    if search.stagnation_generations:
        stops.append(f"{search.stagnation_generations} generations without growth")
    stop = ", ".join(stops) or "20000 simulations (default)"
    return (
        f"<p>{escape(versions)}. Search: seed {search.seed or 1}, until {stop}."
        f" {len(front)} designs{', from ' + escape(origin) if origin else ''}; this is design"
        f" {choice.design}. The same seed and backend give the same designs. The proposed design as"
        " a file: <code>raffinate simulate design.yaml --stages</code> gives the figures of this"
        f" report.</p><pre>{escape(text)}</pre>"
    )


def write(
    path: str | os.PathLike[str],
    front: ParetoSet,
    client: Client,
    *,
    design: int | None = None,
    origin: str = "",
    versions: str = "",
) -> Choice:
    """Writes the report of ``front`` to ``path`` and says what it proposes.

    ``design``: the number of the design to propose; by the rule of :func:`choose` when None. The
    design is simulated by ``client`` for its profile and sensitivities. ``origin`` and ``versions``
    are told as they are. ValueError where there is nothing to propose.
    """
    import raffinate

    choice = choose(front, design)
    proposed = front.design(choice.design)
    circuits = [c.name for c in proposed.flowsheet.circuits]
    lone = len(circuits) == 1
    asked = front.protos[choice.design - 1].HasField("robustness")
    plant = client.simulate(
        proposed, sensitivities=True, scenarios=_SCENARIOS if asked else 0
    )
    versions = versions or f"raffinate for Python {raffinate.__version__}, server {client.address}"
    title = front.question.name or plant.name or "Optimization"
    f = plant.proto.figures
    summary = (
        f"Proposed: design {choice.design} of {len(front)}, with {f.stages} stages,"
        f" {number(f.reagents_kg_per_t_reo)} kg of reagents and"
        f" {number(f.wastewater_m3_per_t_reo)} m³ of wastewater per tonne of oxide."
    )
    chapters = [
        ("What was asked", _asked(front, plant)),
        (
            "The proposed design",
            _proposal(choice, plant)
            + "".join(
                _image(
                    plant.draw_flowsheet(circuit=name), "Flowsheet" if lone else f"Circuit {name}"
                )
                for name in circuits
            ),
        ),
        (
            "The trade-off",
            _alternatives(front, choice)
            + _image(
                front.plot_pareto(highlight=choice.design),
                f"The {len(front)} designs of which none is better than another in every objective"
                if len(front) > 1
                else "The one design that was found",
            ),
        ),
        (
            "Reagents and effluents",
            _balance(plant) + (economics.effluent(plant) if economics.known(plant) else ""),
        ),
        *([("Cost and carbon", economics.cost_and_carbon(plant))] if economics.known(plant) else []),
        ("Where each element leaves", _elements(plant)),
        ("Streams", _streams(plant)),
        (
            "Over the stages",
            "".join(
                _image(
                    plant.plot_profile(circuit=name),
                    ("" if lone else f"Circuit {name}: ")
                    + "molarities, pH and loading, stages in the direction of the organic",
                )
                for name in circuits
            ),
        ),
        (
            "What matters most",
            _image(
                plant.plot_sensitivities(levers=6),
                "Per cent of a figure per per cent of a number of the flowsheet, the largest first",
            ),
        ),
        *([("If things differ", _robustness(plant))] if asked and plant.converged else []),
        ("What it rests on", _trust(plant, client)),
        ("How to reproduce it", _reproduce(front, choice, client.to_yaml(plant), origin, versions)),
    ]
    body = "".join(f"<section><h2>{name}</h2>{text}</section>" for name, text in chapters)
    Path(path).write_text(
        (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(title)}</title><style>{_CSS}</style></head><body>"
            f"<h1>{escape(title)}</h1><p"
            f' class="note">{date.today().isoformat()}</p><p>{escape(summary)}</p>'
            f"{body}</body></html>\n"
        ),
        encoding="utf-8",
    )
    return choice
