"""Systems, feeds, constants from data, and plants in time."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from conftest import EXAMPLES, ROOT

import raffinate

DATA = ROOT / "data" / "equilibria" / "pc88a-hcl.csv"


def test_systems_and_feeds_are_listed(client: raffinate.Client) -> None:
    systems = client.extractant_systems()
    assert "Nd" in systems.frame.loc["P507-HCl", "elements"].split()
    assert systems[0].name == systems.frame.index[0]
    feeds = client.feeds()
    magnet = feeds.frame.loc["magnet-ebike"]
    assert magnet["Nd_mol_per_l"] > 0.1 and math.isnan(magnet["Er_mol_per_l"])
    assert all(feeds.frame["source"].str.len() > 0)


def test_distribution_follows_the_law(client: raffinate.Client) -> None:
    """Mass action: one unit of pH is z decades of D, ten times the dimer m decades."""
    frames = [
        client.evaluate_extractant_system("P507-HCl", ph=ph, free_dimer_mol_per_l=c).frame
        for ph, c in ((1.0, 0.05), (2.0, 0.05), (1.0, 0.5))
    ]
    d = [f.loc["Nd", "d"] for f in frames]
    assert d[1] / d[0] == pytest.approx(1e3, rel=1e-9)
    nd = next(c for c in client.extractant_system("P507-HCl").constants if c.element == "Nd")
    dimers = nd.dimers if nd.HasField("dimers") else 3
    assert d[2] / d[0] == pytest.approx(10**dimers, rel=1e-9)
    in_order = frames[0]["d"].tolist()
    assert in_order == sorted(in_order)
    # A system of one's own is evaluated as the one of the server.
    own = client.evaluate_extractant_system(
        client.extractant_system("P507-HCl"), ph=1.0, free_dimer_mol_per_l=0.05
    )
    assert own.frame.equals(frames[0])


def test_fitted_constants_are_better_than_those_it_began_with(client: raffinate.Client) -> None:
    fit = client.fit_extractant_system(DATA, "P507-HCl", source="a test", name="mine")
    assert fit.agreement.loc["after", "rms_of_feed"] < fit.agreement.loc["before", "rms_of_feed"]
    inside = fit.parameters.dropna()
    assert ((inside["low"] < inside["value"]) & (inside["value"] < inside["high"])).all()
    residuals = fit.residuals
    assert len(residuals) == fit.agreement.loc["after", "values"]
    rms = (residuals["error_of_feed"] ** 2).mean() ** 0.5
    assert rms == pytest.approx(fit.agreement.loc["after", "rms_of_feed"], rel=1e-9)
    # The fitted system can be used at once.
    assert client.evaluate_extractant_system(fit.system, ph=1).frame.loc["Nd", "d"] > 0


def test_a_frame_fits_as_its_file(client: raffinate.Client) -> None:
    frame = pd.read_csv(DATA)
    file = client.fit_extractant_system(DATA, "P507-HCl", source="a test")
    assert client.fit_extractant_system(frame, "P507-HCl", source="a test").proto == file.proto


def test_wrong_tables_are_refused_by_row_and_column(client: raffinate.Client) -> None:
    frame = pd.read_csv(DATA)
    for change, words in (
        (frame.drop(columns="source"), "lacks the column source"),
        (frame.assign(extra=1), "unknown column extra"),
        (frame.assign(initial_h_mol_per_l="much"), "row 0, column initial_h_mol_per_l"),
    ):
        with pytest.raises(ValueError, match=words):
            client.fit_extractant_system(change, "P507-HCl", source="a test")
    with pytest.raises(ValueError, match="per_element"):
        client.fit_extractant_system(frame, "P507-HCl", source="a test", slopes="many")


def test_data_that_cannot_tell_parameters_apart_are_refused(client: raffinate.Client) -> None:
    """Traces at one acid and one extractant: K and slope go together."""
    flask = {
        "source": "a test",
        "initial_h_mol_per_l": 0.1,
        "x_monomer_mol_per_l": 1.0,
        "Nd_feed_mol_per_l": 1e-6,
        "Nd_raffinate_mol_per_l": 5e-7,
    }
    with pytest.raises(raffinate.Conflict) as caught:
        client.fit_extractant_system(pd.DataFrame([flask] * 4), source="a test")
    assert caught.value.reason == "NOT_DETERMINED"


def test_a_transient_ends_in_the_steady_state(client: raffinate.Client, tmp_path: Path) -> None:
    text = (EXAMPLES / "magnet-dynamics.yaml").read_text()
    steady = text[: text.index("  changes:")].replace("start: barren", "start: steady")
    transient = client.simulate_dynamic(steady.replace("70 days", "2 days"), stages=True)
    assert transient.complete and transient.message == ""
    frame = transient.frame
    assert list(frame.index) == [0, 12, 24, 36, 48]
    plant = client.simulate(EXAMPLES / "magnet-simulate.yaml")
    for product in ("light", "heavy"):
        expected = plant.products.loc[product, "impurity"]
        assert frame[f"{product}.impurity"].to_numpy() == pytest.approx(expected, rel=1e-5)
    assert transient.stages(-1)["ph"].to_numpy() == pytest.approx(
        plant.stages["ph"].to_numpy(), abs=1e-6
    )
    assert "on specification" in transient._repr_html_()


def test_a_start_from_barren_fills_the_plant(client: raffinate.Client) -> None:
    transient = client.simulate_dynamic(EXAMPLES / "magnet-dynamics.yaml")
    frame = transient.frame
    assert frame["Gd_kmol"].iloc[0] == 0 and frame["Gd_kmol"].iloc[60] > 0.1
    collected = frame["heavy.collected_reo_kg"]
    assert (collected.diff().dropna() >= 0).all()
    assert transient.products.loc["heavy", "on_specification_h"] > 43 * 24
