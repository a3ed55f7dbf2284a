"""Every call of the API, typed. No code of a gRPC plug-in is needed for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Generic, TypeVar

import grpc
from google.protobuf import empty_pb2
from google.protobuf.message import Message

from raffinate.v1 import chemistry_pb2 as chemistry
from raffinate.v1 import flowsheet_pb2 as flowsheet
from raffinate.v1 import flowsheets_pb2 as flowsheets
from raffinate.v1 import optimizations_pb2 as optimizations
from raffinate.v1 import setpoints_pb2 as setpoints
from raffinate.v1 import simulator_pb2 as simulator

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)


@dataclass(frozen=True)
class Method(Generic[Request, Response]):
    """One call: its name on the wire and the messages that go each way."""

    path: str
    request: type[Request]
    response: type[Response]

    def bind(self, make: Callable[..., Any]) -> Any:
        """``make`` is the channel's method for this kind of call."""
        return make(
            self.path,
            request_serializer=self.request.SerializeToString,
            response_deserializer=self.response.FromString,
        )


def _method(
    service: str, name: str, request: type[Request], response: type[Response]
) -> Method[Request, Response]:
    return Method(f"/raffinate.v1.{service}/{name}", request, response)


SIMULATE = _method("Simulator", "Simulate", simulator.SimulateRequest, simulator.SimulateResponse)
SIMULATE_BATCH = _method(
    "Simulator", "SimulateBatch", simulator.SimulateBatchRequest, simulator.SimulateBatchResponse
)
SIMULATE_DYNAMIC = _method(
    "Simulator",
    "SimulateDynamic",
    simulator.SimulateDynamicRequest,
    simulator.SimulateDynamicResponse,
)
PARSE_FLOWSHEET = _method(
    "Flowsheets",
    "ParseFlowsheet",
    flowsheets.ParseFlowsheetRequest,
    flowsheets.ParseFlowsheetResponse,
)
FORMAT_FLOWSHEET = _method(
    "Flowsheets",
    "FormatFlowsheet",
    flowsheets.FormatFlowsheetRequest,
    flowsheets.FormatFlowsheetResponse,
)
CREATE_OPTIMIZATION = _method(
    "Optimizations",
    "CreateOptimization",
    optimizations.CreateOptimizationRequest,
    optimizations.Optimization,
)
GET_OPTIMIZATION = _method(
    "Optimizations",
    "GetOptimization",
    optimizations.GetOptimizationRequest,
    optimizations.Optimization,
)
LIST_OPTIMIZATIONS = _method(
    "Optimizations",
    "ListOptimizations",
    optimizations.ListOptimizationsRequest,
    optimizations.ListOptimizationsResponse,
)
CANCEL_OPTIMIZATION = _method(
    "Optimizations",
    "CancelOptimization",
    optimizations.CancelOptimizationRequest,
    optimizations.Optimization,
)
DELETE_OPTIMIZATION = _method(
    "Optimizations", "DeleteOptimization", optimizations.DeleteOptimizationRequest, empty_pb2.Empty
)
WATCH_OPTIMIZATION = _method(
    "Optimizations",
    "WatchOptimization",
    optimizations.WatchOptimizationRequest,
    optimizations.WatchOptimizationResponse,
)
LIST_FLOWSHEETS = _method(
    "Optimizations",
    "ListFlowsheets",
    optimizations.ListFlowsheetsRequest,
    optimizations.ListFlowsheetsResponse,
)
LIST_EXTRACTANT_SYSTEMS = _method(
    "Chemistry",
    "ListExtractantSystems",
    chemistry.ListExtractantSystemsRequest,
    chemistry.ListExtractantSystemsResponse,
)
GET_EXTRACTANT_SYSTEM = _method(
    "Chemistry",
    "GetExtractantSystem",
    chemistry.GetExtractantSystemRequest,
    flowsheet.ExtractantSystem,
)
EVALUATE_EXTRACTANT_SYSTEM = _method(
    "Chemistry",
    "EvaluateExtractantSystem",
    chemistry.EvaluateExtractantSystemRequest,
    chemistry.EvaluateExtractantSystemResponse,
)
FIT_EXTRACTANT_SYSTEM = _method(
    "Chemistry",
    "FitExtractantSystem",
    chemistry.FitExtractantSystemRequest,
    chemistry.FitExtractantSystemResponse,
)
LIST_FEEDS = _method(
    "Chemistry", "ListFeeds", chemistry.ListFeedsRequest, chemistry.ListFeedsResponse
)
CREATE_PLANT = _method("Setpoints", "CreatePlant", setpoints.CreatePlantRequest, setpoints.Plant)
GET_PLANT = _method("Setpoints", "GetPlant", setpoints.GetPlantRequest, setpoints.Plant)
LIST_PLANTS = _method(
    "Setpoints", "ListPlants", setpoints.ListPlantsRequest, setpoints.ListPlantsResponse
)
DELETE_PLANT = _method("Setpoints", "DeletePlant", setpoints.DeletePlantRequest, empty_pb2.Empty)
ADVISE = _method("Setpoints", "Advise", setpoints.AdviseRequest, setpoints.AdviseResponse)
TRACK = _method("Setpoints", "Track", setpoints.TrackRequest, setpoints.TrackResponse)
UPDATE_PARAMETERS = _method(
    "Setpoints", "UpdateParameters", setpoints.UpdateParametersRequest, setpoints.Plant
)
RESET_PARAMETERS = _method(
    "Setpoints", "ResetParameters", setpoints.ResetParametersRequest, setpoints.Plant
)


def channel_options() -> list[tuple[str, int]]:
    """Pareto sets with profiles are larger than the default of 4 MiB; back-off below that of
    :class:`raffinate.Retry`, which waits on top of it."""
    return [
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", 16 * 1024),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
        # Despite its name the least time that an attempt to connect is given: a slow network
        # needs it.
        ("grpc.min_reconnect_backoff_ms", 5000),
        # A peer that vanished without a word is noticed within six minutes, also in a call that
        # sends nothing more.
        ("grpc.keepalive_time_ms", 300_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.max_pings_without_data", 0),
    ]


def make_channel_arguments(
    address: str, credentials: grpc.ChannelCredentials | None
) -> dict[str, Any]:
    """Arguments of ``insecure_channel`` or ``secure_channel``, sync or asyncio."""
    arguments: dict[str, Any] = {"target": address, "options": channel_options()}
    if credentials is not None:
        arguments["credentials"] = credentials
    return arguments
