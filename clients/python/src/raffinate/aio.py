"""The client for asyncio: the same calls as :class:`raffinate.Client`, awaited.

::

    async with raffinate.aio.Client("plant-server:7410") as client:
        plant = await client.simulate("plant.yaml")
        job = await client.optimize("design.yaml")
        async for update in job.watch():
            print(update.optimization.progress.evaluations)
        front = await job.result()
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from types import TracebackType
from typing import Any, AsyncIterator, Callable, Iterable, Mapping

import grpc
import grpc.aio

from raffinate import _queries, _rpc, fit, flowsheets, plants
from raffinate._aio_plants import Plant
from raffinate._retry import Attempts, Retry
from raffinate._rpc import Method, Request, Response
from raffinate.client import DEFAULT_ADDRESS
from raffinate.errors import DeadlineExceeded, InvalidFlowsheet, Unavailable, from_grpc
from raffinate.flowsheets import FlowsheetLike
from raffinate.jobs import JobView, Update
from raffinate.pareto import ParetoSet
from raffinate.plants import PlantLike
from raffinate.progress import ProgressBar
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

# Of a batch, sent and without an answer. The server takes 128 before it stops reading.
_WINDOW = 256


class Client:
    """As :class:`raffinate.Client`; to be made and used in one event loop."""

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        retry: Retry = Retry(),
    ) -> None:
        """As of :class:`raffinate.Client`."""
        self.address = address
        self._retry = retry
        self._timeout_s = timeout_s
        self._metadata = _queries.metadata_of(metadata)
        arguments = _rpc.make_channel_arguments(address, credentials)
        make = grpc.aio.insecure_channel if credentials is None else grpc.aio.secure_channel
        self._channel = make(**arguments)

    async def close(self) -> None:
        """Ends calls under way. Jobs on the server go on."""
        await self._channel.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<raffinate.aio.Client of {self.address}>"

    async def wait_ready(self, timeout_s: float = 10.0) -> None:
        """Returns when the server answers; Unavailable after ``timeout_s``."""
        try:
            await asyncio.wait_for(self._channel.channel_ready(), timeout_s)
        except asyncio.TimeoutError:
            raise Unavailable(
                f"no server answers at {self.address} after {timeout_s:g} s", code="UNAVAILABLE"
            ) from None

    async def call(
        self,
        method: Method[Request, Response],
        request: Request,
        timeout_s: float | None = None,
        source: str = "",
    ) -> Response:
        """One unary call with its repetitions, for what has no method here."""
        attempts = Attempts(
            self._retry, self.address, self._timeout_s if timeout_s is None else timeout_s
        )
        bound = method.bind(self._channel.unary_unary)
        while True:
            try:
                answer: Response = await bound(
                    request, timeout=attempts.remaining_s(), metadata=self._metadata
                )
            except grpc.RpcError as error:
                await self._wait_or_raise(attempts, error, source)
                continue
            attempts.succeeded()
            return answer

    async def _wait_or_raise(
        self, attempts: Attempts, error: grpc.RpcError, source: str = ""
    ) -> None:
        delay = attempts.wait_s(error)
        if delay is None:
            raise from_grpc(error, source, address=self.address) from None
        await asyncio.sleep(delay)

    async def stream(
        self,
        method: Method[Request, Response],
        request: Request,
        attempts: Attempts,
        source: str = "",
        restarted: Callable[[], None] = _queries.nothing,
    ) -> AsyncIterator[Response]:
        """A server stream that begins again after a break; ``restarted`` is told."""
        bound = method.bind(self._channel.unary_stream)
        while True:
            stream = bound(request, timeout=attempts.remaining_s(), metadata=self._metadata)
            try:
                async for message in stream:
                    attempts.succeeded()
                    yield message
                return
            except grpc.RpcError as error:
                await self._wait_or_raise(attempts, error, source)
            finally:
                stream.cancel()
            restarted()

    def _open(self, method: Method[Request, Response]) -> Any:
        """A stream in both directions, which its caller resumes."""
        return method.bind(self._channel.stream_stream)(metadata=self._metadata)

    async def _message(
        self,
        flowsheet: FlowsheetLike,
        purpose: flowsheets.PurposeValue,
        timeout_s: float | None = None,
    ) -> tuple[flowsheet_pb2.Flowsheet, str]:
        found = flowsheets.resolve(flowsheet)
        if isinstance(found, flowsheet_pb2.Flowsheet):
            return found, found.name
        answer = await self.call(_rpc.PARSE_FLOWSHEET, found.request(purpose), timeout_s)
        return found.flowsheet(answer), found.source

    async def parse(
        self, flowsheet: FlowsheetLike, timeout_s: float | None = None
    ) -> flowsheet_pb2.Flowsheet:
        """As :meth:`raffinate.Client.parse`."""
        return flowsheets.copy((await self._message(flowsheet, flowsheets.TEXT_ONLY, timeout_s))[0])

    async def to_yaml(self, flowsheet: FlowsheetLike, timeout_s: float | None = None) -> str:
        """As :meth:`raffinate.Client.to_yaml`."""
        message, source = await self._message(flowsheet, flowsheets.TEXT_ONLY, timeout_s)
        request = flowsheets_pb2.FormatFlowsheetRequest(flowsheet=message)
        return (await self.call(_rpc.FORMAT_FLOWSHEET, request, timeout_s, source)).text

    async def simulate(
        self,
        flowsheet: FlowsheetLike,
        *,
        sensitivities: bool = False,
        scenarios: int = 0,
        scenario_seed: int = 1,
        timeout_s: float | None = None,
    ) -> Simulation:
        """As :meth:`raffinate.Client.simulate`."""
        message, source = await self._message(flowsheet, flowsheets.SIMULATE, timeout_s)
        request = _queries.simulation(message, sensitivities, scenarios, scenario_seed)
        answer = await self.call(_rpc.SIMULATE, request, timeout_s, source)
        return Simulation(answer.simulation)

    async def simulate_batch(
        self, flowsheet_items: Iterable[FlowsheetLike], *, sensitivities: bool = False
    ) -> AsyncIterator[Simulation | InvalidFlowsheet]:
        """As :meth:`raffinate.Client.simulate_batch`."""
        items = iter(flowsheet_items)
        attempts = Attempts(self._retry, self.address)
        bound = _rpc.SIMULATE_BATCH.bind(self._channel.stream_stream)
        # In order: sent or to be sent again, and flowsheets refused before sending.
        waiting: deque[simulator_pb2.SimulateBatchRequest | InvalidFlowsheet] = deque()
        index, exhausted = 0, False
        while not exhausted or waiting:
            stream = bound(metadata=self._metadata)
            try:
                for old in list(waiting):
                    if not isinstance(old, InvalidFlowsheet):
                        await stream.write(old)
                closed = False
                while not exhausted or waiting:
                    while not exhausted and len(waiting) < _WINDOW:
                        try:
                            item = next(items)
                        except StopIteration:
                            exhausted = True
                            break
                        try:
                            message, _ = await self._message(item, flowsheets.SIMULATE)
                        except InvalidFlowsheet as invalid:
                            waiting.append(invalid)
                            continue
                        request = simulator_pb2.SimulateBatchRequest(
                            flowsheet=message, sensitivities=sensitivities
                        )
                        waiting.append(request)
                        await stream.write(request)
                    if exhausted and not closed:
                        await stream.done_writing()
                        closed = True
                    while waiting:
                        first = waiting[0]
                        if not isinstance(first, InvalidFlowsheet):
                            break
                        waiting.popleft()
                        index += 1
                        yield first
                    if not waiting:
                        continue
                    answer = await stream.read()
                    if answer == grpc.aio.EOF:
                        # Broken: the status says how, and is good only when all is answered.
                        code = await stream.code()
                        raise grpc.aio.AioRpcError(
                            grpc.StatusCode.UNAVAILABLE if code == grpc.StatusCode.OK else code,
                            await stream.initial_metadata(),
                            await stream.trailing_metadata(),
                            await stream.details() or "the server ended the batch early",
                        )
                    attempts.succeeded()
                    waiting.popleft()
                    index += 1
                    if answer.WhichOneof("outcome") == "invalid":
                        yield _queries.invalid_in_batch(answer.invalid, index)
                    else:
                        yield Simulation(answer.simulation)
            except asyncio.InvalidStateError:
                # A write after the end; the status says why it ended.
                broken = grpc.aio.AioRpcError(
                    await stream.code(),
                    await stream.initial_metadata(),
                    await stream.trailing_metadata(),
                    await stream.details(),
                )
                await self._wait_or_raise(attempts, broken)
            except grpc.RpcError as error:
                await self._wait_or_raise(attempts, error)
            finally:
                stream.cancel()

    async def watch_dynamic(
        self, flowsheet: FlowsheetLike, *, stages: bool = False, timeout_s: float | None = None
    ) -> AsyncIterator[dynamics_pb2.DynamicState | dynamics_pb2.DynamicSummary]:
        """As :meth:`raffinate.Client.watch_dynamic`."""
        message, source = await self._message(flowsheet, flowsheets.DYNAMIC, timeout_s)
        request = simulator_pb2.SimulateDynamicRequest(flowsheet=message, stages=stages)
        seen, position = 0, 0

        def restarted() -> None:
            nonlocal position
            position = 0

        attempts = Attempts(self._retry, self.address, timeout_s)
        async for answer in self.stream(
            _rpc.SIMULATE_DYNAMIC, request, attempts, source, restarted
        ):
            if answer.WhichOneof("kind") == "summary":
                yield answer.summary
                return
            position += 1
            if position > seen:
                seen = position
                yield answer.state

    async def simulate_dynamic(
        self, flowsheet: FlowsheetLike, *, stages: bool = False, timeout_s: float | None = None
    ) -> Transient:
        """As :meth:`raffinate.Client.simulate_dynamic`."""
        states: list[dynamics_pb2.DynamicState] = []
        summary = dynamics_pb2.DynamicSummary()
        async for answer in self.watch_dynamic(flowsheet, stages=stages, timeout_s=timeout_s):
            if isinstance(answer, dynamics_pb2.DynamicState):
                states.append(answer)
            else:
                summary = answer
        return Transient(states, summary)

    async def optimize(
        self,
        flowsheet: FlowsheetLike,
        *,
        request_id: str | None = None,
        timeout_s: float | None = None,
    ) -> Job:
        """As :meth:`raffinate.Client.optimize`."""
        message, source = await self._message(flowsheet, flowsheets.OPTIMIZE, timeout_s)
        request = optimizations_pb2.CreateOptimizationRequest(
            flowsheet=message, request_id=request_id or uuid.uuid4().hex
        )
        proto = await self.call(_rpc.CREATE_OPTIMIZATION, request, timeout_s, source)
        return Job(self, proto, self._retry)

    async def job(self, name: str, timeout_s: float | None = None) -> Job:
        """As :meth:`raffinate.Client.job`."""
        request = optimizations_pb2.GetOptimizationRequest(name=_queries.job_name(name))
        proto = await self.call(_rpc.GET_OPTIMIZATION, request, timeout_s)
        return Job(self, proto, self._retry)

    async def jobs(
        self, timeout_s: float | None = None
    ) -> Collection[optimizations_pb2.Optimization]:
        """As :meth:`raffinate.Client.jobs`."""
        request = optimizations_pb2.ListOptimizationsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_OPTIMIZATIONS, request, timeout_s)
        found = [job async for page in pages for job in page.optimizations]
        return Collection(found, _queries.job_table)

    async def flowsheets_of(
        self, name: str, *, full: bool = False, timeout_s: float | None = None
    ) -> list[Any]:
        """As :meth:`raffinate.Client.flowsheets_of`."""
        views = optimizations_pb2.ListFlowsheetsRequest
        request = views(
            parent=_queries.job_name(name), page_size=200, view=views.FULL if full else views.BASIC
        )
        pages = self._pages(_rpc.LIST_FLOWSHEETS, request, timeout_s)
        return [simulation async for page in pages for simulation in page.flowsheets]

    async def create_plant(
        self, plant: PlantLike, *, request_id: str | None = None, timeout_s: float | None = None
    ) -> Plant:
        """As :meth:`raffinate.Client.create_plant`."""
        message, flowsheet = plants.without_flowsheet(plant)
        if flowsheet is not None:
            found, _ = await self._message(flowsheet, flowsheets.TEXT_ONLY, timeout_s)
            message.flowsheet.CopyFrom(found)
        request = setpoints_pb2.CreatePlantRequest(
            plant=message, request_id=request_id or uuid.uuid4().hex
        )
        proto = await self.call(_rpc.CREATE_PLANT, request, timeout_s, "the plant")
        return Plant(self, proto, self._retry)

    async def plant(self, name: str, timeout_s: float | None = None) -> Plant:
        """As :meth:`raffinate.Client.plant`."""
        request = setpoints_pb2.GetPlantRequest(name=plants.plant_name(name))
        return Plant(self, await self.call(_rpc.GET_PLANT, request, timeout_s), self._retry)

    async def plants(self, timeout_s: float | None = None) -> Collection[setpoints_pb2.Plant]:
        """As :meth:`raffinate.Client.plants`."""
        request = setpoints_pb2.ListPlantsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_PLANTS, request, timeout_s)
        return plants.collection([p async for page in pages for p in page.plants])

    async def extractant_systems(
        self, timeout_s: float | None = None
    ) -> Collection[flowsheet_pb2.ExtractantSystem]:
        """As :meth:`raffinate.Client.extractant_systems`."""
        request = chemistry_pb2.ListExtractantSystemsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_EXTRACTANT_SYSTEMS, request, timeout_s)
        return _queries.systems([s async for page in pages for s in page.extractant_systems])

    async def extractant_system(
        self, name: str, timeout_s: float | None = None
    ) -> flowsheet_pb2.ExtractantSystem:
        """As :meth:`raffinate.Client.extractant_system`."""
        request = chemistry_pb2.GetExtractantSystemRequest(name=name)
        return await self.call(_rpc.GET_EXTRACTANT_SYSTEM, request, timeout_s)

    async def evaluate_extractant_system(
        self,
        system: _queries.SystemLike,
        *,
        ph: float | None = None,
        free_dimer_mol_per_l: float | None = None,
        extractant_mol_per_l: float | None = None,
        loading: float | None = None,
        timeout_s: float | None = None,
    ) -> _queries.Distribution:
        """As :meth:`raffinate.Client.evaluate_extractant_system`."""
        request = _queries.evaluation(
            system, ph, free_dimer_mol_per_l, extractant_mol_per_l, loading
        )
        return _queries.Distribution(
            await self.call(_rpc.EVALUATE_EXTRACTANT_SYSTEM, request, timeout_s)
        )

    async def fit_extractant_system(
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
        """As :meth:`raffinate.Client.fit_extractant_system`."""
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
        return fit.Fit(await self.call(_rpc.FIT_EXTRACTANT_SYSTEM, request, timeout_s))

    async def feeds(self, timeout_s: float | None = None) -> Collection[chemistry_pb2.Feed]:
        """As :meth:`raffinate.Client.feeds`."""
        request = chemistry_pb2.ListFeedsRequest(page_size=1000)
        pages = self._pages(_rpc.LIST_FEEDS, request, timeout_s)
        return _queries.feeds([f async for page in pages for f in page.feeds])

    async def _pages(
        self, method: Method[Any, Any], request: Any, timeout_s: float | None
    ) -> AsyncIterator[Any]:
        while True:
            page = await self.call(method, request, timeout_s)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token


class Job(JobView):
    """An optimization that a :class:`raffinate.aio.Client` started or found."""

    def __init__(self, client: Client, proto: optimizations_pb2.Optimization, retry: Retry) -> None:
        super().__init__(proto, retry)
        self._client = client

    async def refresh(self, timeout_s: float | None = None) -> Job:
        """As :meth:`raffinate.Job.refresh`."""
        request = optimizations_pb2.GetOptimizationRequest(name=self.name)
        self.proto = await self._client.call(_rpc.GET_OPTIMIZATION, request, timeout_s)
        return self

    async def watch(self, timeout_s: float | None = None) -> AsyncIterator[Update]:
        """As :meth:`raffinate.Job.watch`."""
        attempts = Attempts(self._retry, self._client.address, timeout_s)
        request = optimizations_pb2.WatchOptimizationRequest(name=self.name)
        restarted = [bool(self._log)]

        def note() -> None:
            restarted[0] = True

        while True:
            async for message in self._client.stream(
                _rpc.WATCH_OPTIMIZATION, request, attempts, restarted=note
            ):
                update = self._take(message, restarted[0])
                restarted[0] = False
                yield update
            if self.ended:
                return
            remaining = attempts.remaining_s()
            if remaining is not None and remaining < 0.01:
                raise _queries.stopped_early(self.name)
            await asyncio.sleep(self._retry.first_delay_s)
            note()

    async def wait(self, *, progress: bool = False, timeout_s: float | None = None) -> Job:
        """As :meth:`raffinate.Job.wait`."""
        try:
            with ProgressBar(self.proto, progress) as bar:
                async for _ in self.watch(timeout_s):
                    bar.show(self.proto)
        except DeadlineExceeded:
            raise DeadlineExceeded(
                f"{self.name} has not ended after {timeout_s:g} s; it goes on",
                code="DEADLINE_EXCEEDED",
            ) from None
        return self

    async def result(
        self, *, progress: bool = False, full: bool = False, timeout_s: float | None = None
    ) -> ParetoSet:
        """As :meth:`raffinate.Job.result`."""
        if not self.ended:
            await self.wait(progress=progress, timeout_s=timeout_s)
        self._check_outcome()
        return await self.designs(full=full)

    async def designs(self, *, full: bool = False) -> ParetoSet:
        """As :meth:`raffinate.Job.designs`."""
        if not self.proto.flowsheet.streams:
            await self.refresh()
        found = await self._client.flowsheets_of(self.name, full=full)
        return ParetoSet(found, self.proto.flowsheet, self.proto)

    async def cancel(self, timeout_s: float | None = None) -> Job:
        """As :meth:`raffinate.Job.cancel`."""
        request = optimizations_pb2.CancelOptimizationRequest(name=self.name)
        self.proto = await self._client.call(_rpc.CANCEL_OPTIMIZATION, request, timeout_s)
        return self

    async def delete(self, timeout_s: float | None = None) -> None:
        """As :meth:`raffinate.Job.delete`."""
        request = optimizations_pb2.DeleteOptimizationRequest(name=self.name)
        await self._client.call(_rpc.DELETE_OPTIMIZATION, request, timeout_s)
