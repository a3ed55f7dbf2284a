"""Setpoints of a plant that runs."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any, AsyncIterator, Iterator

import pytest
import yaml
from conftest import EXAMPLES, PROGRAM

import raffinate
import raffinate.aio
from raffinate.v1 import setpoints_pb2

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
PRESENT = {
    "streams.scrub acid.flow": 0.1,
    "streams.strip acid.flow": 0.14,
    "circuits.main.organic.saponification": 0.285,
}


def definition() -> dict[str, Any]:
    """The plant of the examples, its numbers without units."""
    file = yaml.safe_load((EXAMPLES / "setpoints" / "la-nd-plant.yaml").read_text())
    assay = {"relative_sd": 0.01, "max_age_h": 6}
    return {
        "flowsheet": file["flowsheet"],
        "moves": file["moves"],
        "instruments": {
            "streams.feed liquor.flow": {"relative_sd": 0.005, "max_age_h": 0.5},
            "streams.feed liquor.metals.La": assay,
            "streams.feed liquor.metals.Nd": assay,
            "streams.raffinate.metals.Nd": assay,
        },
        "parameters": {"La": {}, "Nd": {}},
        "demand_margin": 0.5,
        "interval_h": 1,
    }


def state(minutes: float = 0, **more: Any) -> setpoints_pb2.MeasuredState:
    """Everything measured at its time."""
    measurements: dict[str, float | raffinate.Measured] = {
        "streams.feed liquor.flow": raffinate.Measured(1000, "L/h"),
        "streams.feed liquor.metals.La": 0.092,
        "streams.feed liquor.metals.Nd": 0.089,
        **more.pop("measurements", {}),
    }
    time = START + datetime.timedelta(minutes=minutes)
    return raffinate.measured_state(PRESENT, measurements, time=time, **more)


@pytest.fixture
def running(client: raffinate.Client) -> Iterator[raffinate.Plant]:
    made = client.create_plant(definition())
    yield made
    made.delete()


def test_advice_is_a_frame_of_setpoints(running: raffinate.Plant) -> None:
    advice = running.advise(state())
    assert advice.feasible and list(advice.values) == list(PRESENT)
    assert list(advice.setpoints.index) == list(PRESENT)
    strip = advice.setpoints.loc["streams.strip acid.flow"]
    # 0.03 m3/h per hour, from where it is.
    assert strip["value"] == pytest.approx(0.11) and strip["active_limit"] == "move_down"
    assert strip["price"] > 0 and strip["objective_derivative"] > 0
    assert advice.readings.at["streams.feed liquor.flow", "measured"] == pytest.approx(1)
    assert advice.readings.at["streams.raffinate.metals.Nd", "status"] == "missing"
    purity = advice.demands.set_index("figure").loc["purity"]
    assert purity["met"] and purity["value"] > purity["sought"] - 1e-9 > purity["limit"] - 1e-9
    assert advice.valid_until == START + datetime.timedelta(minutes=30)
    assert "reagents" in repr(advice)


def test_a_plant_is_found_again_and_deleted(client: raffinate.Client) -> None:
    made = client.create_plant(definition(), request_id="python")
    assert client.create_plant(definition(), request_id="python").name == made.name
    assert made.name in client.plants().frame.index
    again = client.plant(made.name.split("/")[1])
    assert again.flowsheet == made.flowsheet
    limits = again.quantities.loc["streams.scrub acid.flow"]
    assert (limits["min"], limits["max"], limits["unit"]) == (0.03, 0.2, "m3/h")
    again.delete()
    with pytest.raises(raffinate.NotFound) as caught:
        made.refresh()
    assert caught.value.reason == "PLANT_NOT_FOUND"


def test_what_is_wrong_is_named(client: raffinate.Client, running: raffinate.Plant) -> None:
    wrong = definition()
    wrong["moves"] = {"streams.scrub acid.hcl": {"per_hour": 0.1}}
    with pytest.raises(raffinate.InvalidRequest) as invalid:
        client.create_plant(wrong)
    assert [v.path for v in invalid.value.violations] == ["plant.moves[0].setpoint"]
    wrong["moves"] = {"streams.scrub acid.flow": {"per_day": 0.1}}
    with pytest.raises(ValueError, match="moves.streams.scrub acid.flow.*per_day"):
        client.create_plant(wrong)
    with pytest.raises(ValueError, match="has no 'instrument'"):
        client.create_plant({"flowsheet": wrong["flowsheet"], "instrument": {}})
    with pytest.raises(ValueError, match="lacks its flowsheet"):
        client.create_plant({})
    with pytest.raises(ValueError, match="no zone"):
        raffinate.measured_state({}, {}, time=datetime.datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="'doubtful'; known are good"):
        raffinate.measured_state({}, {"x": raffinate.Measured(1, quality="doubtful")})
    lacking = state()
    del lacking.measurements[2]
    with pytest.raises(raffinate.Conflict, match="metals.Nd") as missing:
        running.advise(lacking)
    assert missing.value.reason == "MISSING_MEASUREMENTS"


def test_a_track_is_numbered_and_goes_on_over_a_killed_server(tmp_path: Path) -> None:
    database = str(tmp_path / "plants.db")
    with raffinate.local_server(PROGRAM, database=database) as first:
        address = first.address
        client = raffinate.Client(address)
        running = client.create_plant(definition())
        answers = running.track(state(60 * k) for k in range(4))
        seen = [next(answers), next(answers)]
        first.kill()
    with raffinate.local_server(PROGRAM, database=database, port=int(address.rsplit(":")[-1])):
        seen += list(answers)
        assert [a.sequence for a in seen] == [1, 2, 3, 4]
        assert all(a.advice is not None and a.values == a.advice.values for a in seen)
        # Another run of the client: what it lacks, then what is new.
        late = state(60 * 4)
        del late.measurements[:]
        more = list(running.track([late], last_sequence=3))
        assert [(a.sequence, a.proto.again) for a in more] == [(4, True), (5, False)]
        assert more[1].advice is None and more[1].held is not None
        assert more[1].held.reason == "MISSING_MEASUREMENTS" and more[1].held.expired
        assert more[1].values == {}
    client.close()


def test_constants_follow_the_plant_and_go_back(running: raffinate.Plant) -> None:
    at_rest = state(at_rest=True, measurements={"streams.raffinate.metals.Nd": 1e-3})
    running.update_parameters([at_rest])
    assert running.parameter_version == 1
    table = running.parameter_versions.loc[1]
    assert (table["sd_log10"] <= table["prior_sd_log10"]).all() and table["in_use"].all()
    assert (table["log10_k"] != 0).all()
    assert running.reset_parameters().parameter_version == 0
    with pytest.raises(raffinate.NotFound):
        running.reset_parameters(7)


def test_asyncio_gives_the_same(server: raffinate.LocalServer, running: raffinate.Plant) -> None:
    expected = running.advise(state())

    async def states() -> AsyncIterator[setpoints_pb2.MeasuredState]:
        for k in range(3):
            await asyncio.sleep(0)
            yield state(60 * k)

    async def run() -> None:
        async with raffinate.aio.Client(server.address) as client:
            plant = await client.plant(running.name)
            advice = await plant.advise(state())
            assert advice.values == pytest.approx(expected.values, rel=1e-6)
            seen = [a async for a in plant.track(states())]
            assert [a.sequence for a in seen] == [1, 2, 3]
            more = [a async for a in plant.track([state(180)], last_sequence=2)]
            assert [(a.sequence, a.proto.again) for a in more] == [(3, True), (4, False)]
            assert plant.name in (await client.plants()).frame.index
            made = await client.create_plant(definition())
            measured = {"streams.raffinate.metals.Nd": 1e-3}
            await made.update_parameters([state(at_rest=True, measurements=measured)])
            assert (await made.reset_parameters()).parameter_version == 0
            await made.delete()
            with pytest.raises(raffinate.NotFound):
                await made.refresh()

    asyncio.run(run())
