"""The flowsheet as a drawing: sections in the way of the organic, streams with flow and strength.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from raffinate.names import known
from raffinate.plotting import style
from raffinate.v1 import flowsheet_pb2, simulation_pb2

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from raffinate.results import Simulation

_ORGANIC, _AQUEOUS, _PRODUCT = style.COLORS[4], style.COLORS[0], style.COLORS[2]
_REAGENTS = (
    ("hcl_mol_per_l", "HCl"),
    ("hno3_mol_per_l", "HNO₃"),
    ("h2so4_mol_per_l", "H₂SO₄"),
    ("naoh_mol_per_l", "NaOH"),
    ("nh4oh_mol_per_l", "NH₄OH"),
)
_BOX, _GAP = 1.9, 1.1
_LEVEL = 1.75  # between streams that share a side of a box


def _strength(stream: flowsheet_pb2.Stream) -> str:
    found = [
        f"{known(getattr(stream, field)):.3g} mol/L {name}"
        for field, name in _REAGENTS
        if stream.HasField(field) and known(getattr(stream, field))
    ]
    return ", ".join(found[:2])


def _caption(
    name: str,
    states: dict[str, simulation_pb2.StreamState],
    inlets: dict[str, flowsheet_pb2.Stream],
) -> str:
    lines = [name]
    if name in states:
        lines.append(f"{states[name].flow_m3_per_h:.3g} m³/h")
    elif name in inlets:
        lines.append(f"{known(inlets[name].flow_m3_per_h):.3g} m³/h")
    if name in inlets:
        stream = inlets[name]
        lines.append(_strength(stream) or (f"feed {stream.feed}" if stream.feed else ""))
    return "\n".join(line for line in lines if line)


def _product_lines(simulation: Simulation, stream: str) -> str:
    from raffinate.html import share

    figures = {p.product: p for p in simulation.proto.figures.products}
    for product in simulation.flowsheet.products:
        if product.stream == stream and product.name in figures:
            p = figures[product.name]
            return (
                f"\n{product.name}:"
                f" {share(p.purity, p.impurity)} pure\n{share(p.recovery)} recovered"
            )
    return ""


def draw(simulation: Simulation, ax: Axes | None, circuit_name: str | None) -> Figure:
    """See Simulation.draw_flowsheet."""
    circuits = {c.name: c for c in reversed(simulation.flowsheet.circuits)}
    if not circuits:
        raise ValueError("the flowsheet has no circuit: nothing to draw")
    circuit = simulation.flowsheet.circuits[0]
    if circuit_name is not None:
        if circuit_name not in circuits:
            known_names = ", ".join(c.name for c in simulation.flowsheet.circuits)
            raise ValueError(f"no circuit {circuit_name!r}; the flowsheet has {known_names}")
        circuit = circuits[circuit_name]
    inlets = {s.name: s for s in simulation.flowsheet.streams}
    states = {s.name: s for s in simulation.proto.streams}
    count = len(circuit.sections)
    figure, axes = style.on(ax, height_in=4.3, width_in=max(style.WIDTH_IN, 2.3 * count))
    pitch = _BOX + _GAP
    lowest = -1.0

    def arrow(
        start: tuple[float, float], end: tuple[float, float], color: str, **more: Any
    ) -> None:
        axes.annotate(
            "",
            end,
            start,
            arrowprops={
                "arrowstyle": "-|>",
                "color": color,
                "linewidth": 1.8,
                "shrinkA": 0,
                "shrinkB": 0,
                **more,
            },
        )

    def text(x: float, y: float, words: str, **more: Any) -> None:
        axes.text(x, y, words, **{"ha": "center", "va": "center", "fontsize": 8, **more})

    for i, section in enumerate(circuit.sections):
        left = i * pitch
        middle = left + _BOX / 2
        axes.add_patch(_box(left))
        stages = section.stages.value
        title = section.name if len(section.name) < 15 else section.name.replace(" ", "\n", 1)
        extra = (
            f"\n{section.temperature_celsius:.3g} °C"
            if section.HasField("temperature_celsius")
            else ""
        )
        text(middle, 0.5, f"{title}\n{stages} stage{'' if stages == 1 else 's'}{extra}", fontsize=9)
        # Organic from left to right in the upper half, aqueous back in the lower one.
        if i + 1 < count:
            arrow((left + _BOX, 0.72), (left + pitch, 0.72), _ORGANIC)
            after = circuit.sections[i + 1]
            closed = after.outlet and (
                not after.HasField("outlet_share") or known(after.outlet_share) == 1
            )
            if not closed:
                arrow((left + pitch, 0.28), (left + _BOX, 0.28), _AQUEOUS)
                if after.outlet:
                    text(
                        left + _BOX + _GAP / 2,
                        0.1,
                        f"{100 * (1 - known(after.outlet_share)):.3g} %",
                        fontsize=7,
                    )
        # What enters comes from above, what leaves goes below.
        for k, inlet in enumerate(section.inlets):
            stage = inlet.stage.value if inlet.HasField("stage") else stages
            share = (stage - 0.5) / max(1, stages)
            x = (
                left + _BOX * (0.12 + 0.76 * share)
                if len(section.inlets) > 1 or stage != stages
                else left + 0.8 * _BOX
            )
            top = 1.55 + 0.62 * (k % 2) * (len(section.inlets) > 1)
            arrow((x, top), (x, 1.0), _AQUEOUS)
            at = f"\nstage {stage}" if stage != stages else ""
            text(x, top + 0.06, _caption(inlet.stream, states, inlets) + at, va="bottom")
        level = 0
        leaving = [section.outlet] if section.outlet else []
        for name in leaving:
            product = _product_lines(simulation, name)
            x = left + 0.2 * _BOX
            arrow((x, 0.0), (x, -0.5), _PRODUCT if product else _AQUEOUS)
            text(
                x,
                -0.58,
                _caption(name, states, inlets) + product,
                va="top",
                fontweight="bold" if product else "normal",
            )
            level += 1
        for draw_ in section.draws:
            product = _product_lines(simulation, draw_.name)
            organic = draw_.phase == flowsheet_pb2.Draw.ORGANIC
            x = left + _BOX * (0.45 + 0.4 * (draw_.stage.value - 0.5) / max(1, stages))
            bottom = -0.5 - _LEVEL * 0.8 * level
            arrow(
                (x, 0.0), (x, bottom), _ORGANIC if organic else (_PRODUCT if product else _AQUEOUS)
            )
            caption = _caption(draw_.name, states, inlets) + f"\nfrom stage {draw_.stage.value}"
            text(
                x,
                bottom - 0.08,
                caption + product,
                va="top",
                fontweight="bold" if product else "normal",
            )
            lowest = min(lowest, bottom - 0.6)
            level += 1
    right = count * pitch - _GAP
    leaves = circuit.organic.outlet or "loaded organic"
    loaded = any(p.stream == leaves for p in simulation.flowsheet.products)
    _organic(simulation, circuit, axes, right, arrow, text)
    axes.set_xlim(-1.35, right + (2.1 if loaded else 1.35))
    axes.set_ylim(lowest - 0.95, 3.55)
    axes.axis("off")
    title = simulation.name
    if len(circuits) > 1:
        title = f"{title}: {circuit.name}" if title else circuit.name
    axes.set_title(title, fontsize=10)
    _legend(axes)
    return figure


def _box(left: float) -> Any:
    from matplotlib.patches import FancyBboxPatch

    return FancyBboxPatch(
        (left, 0.0),
        _BOX,
        1.0,
        boxstyle="round,pad=0,rounding_size=0.08",
        facecolor="#f4f4f4",
        edgecolor="black",
        linewidth=1.2,
    )


def _organic(
    simulation: Simulation,
    circuit: flowsheet_pb2.Circuit,
    axes: Axes,
    right: float,
    arrow: Any,
    text: Any,
) -> None:
    """The loop above all, or where the organic comes from and goes to."""
    organic = circuit.organic
    caption = circuit.extractant.system.value
    if circuit.extractant.HasField("concentration_mol_per_l"):
        caption += f", {known(circuit.extractant.concentration_mol_per_l):.3g} mol/L"
    # What another circuit's organic brings is a stream.
    origin = getattr(organic, "from")
    states = {s.name: s for s in simulation.proto.streams}
    if organic.HasField("flow_m3_per_h"):
        caption += f", organic {known(organic.flow_m3_per_h):.3g} m³/h"
    elif origin in states:
        caption += f", organic {states[origin].flow_m3_per_h:.3g} m³/h"
    if organic.HasField("saponification") and known(organic.saponification):
        caption += f", {100 * known(organic.saponification):.3g} % saponified"
    if organic.loop == flowsheet_pb2.Organic.OPEN:
        arrow((-0.9, 0.72), (0, 0.72), _ORGANIC)
        arrow((right, 0.72), (right + 0.9, 0.72), _ORGANIC)
        leaves = organic.outlet or "loaded organic"
        text(-0.5, 0.88, (origin or "fresh").replace(" ", "\n"), va="bottom")
        text(right + 0.5, 0.88, leaves.replace(" ", "\n"), va="bottom")
        product = _product_lines(simulation, leaves).strip()
        # In lines of their own: there is little room beside the last section.
        text(
            right + 0.15, 0.5, product.replace(": ", ":\n"), va="top", ha="left", fontweight="bold"
        )
        text(right / 2, 3.2, caption, color="#7a5200")
        return
    axes.plot(
        [right, right + 0.8, right + 0.8, -0.8, -0.8],
        [0.72, 0.72, 3.0, 3.0, 0.72],
        color=_ORGANIC,
        linewidth=1.8,
        solid_joinstyle="round",
    )
    arrow((-0.8, 0.72), (0, 0.72), _ORGANIC)
    text(right / 2, 3.2, caption, color="#7a5200")


def _legend(axes: Axes) -> None:
    from matplotlib.lines import Line2D

    kinds = (("organic", _ORGANIC), ("aqueous", _AQUEOUS), ("product", _PRODUCT))
    axes.legend(
        handles=[Line2D([], [], color=color, linewidth=1.8, label=name) for name, color in kinds],
        loc="lower right",
        ncol=3,
        frameon=False,
        fontsize=8,
    )
