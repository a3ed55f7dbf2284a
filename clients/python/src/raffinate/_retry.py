"""When a call is tried again, and how long it may take."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass

import grpc

from raffinate.errors import Details, details_of

log = logging.getLogger("raffinate")


@dataclass(frozen=True)
class Retry:
    """How calls are repeated.

    UNAVAILABLE is tried again, for the server may come back; RESOURCE_EXHAUSTED where the server
    says after how long. Every call of this package may be repeated: simulations compute the same
    again, and jobs are created with a request id. Waits grow by ``factor`` from ``first_delay_s``
    to ``max_delay_s``, each by chance 20 % more or less, and are never shorter than the server
    asks.
    """

    give_up_s: float = 30.0
    """How long without any success; 0 does not try again. A ``timeout_s`` of the call ends it
    earlier."""
    first_delay_s: float = 0.1
    max_delay_s: float = 5.0
    factor: float = 2.0

    def __post_init__(self) -> None:
        if self.give_up_s < 0 or self.first_delay_s <= 0 or self.max_delay_s < self.first_delay_s:
            raise ValueError(
                f"{self}: needed are give_up_s >= 0 and 0 < first_delay_s <= max_delay_s"
            )
        if self.factor < 1:
            raise ValueError(f"factor is {self.factor}; 1 or more is needed")


class Attempts:
    """One call and its repetitions."""

    def __init__(self, retry: Retry, address: str, timeout_s: float | None = None) -> None:
        if timeout_s is not None and not timeout_s > 0:
            raise ValueError(f"timeout_s is {timeout_s}; a positive number of seconds is needed")
        self._retry = retry
        self._address = address
        self._end = None if timeout_s is None else time.monotonic() + timeout_s
        self._failing_since: float | None = None
        self._delay_s = retry.first_delay_s

    def remaining_s(self) -> float | None:
        """Of the caller's time; None without a limit."""
        return None if self._end is None else max(0.001, self._end - time.monotonic())

    def succeeded(self) -> None:
        """After an answer: the next failure is a new one."""
        if self._failing_since is not None:
            log.warning("%s answers again", self._address)
        self._failing_since = None
        self._delay_s = self._retry.first_delay_s

    def wait_s(self, error: grpc.RpcError) -> float | None:
        """How long to wait before the next try; None when it is over."""
        code = error.code()
        details = details_of(error)
        if not self._may_repeat(code, details):
            return None
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        delay = self._delay_s * random.uniform(0.8, 1.2)
        self._delay_s = min(self._delay_s * self._retry.factor, self._retry.max_delay_s)
        delay = max(delay, details.retry_delay_s or 0.0)
        if now + delay - self._failing_since > self._retry.give_up_s:
            return None
        if self._end is not None and now + delay >= self._end:
            return None
        log.warning(
            "%s: %s; trying again in %.1f s", self._address, error.details() or code.name, delay
        )
        return delay

    @staticmethod
    def _may_repeat(code: grpc.StatusCode, details: Details) -> bool:
        if code == grpc.StatusCode.UNAVAILABLE:
            return True
        # Without a delay it is the size of the message, which stays too large.
        return code == grpc.StatusCode.RESOURCE_EXHAUSTED and details.retry_delay_s is not None
