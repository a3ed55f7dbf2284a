"""Streams of simulations."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Iterator

import pytest
from conftest import EXAMPLES, PROGRAM

import raffinate
from raffinate.v1 import flowsheet_pb2


def varied(plant: raffinate.Simulation, count: int) -> Iterator[flowsheet_pb2.Flowsheet]:
    """Plants whose scrub acid grows from 0.9 to 1.1 of what it was."""
    for i in range(count):
        flowsheet = flowsheet_pb2.Flowsheet()
        flowsheet.CopyFrom(plant.flowsheet)
        flowsheet.streams[2].flow_m3_per_h.value *= 0.9 + 0.2 * i / count
        yield flowsheet


def test_answers_come_in_the_order_of_the_questions(
    client: raffinate.Client, plant: raffinate.Simulation
) -> None:
    flows = []
    for answer in client.simulate_batch(varied(plant, 300)):
        assert isinstance(answer, raffinate.Simulation) and answer.converged
        flows.append(answer.flowsheet.streams[2].flow_m3_per_h.value)
    assert len(flows) == 300 and flows == sorted(flows)
    # Each as if it were alone.
    one = next(itertools.islice(varied(plant, 300), 299, None))
    assert client.simulate(one).proto.figures == answer.proto.figures


def test_what_is_wrong_is_answered_in_its_place(
    client: raffinate.Client, plant: raffinate.Simulation
) -> None:
    bad = flowsheet_pb2.Flowsheet()
    bad.CopyFrom(plant.flowsheet)
    bad.streams[2].flow_m3_per_h.value = -1
    good = plant.flowsheet
    answers = list(client.simulate_batch([good, "name: a\nstreams: 3\n", bad, good, "name: b\n"]))
    kinds = [isinstance(a, raffinate.InvalidFlowsheet) for a in answers]
    assert kinds == [False, True, True, False, True]
    wrong = answers[2]
    assert isinstance(wrong, raffinate.InvalidFlowsheet)
    assert wrong.violations[0].path.startswith("streams[2].flow_m3_per_h") and "3" in wrong.source


def test_an_empty_batch_and_one_that_is_left_early(
    client: raffinate.Client, plant: raffinate.Simulation
) -> None:
    assert list(client.simulate_batch([])) == []
    first = next(iter(client.simulate_batch(varied(plant, 100_000))))
    assert isinstance(first, raffinate.Simulation)


def test_an_error_of_the_caller_comes_back(
    client: raffinate.Client, plant: raffinate.Simulation
) -> None:
    def broken() -> Iterator[flowsheet_pb2.Flowsheet]:
        yield from varied(plant, 2)
        raise RuntimeError("no more flowsheets")

    with pytest.raises(RuntimeError, match="no more flowsheets"):
        list(client.simulate_batch(broken()))
    with pytest.raises(FileNotFoundError):
        list(client.simulate_batch([plant, "nowhere.yaml"]))


def test_a_batch_survives_the_death_of_the_server(
    plant: raffinate.Simulation, tmp_path: Path
) -> None:
    server = raffinate.local_server(PROGRAM, threads=1)
    port = int(server.address.rsplit(":", 1)[1])
    try:
        with server.client() as client:
            flows = []
            for i, answer in enumerate(client.simulate_batch(varied(plant, 1000))):
                assert isinstance(answer, raffinate.Simulation)
                flows.append(answer.flowsheet.streams[2].flow_m3_per_h.value)
                if i == 200:
                    server.kill()
                    server = raffinate.local_server(PROGRAM, threads=1, port=port)
            expected = [f.streams[2].flow_m3_per_h.value for f in varied(plant, 1000)]
            assert flows == expected, "an answer was lost or came twice"
    finally:
        server.stop()


def test_a_transient_goes_on_after_the_death_of_the_server(client: raffinate.Client) -> None:
    file = EXAMPLES / "magnet-dynamics.yaml"
    expected = client.simulate_dynamic(file).frame
    server = raffinate.local_server(PROGRAM, threads=1)
    port = int(server.address.rsplit(":", 1)[1])
    try:
        with server.client() as other:
            times = []
            for state in other.watch_dynamic(file):
                if hasattr(state, "time_h"):
                    times.append(state.time_h)
                    if len(times) == 5:
                        server.kill()
                        server = raffinate.local_server(PROGRAM, threads=1, port=port)
            assert times == list(expected.index)
    finally:
        server.stop()
