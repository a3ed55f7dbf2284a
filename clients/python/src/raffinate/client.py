"""The client for programs and notebooks; :mod:`raffinate.aio` has the same for asyncio."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from types import TracebackType
from typing import Any, Callable, Iterable, Iterator, Mapping

import grpc

from raffinate import _queries, _rpc, fit, flowsheets, plants
from raffinate._retry import Attempts, Retry
from raffinate._rpc import Method, Request, Response
from raffinate.errors import InvalidFlowsheet, Unavailable, from_grpc
from raffinate.flowsheets import FlowsheetLike
from raffinate.jobs import Job
from raffinate.plants import Plant, PlantLike
from raffinate.results import Collection, Simulation, Transient
from raffinate.v1 import (
    chemistry_pb2,
    dynamics_pb2,
    flowsheet_pb2,
    flowsheets_pb2,
    optimizations_pb2,
    setpoints_pb2,
    simulator_pb2,
)

DEFAULT_ADDRESS = "127.0.0.1:7410"


class Client:
    """A connection to ``raffinate serve``. Thread safe; a context manager.

    Calls are repeated as ``retry`` says while the server is away or full. ``timeout_s`` of a call
    bounds it with all its repetitions: DeadlineExceeded. Errors are those of
    :mod:`raffinate.errors`.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        retry: Retry = Retry(),
    ) -> None:
        """``credentials``: of a TLS endpoint before the server, as
        ``grpc.ssl_channel_credentials()`` makes them; in the clear when None, as ``raffinate
        serve`` listens. ``metadata`` goes with every call (``{"authorization": "Bearer ..."}`` for
        such an endpoint). ``timeout_s``: of every unary call that says none itself."""
        self.address = address
        self._retry = retry
        self._timeout_s = timeout_s
        self._metadata = _queries.metadata_of(metadata)
        arguments = _rpc.make_channel_arguments(address, credentials)
        make = grpc.insecure_channel if credentials is None else grpc.secure_channel
        self._channel = make(**arguments)

    def close(self) -> None:
        """Ends calls under way. Jobs on the server go on."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<raffinate.Client of {self.address}>"

    def wait_ready(self, timeout_s: float = 10.0) -> None:
        """Returns when the server answers; Unavailable after ``timeout_s``."""
        try:
            grpc.channel_ready_future(self._channel).result(timeout=timeout_s)
        except grpc.FutureTimeoutError:
            raise Unavailable(
                (
                    f"no server answers at {self.address} after {timeout_s:g} s; start one with: "
                    f"raffinate serve --listen {self.address}"
                ),
                code="UNAVAILABLE",
            ) from None

    # Calls ------------------------------------------------------------------------------------

    def call(
        self,
        method: Method[Request, Response],
        request: Request,
        timeout_s: float | None = None,
        source: str = "",
    ) -> Response:
        """One unary call with its repetitions, for what has no method here. ``source`` names the
        flowsheet of the request in errors."""
        attempts = Attempts(
            self._retry, self.address, self._timeout_s if timeout_s is None else timeout_s
        )
        bound = method.bind(self._channel.unary_unary)
        while True:
            try:
                answer: Response = bound(
                    request, timeout=attempts.remaining_s(), metadata=self._metadata
                )
            except grpc.RpcError as error:
                self._wait_or_raise(attempts, error, source)
                continue
            attempts.succeeded()
            return answer

    def _wait_or_raise(self, attempts: Attempts, error: grpc.RpcError, source: str = "") -> None:
        delay = attempts.wait_s(error)
        if delay is None:
            raise from_grpc(error, source, address=self.address) from None
        time.sleep(delay)

    def stream(
        self,
        method: Method[Request, Response],
        request: Request,
        attempts: Attempts,
        source: str = "",
        restarted: Callable[[], None] = _queries.nothing,
    ) -> Iterator[Response]:
        """A server stream that begins again after a break; ``restarted`` is told."""
        bound = method.bind(self._channel.unary_stream)
        while True:
            stream = bound(request, timeout=attempts.remaining_s(), metadata=self._metadata)
            try:
                for message in stream:
                    attempts.succeeded()
                    yield message
                return
            except grpc.RpcError as error:
                self._wait_or_raise(attempts, error, source)
            finally:
                stream.cancel()
            restarted()

    def _open(self, method: Method[Request, Response], requests: Iterator[Request]) -> Any:
        """A stream in both directions, which its caller resumes."""
        return method.bind(self._channel.stream_stream)(requests, metadata=self._metadata)

    def _message(
        self,
        flowsheet: FlowsheetLike,
        purpose: flowsheets.PurposeValue,
        timeout_s: float | None = None,
    ) -> tuple[flowsheet_pb2.Flowsheet, str]:
        """The message, and what names it in errors."""
        found = flowsheets.resolve(flowsheet)
        if isinstance(found, flowsheet_pb2.Flowsheet):
            return found, found.name
        answer = self.call(_rpc.PARSE_FLOWSHEET, found.request(purpose), timeout_s)
        return found.flowsheet(answer), found.source

    # Flowsheets -------------------------------------------------------------------------------

    def parse(
        self, flowsheet: FlowsheetLike, timeout_s: float | None = None
    ) -> flowsheet_pb2.Flowsheet:
        """The message of a file, text or mapping. Only the text is checked; what it is used for
        later checks the rest. InvalidFlowsheet has every problem with its line. The message is the
        caller's: a copy of one that was given."""
        return flowsheets.copy(self._message(flowsheet, flowsheets.TEXT_ONLY, timeout_s)[0])

    def to_yaml(self, flowsheet: FlowsheetLike, timeout_s: float | None = None) -> str:
        """As a flowsheet file with units, which reads back to the same bits."""
        message, source = self._message(flowsheet, flowsheets.TEXT_ONLY, timeout_s)
        request = flowsheets_pb2.FormatFlowsheetRequest(flowsheet=message)
        return self.call(_rpc.FORMAT_FLOWSHEET, request, timeout_s, source).text

    # Simulation -------------------------------------------------------------------------------

    def simulate(
        self,
        flowsheet: FlowsheetLike,
        *,
        sensitivities: bool = False,
        scenarios: int = 0,
        scenario_seed: int = 1,
        timeout_s: float | None = None,
    ) -> Simulation:
        """Steady state of a flowsheet that has only numbers. One that does not converge is an
        answer: ``converged`` is False and ``message`` says why. InvalidFlowsheet has every problem.
        ``scenarios``: draws of what the flowsheet says is uncertain, for ``robustness``."""
        message, source = self._message(flowsheet, flowsheets.SIMULATE, timeout_s)
        request = _queries.simulation(message, sensitivities, scenarios, scenario_seed)
        return Simulation(self.call(_rpc.SIMULATE, request, timeout_s, source).simulation)

    def simulate_batch(
        self, flowsheet_items: Iterable[FlowsheetLike], *, sensitivities: bool = False
    ) -> Iterator[Simulation | InvalidFlowsheet]:
        """One answer per flowsheet, in their order, while they are read: thousands need no memory.
        A flowsheet that is wrong is answered by its error, as a value, and does not end the rest.
        After a break of the connection only what had no answer yet is sent again."""
        source = _BatchSource(self, flowsheet_items, sensitivities)
        attempts = Attempts(self._retry, self.address)
        bound = _rpc.SIMULATE_BATCH.bind(self._channel.stream_stream)
        index = 0
        while True:
            feeder = source.begin()
            stream = bound(feeder, metadata=self._metadata)
            try:
                for answer in stream:
                    attempts.succeeded()
                    for early in source.answered():
                        yield early
                        index += 1
                    if answer.WhichOneof("outcome") == "invalid":
                        yield _queries.invalid_in_batch(answer.invalid, index + 1)
                    else:
                        yield Simulation(answer.simulation)
                    index += 1
                source.raise_failure()
                yield from source.rest()
                return
            except grpc.RpcError as error:
                source.raise_failure()
                self._wait_or_raise(attempts, error)
            finally:
                source.end(feeder)
                stream.cancel()

    def watch_dynamic(
        self, flowsheet: FlowsheetLike, *, stages: bool = False, timeout_s: float | None = None
    ) -> Iterator[dynamics_pb2.DynamicState | dynamics_pb2.DynamicSummary]:
        """The states of the transient that ``dynamics`` of the flowsheet describes, as they are
        computed, and last its summary. ``stages``: with profiles. After a break of the connection
        the transient is computed again and goes on where it was."""
        message, source = self._message(flowsheet, flowsheets.DYNAMIC, timeout_s)
        request = simulator_pb2.SimulateDynamicRequest(flowsheet=message, stages=stages)
        seen, position = 0, 0

        def restarted() -> None:
            nonlocal position
            position = 0

        attempts = Attempts(self._retry, self.address, timeout_s)
        for answer in self.stream(_rpc.SIMULATE_DYNAMIC, request, attempts, source, restarted):
            if answer.WhichOneof("kind") == "summary":
                yield answer.summary
                return
            position += 1
            if position > seen:
                seen = position
                yield answer.state

    def simulate_dynamic(
        self,
        flowsheet: FlowsheetLike,
        *,
        stages: bool = False,
        timeout_s: float | None = None,
    ) -> Transient:
        """The whole transient that ``dynamics`` of the flowsheet describes. One that stops early is
        an answer: ``complete`` is False and ``message`` says where and why."""
        states: list[dynamics_pb2.DynamicState] = []
        summary = dynamics_pb2.DynamicSummary()
        for answer in self.watch_dynamic(flowsheet, stages=stages, timeout_s=timeout_s):
            if isinstance(answer, dynamics_pb2.DynamicState):
                states.append(answer)
            else:
                summary = answer
        return Transient(states, summary)

    # Optimizations ----------------------------------------------------------------------------

    def optimize(
        self,
        flowsheet: FlowsheetLike,
        *,
        request_id: str | None = None,
        timeout_s: float | None = None,
    ) -> Job:
        """Starts a search on the server and returns at once; ``job.result()`` waits. The call may
        be repeated with the same ``request_id`` and makes one job only; one is chosen when None."""
        message, source = self._message(flowsheet, flowsheets.OPTIMIZE, timeout_s)
        request = optimizations_pb2.CreateOptimizationRequest(
            flowsheet=message, request_id=request_id or uuid.uuid4().hex
        )
        proto = self.call(_rpc.CREATE_OPTIMIZATION, request, timeout_s, source)
        return Job(self, proto, self._retry)

    def job(self, name: str, timeout_s: float | None = None) -> Job:
        """An optimization by its name, with or without ``optimizations/``. NotFound."""
        request = optimizations_pb2.GetOptimizationRequest(name=_queries.job_name(name))
        return Job(self, self.call(_rpc.GET_OPTIMIZATION, request, timeout_s), self._retry)

    def jobs(self, timeout_s: float | None = None) -> Collection[optimizations_pb2.Optimization]:
        """Every optimization that the server keeps, newest first, without flowsheets."""
        request = optimizations_pb2.ListOptimizationsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_OPTIMIZATIONS, request, timeout_s)
        return Collection([job for page in pages for job in page.optimizations], _queries.job_table)

    def flowsheets_of(
        self, name: str, *, full: bool = False, timeout_s: float | None = None
    ) -> list[Any]:
        """The simulations of the Pareto set of an optimization. ``full``: with streams and
        profiles."""
        views = optimizations_pb2.ListFlowsheetsRequest
        request = views(
            parent=_queries.job_name(name), page_size=200, view=views.FULL if full else views.BASIC
        )
        pages = self._pages(_rpc.LIST_FLOWSHEETS, request, timeout_s)
        return [simulation for page in pages for simulation in page.flowsheets]

    # Plants that run --------------------------------------------------------------------------

    def create_plant(
        self, plant: PlantLike, *, request_id: str | None = None, timeout_s: float | None = None
    ) -> Plant:
        """Registers a plant: a flowsheet whose ranges are setpoints, and how it is measured. The
        call may be repeated with the same ``request_id`` and makes one plant only; one is chosen
        when None. InvalidRequest has every problem of it."""
        message, flowsheet = plants.without_flowsheet(plant)
        if flowsheet is not None:
            found, _ = self._message(flowsheet, flowsheets.TEXT_ONLY, timeout_s)
            message.flowsheet.CopyFrom(found)
        request = setpoints_pb2.CreatePlantRequest(
            plant=message, request_id=request_id or uuid.uuid4().hex
        )
        proto = self.call(_rpc.CREATE_PLANT, request, timeout_s, "the plant")
        return Plant(self, proto, self._retry)

    def plant(self, name: str, timeout_s: float | None = None) -> Plant:
        """A registered plant by its name, with or without ``plants/``. NotFound."""
        request = setpoints_pb2.GetPlantRequest(name=plants.plant_name(name))
        return Plant(self, self.call(_rpc.GET_PLANT, request, timeout_s), self._retry)

    def plants(self, timeout_s: float | None = None) -> Collection[setpoints_pb2.Plant]:
        """Every registered plant, newest first, without flowsheets and quantities."""
        request = setpoints_pb2.ListPlantsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_PLANTS, request, timeout_s)
        return plants.collection([p for page in pages for p in page.plants])

    # Chemistry --------------------------------------------------------------------------------

    def extractant_systems(
        self, timeout_s: float | None = None
    ) -> Collection[flowsheet_pb2.ExtractantSystem]:
        """What the server knows, by name."""
        request = chemistry_pb2.ListExtractantSystemsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_EXTRACTANT_SYSTEMS, request, timeout_s)
        return _queries.systems([s for page in pages for s in page.extractant_systems])

    def extractant_system(
        self, name: str, timeout_s: float | None = None
    ) -> flowsheet_pb2.ExtractantSystem:
        """With all constants, classes and sources. NotFound names the nearest known one."""
        request = chemistry_pb2.GetExtractantSystemRequest(name=name)
        return self.call(_rpc.GET_EXTRACTANT_SYSTEM, request, timeout_s)

    def evaluate_extractant_system(
        self,
        system: _queries.SystemLike,
        *,
        ph: float | None = None,
        free_dimer_mol_per_l: float | None = None,
        extractant_mol_per_l: float | None = None,
        loading: float | None = None,
        timeout_s: float | None = None,
    ) -> _queries.Distribution:
        """D and separation factors at one state: ``ph``, and either the free dimer or the total as
        monomer and the share of it that is bound, [0, 1). The middle of the system's ranges where
        nothing is given."""
        request = _queries.evaluation(
            system, ph, free_dimer_mol_per_l, extractant_mol_per_l, loading
        )
        return _queries.Distribution(self.call(_rpc.EVALUATE_EXTRACTANT_SYSTEM, request, timeout_s))

    def fit_extractant_system(
        self,
        contacts: fit.ContactsLike,
        start: _queries.SystemLike | None = None,
        *,
        source: str,
        medium: str = "chloride",
        log10_k: bool = True,
        slopes: str = "shared",
        complexes: str = "fixed",
        enthalpy: bool = False,
        elements: Iterable[str] = (),
        loss: str = "squares",
        loss_scale: float | None = None,
        reference_temperature_celsius: float | None = None,
        name: str = "fitted",
        doi: str = "",
        timeout_s: float | None = None,
    ) -> fit.Fit:
        """Constants from shake-flask data. ``start``: where the fit begins and what it does not
        fit; ``slopes`` and ``complexes``: "fixed", "shared", "per_element"; ``loss``: "squares",
        "huber", "soft_l1", "cauchy", with ``loss_scale`` as a share of the feed. Conflict, reason
        NOT_DETERMINED, where the data cannot tell parameters apart."""
        request = fit.request_of(
            contacts,
            start,
            source=source,
            medium=medium,
            log10_k=log10_k,
            slopes=slopes,
            complexes=complexes,
            enthalpy=enthalpy,
            elements=list(elements),
            loss=loss,
            loss_scale=loss_scale,
            reference_temperature_celsius=reference_temperature_celsius,
            name=name,
            doi=doi,
        )
        return fit.Fit(self.call(_rpc.FIT_EXTRACTANT_SYSTEM, request, timeout_s))

    def feeds(self, timeout_s: float | None = None) -> Collection[chemistry_pb2.Feed]:
        """Feed liquors that a flowsheet may name, with their sources."""
        request = chemistry_pb2.ListFeedsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_FEEDS, request, timeout_s)
        return _queries.feeds([f for page in pages for f in page.feeds])

    def _pages(
        self, method: Method[Any, Any], request: Any, timeout_s: float | None
    ) -> Iterator[Any]:
        while True:
            page = self.call(method, request, timeout_s)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token


