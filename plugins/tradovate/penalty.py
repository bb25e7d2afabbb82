"""Tradovate's answer to those who ask too much: wait, then repeat with a ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from daemon.plugin.retry import TryAgain, Waiting

Body = Mapping[str, Any]
MOST_TICKETS: Final = 3
LONGEST_WAIT_S: Final = 120.0
_AN_HOUR_S: Final = 3600.0


def with_tickets(ask: Callable[[Body], Any], body: Body, waiting: Waiting) -> Any:
    """The answer to a body, after the waits the vendor asks for.

    TryAgain where a person is asked for (a captcha: nothing helps for about an hour), where the
    wait is too long, or where ticket follows ticket.
    """
    answer = ask(body)
    for _ in range(MOST_TICKETS):
        if not isinstance(answer, dict) or "p-ticket" not in answer:
            return answer
        pause = _pause(answer)
        waiting.sleep(pause)
        answer = ask({**body, "p-ticket": answer["p-ticket"]})
    if isinstance(answer, dict) and "p-ticket" in answer:
        raise TryAgain(
            f"tradovate: expected an answer, found {MOST_TICKETS + 1} penalties in a row; "
            "ask for less and try again later",
            _AN_HOUR_S,
        )
    return answer


def _pause(answer: Mapping[str, Any]) -> float:
    if answer.get("p-captcha"):
        raise TryAgain(
            "tradovate: a person has to prove to be one, since it was asked too much; "
            "try again in an hour",
            _AN_HOUR_S,
        )
    wait = answer.get("p-time")
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not wait >= 0:
        raise TryAgain(
            f"tradovate: expected a penalty in seconds, found {str(wait)[:40]}; try again later"
        )
    if wait > LONGEST_WAIT_S:
        raise TryAgain(f"tradovate: was asked too much; try again in {wait:.0f} seconds", wait)
    return float(wait)
