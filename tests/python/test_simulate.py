"""Frames say what the plant does, and every form of a flowsheet is the same flowsheet."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml
from conftest import EXAMPLES

import raffinate

MAGNET = EXAMPLES / "magnet-simulate.yaml"
ELEMENTS = ["La", "Ce", "Pr", "Nd", "Sm", "Gd", "Dy"]


def test_streams_close_the_balance_of_every_element(plant: raffinate.Simulation) -> None:
    streams = plant.streams
    for element in ELEMENTS:
        moles = streams["flow_m3_per_h"] * streams[f"{element}_mol_per_l"].fillna(0)
        entering = moles[streams["role"].isin(["feed", "inlet"])].sum()
        leaving = moles[streams["role"].isin(["outlet", "draw"])].sum()
        assert leaving == pytest.approx(entering, rel=1e-9), element


def test_products_follow_from_their_streams(plant: raffinate.Simulation) -> None:
    fed = plant.streams.loc["feed liquor"]
    out = plant.streams.loc["strip liquor"]
    wanted = ["Sm", "Gd", "Dy"]
    moles_fed = sum(fed["flow_m3_per_h"] * fed[f"{e}_mol_per_l"] for e in wanted)
    moles_out = sum(out["flow_m3_per_h"] * out[f"{e}_mol_per_l"] for e in wanted)
    assert plant.products.loc["heavy", "recovery"] == pytest.approx(moles_out / moles_fed, rel=1e-9)
    heavy = plant.products.loc["heavy"]
    assert heavy["purity"] + heavy["impurity"] == pytest.approx(1, abs=1e-15)


def test_stages_are_a_counter_current(plant: raffinate.Simulation) -> None:
    stages = plant.stages
    assert list(stages.index) == list(range(1, 21))
    assert plant.figures.loc["stages", "value"] == len(stages)
    # D is the ratio of the phases, stage by stage.
    d = stages["Gd_organic_mol_per_l"] / stages["Gd_aqueous_mol_per_l"]
    np.testing.assert_allclose(stages["Gd_d"][2:], d[2:], rtol=1e-9)
    assert plant.figures.loc["max_ph", "value"] == stages["ph"].max()


def test_figures_have_units(plant: raffinate.Simulation) -> None:
    assert plant.figures.loc["reagents", "unit"] == "kg/t REO"
    assert plant.figures.loc["wastewater", "unit"] == "m³/t REO"
    f = plant.figures["value"]
    assert f["reagents"] == pytest.approx(f["acid"] + f["base"], rel=1e-12)


def test_a_path_its_text_a_mapping_and_a_message_are_the_same(client: raffinate.Client) -> None:
    text = MAGNET.read_text()
    message = client.parse(MAGNET)
    figures = [
        client.simulate(form).proto.figures
        for form in (MAGNET, str(MAGNET), text, yaml.safe_load(text), message)
    ]
    assert all(f == figures[0] for f in figures)


def test_numpy_numbers_may_stand_in_a_mapping(client: raffinate.Client) -> None:
    mapping = yaml.safe_load(MAGNET.read_text())
    mapping["circuits"]["heavy"]["sections"]["scrub"]["stages"] = np.int64(7)
    mapping["circuits"]["heavy"]["sections"]["scrub"]["efficiency"] = np.float64(1)
    assert client.simulate(mapping).proto.figures == client.simulate(MAGNET).proto.figures


def test_units_are_converted(client: raffinate.Client) -> None:
    other = MAGNET.read_text().replace("flow: 0.12 m3/h", "flow: 2 L/min")
    assert client.parse(other).streams[1].flow_m3_per_h.value == pytest.approx(0.12, rel=1e-12)


def test_yaml_of_a_result_simulates_to_the_same_bits(
    client: raffinate.Client, front: raffinate.ParetoSet
) -> None:
    design = front.design(3)
    again = client.simulate(client.to_yaml(design))
    assert again.proto.figures == design.proto.figures
    assert client.simulate(design).proto.figures == design.proto.figures


def test_derivatives_are_those_of_the_simulator(
    client: raffinate.Client, plant: raffinate.Simulation
) -> None:
    """Central differences of the simulator itself, in a lever of each kind."""
    for path, name in (
        ("streams[2].flow_m3_per_h", "streams.scrub acid.flow [m3/h]"),
        ("streams[3].hcl_mol_per_l", "streams.strip acid.hcl [mol/L]"),
    ):
        values = []
        for sign in (1, -1):
            flowsheet = client.parse(plant)
            index, field = int(path[8]), path.rsplit(".", 1)[1]
            leaf = getattr(flowsheet.streams[index], field)
            step = 1e-5 * leaf.value
            leaf.value += sign * step
            values.append(client.simulate(flowsheet).figures["value"])
        for figure in ("wastewater", "reagents", "chloride"):
            difference = (values[0][figure] - values[1][figure]) / (2 * step)
            assert plant.derivatives.loc[name, figure] == pytest.approx(difference, rel=1e-4), name


def test_a_parsed_message_is_a_copy(client: raffinate.Client, plant: raffinate.Simulation) -> None:
    client.parse(plant).name = "another"
    assert plant.name == "Magnet recycling, light/heavy split"


def test_elasticities_are_scaled_derivatives(plant: raffinate.Simulation) -> None:
    lever = "streams.caustic.naoh [mol/L]"
    scaled = plant.derivatives.loc[lever, "base"] * 2.0 / plant.figures.loc["base", "value"]
    assert plant.elasticities.loc[lever, "base"] == pytest.approx(scaled, rel=1e-9)


def test_a_cascade_that_does_not_converge_is_an_answer(client: raffinate.Client) -> None:
    without = client.simulate(MAGNET)
    assert without.converged and without.message == ""
    with pytest.raises(ValueError, match="sensitivities=True"):
        _ = without.elasticities


def test_flags_name_their_stages(plant: raffinate.Simulation) -> None:
    flag = plant.flags[plant.flags["section"] == "strip"].iloc[0]
    assert flag["code"] == "PH_OUT_OF_RANGE"
    assert flag["stages"] == (17, 18, 19, 20)
    assert plant.evidence.loc["heavy", "weakest_elements"] == "Gd"


def test_the_plant_report_has_its_lines(plant: raffinate.Simulation) -> None:
    reagents = plant.plant["reagents"]
    assert len(reagents) == len(plant.proto.plant.reagents) > 0
    assert (reagents["kg_per_t_reo"] >= 0).all()
    costs = plant.plant["costs"]
    assert list(costs["usd_per_h"]) == [line.usd_per_h for line in plant.proto.plant.costs]
    assert plant.figures.loc["operating_cost", "unit"] == "USD/kg REO"
    assert plant.figures.loc["settler_area", "unit"] == "m²"


def test_every_element_leaves(plant: raffinate.Simulation) -> None:
    elements = plant.elements
    assert elements.groupby("element")["share"].sum().to_numpy() == pytest.approx(1, abs=1e-9)
    assert set(elements["kind"]) >= {"product", "impurity", "loss"}
    nd = elements[elements["element"] == "Nd"]
    assert nd["kg_per_h"].sum() == pytest.approx(1000 * 26.520e-3 / 1.16638, rel=1e-3)


def test_json_is_that_of_the_api(plant: raffinate.Simulation) -> None:
    data = json.loads(plant.to_json())
    assert data["figures"]["wastewater_m3_per_t_reo"] == plant.figures.loc["wastewater", "value"]


def test_a_notebook_sees_products_and_no_script(
    client: raffinate.Client, plant: raffinate.Simulation
) -> None:
    assert "heavy" in plant._repr_html_() and "PH_OUT_OF_RANGE" in plant._repr_html_()
    evil = client.parse(plant)
    evil.name = "<script>alert(1)</script>"
    assert "<script>" not in client.simulate(evil)._repr_html_()


def test_scenarios_spread_what_is_uncertain(client: raffinate.Client) -> None:
    text = MAGNET.read_text() + "scenarios: {constants: true, log10_error: 0.02}\n"
    found = client.simulate(text, scenarios=100).robustness
    demands = found["demands"].set_index("figure")
    assert 0 <= demands.loc["all at once", "least"] <= demands.loc["all at once", "share"]
    figures = found["figures"].set_index(["product", "figure"])
    purity = figures.loc[("heavy", "purity")]
    assert purity["least"] <= purity["p5"] <= purity["median"] <= purity["p95"] <= purity["most"]
    with pytest.raises(ValueError, match="scenarios=1000"):
        _ = client.simulate(MAGNET).robustness
    with pytest.raises(raffinate.InvalidFlowsheet, match="nothing is uncertain"):
        client.simulate(MAGNET, scenarios=10)
