"""Plants for asyncio; :class:`raffinate.aio.Plant`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, AsyncIterable, AsyncIterator, Iterable, Sequence, Union

import grpc
import grpc.aio

from raffinate import _rpc
from raffinate._retry import Attempts, Retry
from raffinate.plants import Advice, PlantView, TrackAnswer, TrackPosition
from raffinate.v1 import setpoints_pb2

if TYPE_CHECKING:
    from raffinate.aio import Client

States = Union[Iterable[setpoints_pb2.MeasuredState], AsyncIterable[setpoints_pb2.MeasuredState]]


async def _each(states: States) -> AsyncIterator[setpoints_pb2.MeasuredState]:
    if isinstance(states, AsyncIterable):
        async for state in states:
            yield state
    else:
        for state in states:
            yield state


async def _next(
    states: AsyncIterator[setpoints_pb2.MeasuredState],
) -> setpoints_pb2.MeasuredState | None:
    async for state in states:
        return state
    return None


class Plant(PlantView):
    """As :class:`raffinate.Plant`."""

    def __init__(self, client: Client, proto: setpoints_pb2.Plant, retry: Retry) -> None:
        super().__init__(proto, retry)
        self._client = client

    async def refresh(self, timeout_s: float | None = None) -> Plant:
        """As :meth:`raffinate.Plant.refresh`."""
        request = setpoints_pb2.GetPlantRequest(name=self.name)
        self.proto = await self._client.call(_rpc.GET_PLANT, request, timeout_s)
        return self

    async def advise(
        self, state: setpoints_pb2.MeasuredState, *, timeout_s: float | None = None
    ) -> Advice:
        """As :meth:`raffinate.Plant.advise`."""
        request = setpoints_pb2.AdviseRequest(name=self.name, state=state)
        return Advice((await self._client.call(_rpc.ADVISE, request, timeout_s)).advice)

    async def track(
        self,
        states: States,
        *,
        last_sequence: int = 0,
        first_state: int | None = None,
    ) -> AsyncIterator[TrackAnswer]:
        """As :meth:`raffinate.Plant.track`; ``states`` may be asynchronous."""
        if first_state is None:
            await self.refresh()
        position = TrackPosition(self.name, last_sequence, self._first_state(first_state))
        source = _each(states)
        attempts = Attempts(self._retry, self._client.address)
        exhausted = False
        while True:
            stream = self._client._open(_rpc.TRACK)
            try:
                await stream.write(position.opening())
                if position.pending is not None:
                    await stream.write(position.pending)
                elif exhausted:
                    await stream.done_writing()
                while True:
                    if position.pending is None and not exhausted:
                        state = await _next(source)
                        if state is None:
                            exhausted = True
                            await stream.done_writing()
                        else:
                            await stream.write(position.ask(state))
                    proto = await stream.read()
                    if proto == grpc.aio.EOF:
                        code = await stream.code()
                        if code != grpc.StatusCode.OK:
                            raise await _status(stream)
                        if position.pending is not None or not exhausted:
                            raise position.ended_early()
                        return
                    attempts.succeeded()
                    answer = position.take(proto)
                    if answer is not None:
                        yield answer
            except asyncio.InvalidStateError:
                # A write after the end; the status says why it ended.
                await self._client._wait_or_raise(attempts, await _status(stream))
            except grpc.RpcError as error:
                await self._client._wait_or_raise(attempts, error)
            finally:
                stream.cancel()

    async def update_parameters(
        self, states: Sequence[setpoints_pb2.MeasuredState], *, timeout_s: float | None = None
    ) -> Plant:
        """As :meth:`raffinate.Plant.update_parameters`."""
        request = setpoints_pb2.UpdateParametersRequest(name=self.name, states=states)
        self.proto = await self._client.call(_rpc.UPDATE_PARAMETERS, request, timeout_s)
        return self

    async def reset_parameters(self, version: int = 0, *, timeout_s: float | None = None) -> Plant:
        """As :meth:`raffinate.Plant.reset_parameters`."""
        request = setpoints_pb2.ResetParametersRequest(name=self.name, version=version)
        self.proto = await self._client.call(_rpc.RESET_PARAMETERS, request, timeout_s)
        return self

    async def delete(self, timeout_s: float | None = None) -> None:
        """As :meth:`raffinate.Plant.delete`."""
        request = setpoints_pb2.DeletePlantRequest(name=self.name)
        await self._client.call(_rpc.DELETE_PLANT, request, timeout_s)


async def _status(stream: grpc.aio.StreamStreamCall) -> grpc.aio.AioRpcError:
    """The error of a stream that has ended."""
    return grpc.aio.AioRpcError(
        await stream.code(),
        await stream.initial_metadata(),
        await stream.trailing_metadata(),
        await stream.details(),
    )
