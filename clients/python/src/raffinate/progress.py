"""The progress bar of a search."""

from __future__ import annotations

import warnings
from types import TracebackType
from typing import Any

from raffinate.v1 import optimizations_pb2

_DEFAULT_EVALUATIONS = 20_000


class ProgressBar:
    """A bar on a terminal and in a notebook: evaluations, rate, size of the Pareto set."""

    def __init__(self, job: optimizations_pb2.Optimization, visible: bool) -> None:
        self._bar: Any = None
        if not visible:
            return
        with warnings.catch_warnings():
            # Without ipywidgets it is text in a notebook, and need not be said.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

        search = job.flowsheet.search
        total: int | None = search.max_evaluations
        if not total:
            # With another stop nobody knows how many.
            other = search.max_wall_time_s or search.stagnation_generations
            total = None if other else _DEFAULT_EVALUATIONS
        self._bar = tqdm(
            total=total, unit=" sim", unit_scale=True, desc=job.flowsheet.name or job.name
        )

    def show(self, job: optimizations_pb2.Optimization) -> None:
        """Moves to where the job is; back where a killed server took an earlier checkpoint up."""
        if self._bar is None:
            return
        progress = job.progress
        self._bar.n = progress.evaluations
        if progress.pareto_size:
            self._bar.set_postfix_str(
                f"{progress.pareto_size} designs, hypervolume {progress.hypervolume:.4f}",
                refresh=False,
            )
        elif progress.evaluations:
            self._bar.set_postfix_str(
                f"demands missed by {progress.least_violation:.2g}", refresh=False
            )
        self._bar.refresh()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
