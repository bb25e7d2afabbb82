"""When the service may be asked again, after what it said: one policy for every call.

`retry-after` is a minimum. Without it a 429 is a tier's limit: an hour. Overload (529) opens a
breaker that stays open twice as long each time; what breaks down is asked again sooner. A refused
key, a bill or a spend limit is never asked again: it is paused until the next start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an error means. WRONG: this request is at fault, and no other."""

    LIMITED = "limited"
    OVERLOADED = "overloaded"
    BROKEN = "broken"
    STOPPED = "stopped"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Setback:
    """An error of the service. after_s: seconds that it asked for, 0 where it did not."""

    kind: Kind
    message: str
    after_s: float = 0.0


_FIRST_S: Final = {Kind.LIMITED: 3600.0, Kind.OVERLOADED: 60.0, Kind.BROKEN: 5.0}
_LONGEST_S: Final = {Kind.LIMITED: 3600.0, Kind.OVERLOADED: 1800.0, Kind.BROKEN: 300.0}
_MARGIN_S: Final = 1.0


@dataclass
class Patience:
    """Whether the service may be asked now. stopped: why it is never asked again, '' if it is.

    monotonic: seconds of the daemon's clock.
    """

    monotonic: Callable[[], float]
    stopped: str = ""
    _until: float = 0.0
    _failures: int = 0

    @property
    def waits(self) -> bool:
        """True while nothing may be sent."""
        return bool(self.stopped) or self.monotonic() < self._until

    def well(self) -> None:
        """The service answered as it should."""
        self._failures = 0

    def told(self, setback: Setback) -> None:
        """Notes an error, of which only those of the service itself are waited for."""
        if setback.kind is Kind.WRONG:
            return
        if setback.kind is Kind.STOPPED:
            self.stopped = setback.message
            return
        doubled = _FIRST_S[setback.kind] * 2.0**self._failures
        pause = min(_LONGEST_S[setback.kind], doubled)
        if setback.after_s > 0.0:
            pause = max(setback.after_s + _MARGIN_S, pause if self._failures else 0.0)
        self._failures = min(self._failures + 1, 20)
        self._until = max(self._until, self.monotonic() + pause)
