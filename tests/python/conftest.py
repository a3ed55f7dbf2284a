"""A real server, started from the program that was built with this tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator

import matplotlib
import pytest

import raffinate

matplotlib.use("Agg")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PROGRAM = os.environ["RAFFINATE_PROGRAM"]  # without it nothing can be tested: an error, no skip

# A search of a second. Names and streams as in the example.
SEARCH = (
    (EXAMPLES / "magnet-optimize.yaml")
    .read_text()
    .replace("evaluations: 20000", "evaluations: 1500")
)


@pytest.fixture(scope="session")
def server() -> Iterator[raffinate.LocalServer]:
    with raffinate.local_server(PROGRAM, threads=1) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: raffinate.LocalServer) -> Iterator[raffinate.Client]:
    with server.client() as connected:
        connected.wait_ready()
        yield connected


@pytest.fixture(scope="session")
def plant(client: raffinate.Client) -> raffinate.Simulation:
    """The magnet-recycling plant with sensitivities."""
    return client.simulate(EXAMPLES / "magnet-simulate.yaml", sensitivities=True)


@pytest.fixture(scope="session")
def front(client: raffinate.Client) -> raffinate.ParetoSet:
    """A small search over the same plant."""
    return client.optimize(SEARCH).result(timeout_s=120)
