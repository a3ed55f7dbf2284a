"""An optimization on the server."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Iterator

import pandas as pd

from raffinate import _queries, _rpc, frames, html
from raffinate._retry import Attempts, Retry
from raffinate.errors import DeadlineExceeded, OptimizationFailed, Unavailable
from raffinate.pareto import ParetoSet
from raffinate.progress import ProgressBar
from raffinate.v1 import flowsheet_pb2, optimizations_pb2

if TYPE_CHECKING:
    from raffinate.client import Client


@dataclass(frozen=True)
class Update:
    """One change of a job."""

    optimization: optimizations_pb2.Optimization
    """Without its flowsheet."""
    pareto: pd.DataFrame | None = None
    """Objective values of the present set, where it has changed."""
    log: list[str] = field(default_factory=list)
    """Lines since the update before, also across a break of the connection."""


class JobView:
    """What is known of a job without asking: shared by both clients."""

    def __init__(self, proto: optimizations_pb2.Optimization, retry: Retry) -> None:
        self.proto = proto
        self._retry = retry
        self._log: list[str] = []

    @property
    def name(self) -> str:
        """``optimizations/{id}``, by which any client finds it again."""
        return self.proto.name

    @property
    def flowsheet(self) -> flowsheet_pb2.Flowsheet:
        """What was asked."""
        return self.proto.flowsheet

    @property
    def state(self) -> str:
        """When last heard of: queued, running, succeeded, cancelled or failed."""
        return frames.enum_name(optimizations_pb2.Optimization.State, self.proto.state)

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return _queries.is_ended(self.proto)

    @property
    def progress(self) -> optimizations_pb2.Progress:
        """When last heard of."""
        return self.proto.progress

    def _take(self, message: optimizations_pb2.WatchOptimizationResponse, again: bool) -> Update:
        """Keeps the news. ``again``: the first message after a break, with all of the log."""
        if message.HasField("optimization"):
            flowsheet = self.proto.flowsheet
            self.proto = message.optimization
            self.proto.flowsheet.CopyFrom(flowsheet)
        log = _queries.fresh_lines(self._log, list(message.log)) if again else list(message.log)
        self._log = [*self._log, *log][-_queries.LOG_LINES_KEPT :]
        pareto = None
        if message.pareto:
            names = [
                f"{o.product}.{o.figure}" if o.product else o.figure
                for o in self.proto.flowsheet.objectives
            ] or ["purity", "reagents", "wastewater"]
            rows = [list(point.objectives) for point in message.pareto]
            pareto = pd.DataFrame(rows, columns=names[: len(rows[0])])
        return Update(message.optimization, pareto, log)

    def _check_outcome(self) -> None:
        if self.proto.state == optimizations_pb2.Optimization.FAILED:
            raise OptimizationFailed(f"{self.name} failed: {self.proto.error_message}")

    def __repr__(self) -> str:
        p = self.proto.progress
        return f"<{type(self).__name__} {self.name}: {self.state}, {p.evaluations} evaluations>"

    def _repr_html_(self) -> str:
        return html.job(self)


class Job(JobView):
    """An optimization that a :class:`raffinate.Client` started or found."""

    def __init__(self, client: Client, proto: optimizations_pb2.Optimization, retry: Retry) -> None:
        super().__init__(proto, retry)
        self._client = client

    def refresh(self, timeout_s: float | None = None) -> Job:
        """Asks the server how it stands."""
        request = optimizations_pb2.GetOptimizationRequest(name=self.name)
        self.proto = self._client.call(_rpc.GET_OPTIMIZATION, request, timeout_s)
        return self

    def watch(self, timeout_s: float | None = None) -> Iterator[Update]:
        """The present state and then every change until the job ends. Goes on after a break of the
        connection and a restart of the server, without telling a line of the log twice."""
        attempts = Attempts(self._retry, self._client.address, timeout_s)
        request = optimizations_pb2.WatchOptimizationRequest(name=self.name)
        again = bool(self._log)
        restarted = [again]

        def note() -> None:
            restarted[0] = True

        while True:
            for message in self._client.stream(
                _rpc.WATCH_OPTIMIZATION, request, attempts, restarted=note
            ):
                update = self._take(message, restarted[0])
                restarted[0] = False
                yield update
            if self.ended:
                return
            # The stream ended well and the job did not.
            error: Unavailable = _queries.stopped_early(self.name)
            remaining = attempts.remaining_s()
            if remaining is not None and remaining < 0.01:
                raise error
            time.sleep(self._retry.first_delay_s)
            note()

    def wait(self, *, progress: bool = False, timeout_s: float | None = None) -> Job:
        """Until it ends. ``progress``: with a bar. DeadlineExceeded after ``timeout_s``; the job
        goes on."""
        try:
            with ProgressBar(self.proto, progress) as bar:
                for _ in self.watch(timeout_s):
                    bar.show(self.proto)
        except DeadlineExceeded:
            raise DeadlineExceeded(
                f"{self.name} has not ended after {timeout_s:g} s; it goes on",
                code="DEADLINE_EXCEEDED",
            ) from None
        return self

    def result(
        self, *, progress: bool = False, full: bool = False, timeout_s: float | None = None
    ) -> ParetoSet:
        """Waits for the end and fetches the Pareto set; of a cancelled job what was found so far.
        After Ctrl-C the job goes on; ``client.job(name)`` finds it. ``full``: with streams and
        profiles. OptimizationFailed; DeadlineExceeded after ``timeout_s``."""
        if not self.ended:
            self.wait(progress=progress, timeout_s=timeout_s)
        self._check_outcome()
        return self.designs(full=full)

    def designs(self, *, full: bool = False) -> ParetoSet:
        """The Pareto set as it is kept now."""
        if not self.proto.flowsheet.streams:
            self.refresh()
        found = self._client.flowsheets_of(self.name, full=full)
        return ParetoSet(found, self.proto.flowsheet, self.proto)

    def cancel(self, timeout_s: float | None = None) -> Job:
        """Stops the search; what was found stays. No effect on an ended job."""
        request = optimizations_pb2.CancelOptimizationRequest(name=self.name)
        self.proto = self._client.call(_rpc.CANCEL_OPTIMIZATION, request, timeout_s)
        return self

    def delete(self, timeout_s: float | None = None) -> None:
        """Deletes an ended job and its results. Conflict while it runs."""
        request = optimizations_pb2.DeleteOptimizationRequest(name=self.name)
        self._client.call(_rpc.DELETE_OPTIMIZATION, request, timeout_s)
