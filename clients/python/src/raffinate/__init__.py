"""Designs solvent-extraction plants for rare earths: the client of ``raffinate serve``.

::

    import raffinate

    with raffinate.local_server() as server, server.client() as client:
        plant = client.simulate("examples/magnet-simulate.yaml")
        plant.products, plant.stages        # pandas frames
        plant.plot_profile()                # matplotlib figures

        job = client.optimize("examples/magnet-optimize.yaml")
        front = job.result(progress=True)
        front.plot_pareto()

:mod:`raffinate.aio` has the same client for asyncio. Names of figures, streams and columns are
those of the API and end in their unit.
"""

from raffinate._queries import Distribution
from raffinate._retry import Retry
from raffinate.client import Client
from raffinate.errors import (
    Conflict,
    DeadlineExceeded,
    InvalidFlowsheet,
    InvalidRequest,
    NotFound,
    OptimizationFailed,
    Overloaded,
    RaffinateError,
    Unavailable,
    Violation,
)
from raffinate.fit import Fit
from raffinate.flowsheets import FlowsheetLike
from raffinate.jobs import Job, Update
from raffinate.local import LocalServer, local_server
from raffinate.pareto import ParetoSet
from raffinate.plants import (
    Advice,
    Measured,
    Plant,
    PlantLike,
    TrackAnswer,
    measured_state,
)
from raffinate.results import Collection, Simulation, Transient

__version__ = "0.1.0"

__all__ = [
    "Advice",
    "Client",
    "Collection",
    "Conflict",
    "DeadlineExceeded",
    "Distribution",
    "Fit",
    "FlowsheetLike",
    "InvalidFlowsheet",
    "InvalidRequest",
    "Job",
    "LocalServer",
    "Measured",
    "NotFound",
    "OptimizationFailed",
    "Overloaded",
    "ParetoSet",
    "Plant",
    "PlantLike",
    "RaffinateError",
    "Retry",
    "Simulation",
    "TrackAnswer",
    "Transient",
    "Unavailable",
    "Update",
    "Violation",
    "local_server",
    "measured_state",
]