class _BatchSource:
    """The flowsheets of a batch on their way: gRPC reads them in a thread of its own, and after a
    break those without an answer go first."""

    def __init__(self, client: Client, items: Iterable[FlowsheetLike], sensitivities: bool) -> None:
        self._client = client
        self._items = iter(items)
        self._sensitivities = sensitivities
        self._lock = threading.Lock()
        # In order: what was sent or is to be sent again, and flowsheets refused before sending.
        self._waiting: deque[simulator_pb2.SimulateBatchRequest | InvalidFlowsheet] = deque()
        self._current: object | None = None
        self._failure: BaseException | None = None

    def begin(self) -> Iterator[simulator_pb2.SimulateBatchRequest]:
        """The requests of one connection."""
        token = object()
        with self._lock:
            self._current = token
            again = [r for r in self._waiting if not isinstance(r, InvalidFlowsheet)]
        return _Feeder(self, token, again)

    def end(self, feeder: Iterator[simulator_pb2.SimulateBatchRequest]) -> None:
        """The connection is gone: its thread reads no more."""
        del feeder
        with self._lock:
            self._current = None

    def next_for(self, token: object) -> simulator_pb2.SimulateBatchRequest:
        """The next request; StopIteration at the end or when the connection is gone."""
        with self._lock:
            while self._current is token and self._failure is None:
                try:
                    item = next(self._items)
                    message, _ = self._client._message(item, flowsheets.SIMULATE)
                except StopIteration:
                    break
                except InvalidFlowsheet as error:
                    self._waiting.append(error)
                    continue
                except BaseException as error:  # noqa: BLE001 - raised again where it is read
                    self._failure = error
                    break
                request = simulator_pb2.SimulateBatchRequest(
                    flowsheet=message, sensitivities=self._sensitivities
                )
                self._waiting.append(request)
                return request
        raise StopIteration

    def answered(self) -> Iterator[InvalidFlowsheet]:
        """Takes the request that an answer is for, after the refused ones before it."""
        while True:
            with self._lock:
                first = self._waiting.popleft()
            if not isinstance(first, InvalidFlowsheet):
                return
            yield first

    def rest(self) -> Iterator[InvalidFlowsheet]:
        """The refused ones after the last answer."""
        while self._waiting:
            first = self._waiting.popleft()
            if isinstance(first, InvalidFlowsheet):
                yield first

    def raise_failure(self) -> None:
        """What the caller's iterable or a file raised."""
        if self._failure is not None:
            raise self._failure


class _Feeder(Iterator[simulator_pb2.SimulateBatchRequest]):
    def __init__(
        self,
        source: _BatchSource,
        token: object,
        again: list[simulator_pb2.SimulateBatchRequest],
    ) -> None:
        self._source = source
        self._token = token
        self._again = deque(again)

    def __next__(self) -> simulator_pb2.SimulateBatchRequest:
        if self._again:
            return self._again.popleft()
        return self._source.next_for(self._token)
