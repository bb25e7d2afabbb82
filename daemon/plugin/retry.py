"""Calls to somebody else, tried again: how often, how long apart, and how fast at most.

Plugins may not import each other, so what all of them need when they ask a vendor stands here
once: a `RetryPolicy` (pure), `retried` (carries it out in a thread, as a `Source` is asked) and a
`Pace` (many threads under one rate limit). What a vendor's answer *means*, which status may be
cured by another try and which may not, is the plugin's own knowledge: it raises `TryAgain` for the
one and any other error for the other.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Final, TypeVar

from daemon.errors import TransientError

Result = TypeVar("Result")
SCARCE: Final = 0.25
"""Share of a rate limit from which on the rest of it is spread over the time to its renewal."""


class TryAgain(TransientError):
    """One try failed and another may succeed, but not before `after_s` seconds have passed."""

    def __init__(self, message: str, after_s: float = 0.0) -> None:
        super().__init__(message)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Waiting:
    """The outer world of waits, handed in by tests: seconds, and a draw in [0, 1)."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    draw: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """attempts: tries in all; first_s, cap_s: shortest and longest pause; deadline_s: the end."""

    attempts: int = 5
    first_s: float = 1.0
    cap_s: float = 60.0
    deadline_s: float = 300.0

    def pause(self, failures: int, draw: float, least_s: float = 0.0) -> float:
        """Seconds to wait after that many failures (1 or more), given a draw in [0, 1).

        The pause doubles with each failure up to the cap; between its half and its whole the draw
        decides, so that many clients do not come back at once. What the other side asked for
        (`retry-after`) is a minimum, and may pass the cap.
        """
        full = min(self.cap_s, self.first_s * 2.0 ** min(failures - 1, 60))
        return least_s + full * (0.5 + 0.5 * draw)


def retried(
    call: Callable[[], Result], policy: RetryPolicy, waiting: Waiting | None = None
) -> Result:
    """What the call answers; its last TryAgain once tries or time are used up."""
    waiting = waiting or Waiting()
    end = waiting.monotonic() + policy.deadline_s
    failures = 0
    while True:
        try:
            return call()
        except TryAgain as error:
            failures += 1
            pause = policy.pause(failures, waiting.draw(), error.after_s)
            if failures >= policy.attempts or waiting.monotonic() + pause > end:
                raise
        waiting.sleep(pause)


def retry_after_s(header: str | None, now: datetime) -> float:
    """Seconds that a `retry-after` header asks for, as a number or a date; 0 where it has none."""
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return max(0.0, _seconds_until(header or "", now))


class Pace:
    """Keeps the calls of many threads under a rate limit, and slows down before it is reached."""

    def __init__(self, per_minute: float = 0.0, waiting: Waiting | None = None) -> None:
        """per_minute: most calls a minute; 0: as many as the vendor's answers leave."""
        self._waiting = waiting or Waiting()
        self._least = 60.0 / per_minute if per_minute else 0.0
        self._gap = self._least
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Waits for this call's turn."""
        with self._lock:
            now = self._waiting.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._waiting.sleep(turn - now)

    def told(self, limit: int, remaining: int, renewed_s: float) -> None:
        """What an answer said: calls of the limit that remain until it is renewed, in seconds."""
        scarce = 0 < remaining < limit * SCARCE
        with self._lock:
            self._gap = max(self._least, renewed_s / remaining) if scarce else self._least
            pause = self._gap if remaining > 0 else renewed_s
            self._next = max(self._next, self._waiting.monotonic() + pause)


def _seconds_until(date: str, now: datetime) -> float:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    return (then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds()
