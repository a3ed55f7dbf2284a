"""What a notebook shows. Texts are escaped: names come from files of other people."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from raffinate.jobs import JobView
    from raffinate.pareto import ParetoSet
    from raffinate.results import Simulation, Transient

_ROWS = 10


def number(value: Any) -> str:
    """Four digits, large ones without an exponent, and a dash for what is not there."""
    if isinstance(value, (bool, str)):
        return escape(str(value))
    if value != value:
        return "–"
    if isinstance(value, int):
        return str(value)
    text = f"{value:.4g}"
    return f"{float(text):,.0f}" if 1e4 <= abs(float(text)) < 1e10 else text


def share(value: float, complement: float | None = None) -> str:
    """Per cent, with as many nines as there are."""
    rest = 1 - value if complement is None else complement
    if not 0 <= rest <= 1:
        return f"{100 * value:.4g} %"
    digits = 2
    while digits < 8 and rest < 0.9 * 10 ** (1 - digits):
        digits += 1
    text = f"{100 * value:.{max(0, digits - 2) + 1}f}"
    return f"{'>' if float(text) >= 100 > 100 * value else ''}{text} %"


def _table(head: list[str], rows: list[list[str]]) -> str:
    cells = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def simulation(result: Simulation) -> str:
    """Products, the figures that cost money, flags."""
    parts = [f"<b>{escape(result.name or 'simulation')}</b>"]
    if not result.converged:
        return parts[0] + f"<p>Did not converge: {escape(result.message)}</p>"
    rows = [
        [escape(p.product), share(p.purity, p.impurity), share(p.recovery), number(p.reo_kg_per_h)]
        for p in result.proto.figures.products
    ]
    parts.append(_table(["product", "purity", "recovery", "kg REO/h"], rows))
    f = result.proto.figures
    parts.append(
        f"<p>reagents {number(f.reagents_kg_per_t_reo)} kg/t REO (acid"
        f" {number(f.acid_kg_per_t_reo)}, base {number(f.base_kg_per_t_reo)}), wastewater"
        f" {number(f.wastewater_m3_per_t_reo)} m³/t REO, {f.stages} stages</p>"
    )
    if result.proto.flags:
        items = "".join(
            f"<li><code>{escape(flag.code)}</code> {escape(flag.message)}</li>"
            for flag in result.proto.flags
        )
        parts.append(
            f"<details><summary>{len(result.proto.flags)} flags</summary><ul>{items}</ul></details>"
        )
    return "".join(parts)


def transient(result: Transient) -> str:
    """How it ended and when products were on specification."""
    end = "complete" if result.complete else f"stopped early: {escape(result.message)}"
    rows = [
        [
            escape(p.product),
            number(p.on_specification_h) if p.HasField("on_specification_h") else "–",
        ]
        for p in result.summary.products
    ]
    return (
        f"<b>{escape(result.summary.flowsheet.name)}</b><p>{number(result.summary.end_time_h)} h in"
        f" {len(result.states)} outputs, {end}</p>"
        + _table(["product", "on specification from [h]"], rows)
    )


def pareto(result: ParetoSet) -> str:
    """Objectives of a few designs, evenly spaced."""
    count = len(result)
    head = f"<b>{escape(result.question.name or 'Pareto set')}</b><p>{count} designs</p>"
    if count == 0:
        return head
    shown = sorted(
        {round(i * (count - 1) / max(1, min(_ROWS, count) - 1)) for i in range(min(_ROWS, count))}
    )
    frame = result.objectives.iloc[shown]
    rows = []
    for design, values in zip(frame.index, frame.itertuples(index=False)):
        cells = [
            share(value) if name.rpartition(".")[2] in ("purity", "recovery") else number(value)
            for name, value in zip(frame.columns, values)
        ]
        rows.append([str(design), *cells])
    more = "" if len(shown) == count else f"<p>{len(shown)} of {count} shown, evenly spaced</p>"
    return head + _table(["design", *frame.columns], rows) + more


def job(view: JobView) -> str:
    """State and progress."""
    p = view.progress
    text = f"{p.evaluations} evaluations, {p.pareto_size} designs"
    if p.stop_reason:
        text += f", stopped by {escape(p.stop_reason)}"
    if view.proto.error_message:
        text += f"<br>{escape(view.proto.error_message)}"
    return f"<b>{escape(view.name)}</b> {view.state}<p>{text}</p>"
