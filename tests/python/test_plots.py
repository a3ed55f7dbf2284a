"""What pictures show is in the data, units are on the axes, and they can be told apart."""

from __future__ import annotations

import io
from typing import Any

import matplotlib.colors
import pytest
from conftest import EXAMPLES

import raffinate
from raffinate.plotting import style


def saved(figure: Any) -> int:
    """Bytes of the picture, drawn in full."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=60)
    return len(buffer.getvalue())


def texts(figure: Any) -> str:
    import matplotlib.text

    return "\n".join(t.get_text() for t in figure.findobj(matplotlib.text.Text))


def test_the_profile_has_every_element_over_every_stage(plant: raffinate.Simulation) -> None:
    figure = plant.plot_profile()
    aqueous, organic, ph, loading = figure.axes
    assert {line.get_label() for line in aqueous.lines} == {
        "La",
        "Ce",
        "Pr",
        "Nd",
        "Sm",
        "Gd",
        "Dy",
        "Na",
    }
    nd = next(line for line in organic.lines if line.get_label() == "Nd")
    assert list(nd.get_ydata()) == list(plant.stages["Nd_organic_mol_per_l"])
    assert aqueous.get_ylabel() == "aqueous [mol/L]" and aqueous.get_yscale() == "log"
    assert list(ph.lines[0].get_ydata()) == list(plant.stages["ph"])
    assert "%" in loading.get_ylabel() and "extraction" in texts(figure)
    assert saved(figure) > 10_000
    assert len(plant.plot_profile(["Nd", "Gd"]).axes[0].lines) == 2
    with pytest.raises(ValueError, match="Xx"):
        plant.plot_profile(["Xx"])


def test_the_drawing_names_every_section_stream_and_product(
    client: raffinate.Client, plant: raffinate.Simulation
) -> None:
    for simulation in (
        plant,
        client.simulate(EXAMPLES / "gd-eu-sm-simulate.yaml"),
        client.simulate(EXAMPLES / "nd-pr-split-simulate.yaml"),
        client.simulate(EXAMPLES / "tbp-nitrate.yaml"),
    ):
        figure = simulation.draw_flowsheet()
        shown = texts(figure).replace("\n", " ")
        circuit = simulation.flowsheet.circuits[0]
        for section in circuit.sections:
            assert section.name in shown and f"{section.stages.value} stage" in shown
            for draw in section.draws:
                assert draw.name in shown
        for stream in simulation.flowsheet.streams:
            assert stream.name in shown and f"{stream.flow_m3_per_h.value:.3g} m³/h" in shown
        for product in simulation.flowsheet.products:
            assert f"{product.name}: " in shown
        assert saved(figure) > 5_000


def test_mccabe_thiele_steps_between_the_lines(client: raffinate.Client) -> None:
    split = client.simulate(EXAMPLES / "nd-pr-split-simulate.yaml")
    figure = split.plot_mccabe_thiele("Nd", "Pr")
    axes = figure.axes[0]
    lines = {line.get_label(): line for line in axes.lines}
    x, y = (list(v) for v in lines["stages"].get_data())
    assert len(x) == len(split.stages)
    # Nd is the more extractable: every stage lies above the diagonal.
    assert all(b > a for a, b in zip(x, y))
    assert any(label.startswith("equilibrium, separation factor") for label in lines)
    assert "[mol/mol]" in axes.get_xlabel()
    with pytest.raises(ValueError, match="Yb"):
        split.plot_mccabe_thiele("Nd", "Yb")


def test_sensitivities_show_the_largest_first(plant: raffinate.Simulation) -> None:
    figure = plant.plot_sensitivities(["heavy.impurity"], levers=5)
    axes = figure.axes[0]
    widths = {round(bar.get_y()): bar.get_width() for bar in axes.patches}
    from_top = [widths[k] for k in sorted(widths, reverse=True)]
    assert len(from_top) == 5
    assert [abs(w) for w in from_top] == sorted((abs(w) for w in from_top), reverse=True)
    assert from_top[0] == plant.elasticities["heavy.impurity"].dropna().abs().max() * (
        1 if from_top[0] > 0 else -1
    )
    assert saved(plant.plot_sensitivities()) > 10_000
    with pytest.raises(ValueError, match="known are"):
        plant.plot_sensitivities(["colour"])


def test_the_front_shows_every_design(front: raffinate.ParetoSet) -> None:
    figure = front.plot_pareto(highlight=[1, len(front)])
    axes = figure.axes[0]
    points = axes.collections[0].get_offsets()
    assert len(points) == len(front)
    # Purity is told by what is missing to it.
    assert "impurity" in axes.get_xlabel() and "[ppm]" in axes.get_xlabel()
    assert points[0][0] == pytest.approx(1e6 * front.figure("impurity").loc[1])
    assert "[kg/t REO]" in axes.get_ylabel() and f"design {len(front)}" in texts(figure)
    assert saved(figure) > 5_000
    other = front.plot_pareto("stages", "wastewater")
    assert other.axes[0].get_ylabel() == "wastewater [m³/t REO]"
    with pytest.raises(KeyError, match="colour"):
        front.plot_pareto("colour")
    with pytest.raises(IndexError):
        front.plot_pareto(highlight=10_000)
    with pytest.raises(ValueError, match="empty"):
        raffinate.ParetoSet([]).plot_pareto()


def test_a_transient_has_units_of_time(client: raffinate.Client) -> None:
    figure = client.simulate_dynamic(EXAMPLES / "magnet-dynamics.yaml").plot()
    assert figure.axes[2].get_xlabel() == "time [days]"
    assert figure.axes[0].get_ylabel() == "impurity [ppm]"
    assert saved(figure) > 10_000


def test_a_given_axes_is_drawn_on(front: raffinate.ParetoSet, plant: raffinate.Simulation) -> None:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2)
    assert front.plot_pareto(ax=axes[0]) is figure
    assert plant.draw_flowsheet(axes[1]) is figure
    plt.close(figure)
    assert plt.get_fignums() == [], "pictures stay in pyplot's list"


def test_no_two_series_look_alike() -> None:
    looks = [style.series(i) for i in range(16)]
    assert len({(s["color"], s["marker"], s["linestyle"]) for s in looks}) == 16
    assert len({s["marker"] for s in looks[:8]}) == 8  # without any colour
    for color in style.COLORS:
        assert matplotlib.colors.is_color_like(color)


def test_each_of_several_circuits_has_its_pictures(client: raffinate.Client) -> None:
    linked = client.simulate(EXAMPLES / "magnet-linked-simulate.yaml")
    for name in ("didymium", "heavy"):
        drawn = linked.draw_flowsheet(circuit=name)
        assert drawn.axes[0].get_title().endswith(name)
        profile = linked.plot_profile(circuit=name)
        last = linked.stages[linked.stages["circuit"] == name].index[-1]
        assert profile.axes[0].get_xlim()[1] == last + 0.5
    # What another circuit's organic brings is no fresh one.
    words = [t.get_text() for t in linked.draw_flowsheet(circuit="heavy").axes[0].texts]
    assert "didymium\norganic" in words
    assert "fresh" not in words
    with pytest.raises(ValueError, match="didymium, heavy"):
        linked.draw_flowsheet(circuit="light")
