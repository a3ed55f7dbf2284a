"""Bad input at every door: what it is, where it is, what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import EXAMPLES, PROGRAM, SEARCH

import raffinate
from raffinate.v1 import flowsheet_pb2

MAGNET = EXAMPLES / "magnet-simulate.yaml"


def test_every_problem_of_a_file_comes_with_its_line(
    client: raffinate.Client, tmp_path: Path
) -> None:
    text = (
        MAGNET.read_text()
        .replace("flow: 0.12 m3/h", "flow: 0.12 kg")
        .replace("stages: 7", "stages: 0")
    )
    file = tmp_path / "plant.yaml"
    file.write_text(text)
    with pytest.raises(raffinate.InvalidFlowsheet) as caught:
        client.simulate(file)
    lines = text.splitlines()
    violations = caught.value.violations
    assert [v.path for v in violations] == [
        "streams.caustic.flow",
        "circuits.heavy.sections.scrub.stages",
    ]
    for violation, words in zip(violations, ("0.12 kg", "stages: 0")):
        assert violation.line is not None and words in lines[violation.line - 1]
    assert f"{file}:{violations[0].line}:" in str(caught.value)
    assert "2 problems" in str(caught.value)
    assert caught.value.code == "INVALID_ARGUMENT" and caught.value.reason == "INVALID_FLOWSHEET"


@pytest.mark.parametrize("call", ["simulate", "optimize", "simulate_dynamic", "parse"])
@pytest.mark.parametrize(
    "text, word",
    [
        ("", "path"),
        ("streams: [\n", ""),
        ("name: a\nstreems:\n  feed: {flow: 1 m3/h}\n", "streams"),
        ("just words\nand more\n", ""),
        ("name: a\nstreams:\n  feed: {flow: 1 m3/h, Xx: 1 mol/L}\n", "Xx"),
        ("\x00\n", ""),
    ],
)
def test_texts_that_are_no_flowsheet(
    client: raffinate.Client, call: str, text: str, word: str
) -> None:
    if not text:
        with pytest.raises((FileNotFoundError, IsADirectoryError)):
            getattr(client, call)(text)
        return
    with pytest.raises(raffinate.InvalidFlowsheet) as caught:
        getattr(client, call)(text)
    assert caught.value.violations and word in str(caught.value)
    assert all(v.description for v in caught.value.violations)


def test_ranges_where_numbers_are_needed_and_the_other_way_round(client: raffinate.Client) -> None:
    with pytest.raises(raffinate.InvalidFlowsheet) as caught:
        client.simulate(SEARCH)
    assert len(caught.value.violations) == 7  # one per decision
    with pytest.raises(raffinate.InvalidFlowsheet):
        client.optimize(MAGNET)
    with pytest.raises(raffinate.InvalidFlowsheet, match="dynamics"):
        client.simulate_dynamic(MAGNET)


def test_a_mapping_has_paths_and_no_lines(client: raffinate.Client) -> None:
    with pytest.raises(raffinate.InvalidFlowsheet) as caught:
        client.simulate({"name": "a", "streams": {"feed": {"flow": "1 kg"}}})
    at_feed = [v for v in caught.value.violations if v.path == "streams.feed.flow"]
    assert len(at_feed) == 1 and at_feed[0].line is None
    with pytest.raises(TypeError, match="set"):
        client.simulate({"name": {1, 2}})


def test_a_message_has_paths_of_the_message(client: raffinate.Client) -> None:
    flowsheet = client.parse(MAGNET)
    flowsheet.streams[1].flow_m3_per_h.value = float("nan")
    flowsheet.circuits[0].sections[2].stages.value = -1
    with pytest.raises(raffinate.InvalidFlowsheet) as caught:
        client.simulate(flowsheet)
    paths = {v.path for v in caught.value.violations}
    assert "streams[1].flow_m3_per_h.value" in paths
    assert any(p.startswith("circuits[0].sections[2].stages") for p in paths)
    with pytest.raises(raffinate.InvalidFlowsheet):
        client.to_yaml(flowsheet)
    with pytest.raises(raffinate.InvalidFlowsheet):
        client.simulate(flowsheet_pb2.Flowsheet())


def test_files_that_cannot_be_read(client: raffinate.Client, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere.yaml"):
        client.simulate(tmp_path / "nowhere.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Gr\xfcn\n".encode("latin-1"))
    with pytest.raises(raffinate.InvalidFlowsheet, match="UTF-8"):
        client.simulate(latin)
    with pytest.raises(TypeError, match="int"):
        client.simulate(3)  # type: ignore[arg-type]


def test_names_that_are_not_known(client: raffinate.Client) -> None:
    with pytest.raises(raffinate.NotFound) as caught:
        client.extractant_system("P570-HCl")
    assert "P507-HCl" in str(caught.value)
    assert caught.value.reason == "EXTRACTANT_SYSTEM_NOT_FOUND"
    with pytest.raises(raffinate.NotFound):
        client.job("aaaaaaaaaaaa")
    with pytest.raises(raffinate.InvalidRequest) as bad:
        client.job("No Such Name")
    assert bad.value.violations[0].path == "name"


def test_states_and_options_that_are_not_possible(client: raffinate.Client) -> None:
    with pytest.raises(raffinate.InvalidRequest) as caught:
        client.evaluate_extractant_system("P507-HCl", ph=99, loading=2)
    assert {v.path for v in caught.value.violations} >= {"ph", "loading"}
    with pytest.raises(ValueError, match="timeout_s"):
        client.simulate(MAGNET, timeout_s=-1)
    with pytest.raises(ValueError, match="give_up_s"):
        raffinate.Retry(give_up_s=-1)


def test_many_violations_fit_or_say_how_many_are_left_out(client: raffinate.Client) -> None:
    flowsheet = client.parse(MAGNET)
    for i in range(500):
        flowsheet.streams.add(name=f"stream {i}").flow_m3_per_h.value = float("nan")
    with pytest.raises(raffinate.InvalidFlowsheet) as caught:
        client.simulate(flowsheet)
    assert "more problems" in str(caught.value)


def test_no_server_is_said_with_its_address() -> None:
    with raffinate.Client("127.0.0.1:1", retry=raffinate.Retry(give_up_s=0.5)) as nobody:
        with pytest.raises(raffinate.Unavailable, match="127.0.0.1:1"):
            nobody.simulate(MAGNET)
        with pytest.raises(raffinate.Unavailable, match="raffinate serve"):
            nobody.wait_ready(0.3)


def test_a_server_that_does_not_start_says_why(server: raffinate.LocalServer) -> None:
    port = int(server.address.rsplit(":", 1)[1])
    with pytest.raises(raffinate.Unavailable, match="in use"):
        raffinate.local_server(PROGRAM, port=port)
    with pytest.raises(FileNotFoundError, match="RAFFINATE_PROGRAM"):
        raffinate.local_server("/nowhere/raffinate")


def test_details_of_a_stranger_are_not_believed() -> None:
    from raffinate.errors import decode_details

    assert decode_details(b"\xff\xff\xff").violations == []
    assert decode_details(b"").reason == ""


def test_the_number_of_problems_is_that_of_all() -> None:
    # As the server says it where it leaves out what would be too long.
    first = raffinate.Violation("streams[0].flow_m3_per_h", "is 0; must be above 0")
    error = raffinate.InvalidRequest("812 problems, the first: streams[0]", [first, first])
    assert str(error).splitlines()[0] == "812 problems in the request"
    assert str(raffinate.InvalidRequest("invalid request", [first])).startswith("1 problem in")
