"""Delivery of a briefing to every messenger: side by side, in time, none in the night's way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from loguru import logger

from daemon.domain.evolution.records import BriefingFiles, Event
from daemon.plugin.roles import Messenger

LONGEST_ERROR = 500


async def delivered(
    messengers: Mapping[str, Messenger], briefing: BriefingFiles, seconds: float
) -> tuple[Event, ...]:
    """Hands the briefing to each messenger; an event and a line in the log for each that failed.

    One that is not done after so many seconds is called off and left behind.
    """
    calls = {name: asyncio.ensure_future(_told(m, briefing)) for name, m in messengers.items()}
    if not calls:
        return ()
    try:
        await asyncio.wait(calls.values(), timeout=seconds)
        faults = {name: _fault(call, seconds) for name, call in calls.items()}
    finally:
        for call in calls.values():
            call.cancel()
    return tuple(
        _noted(briefing.night, name, fault) for name, fault in faults.items() if fault is not None
    )


async def _told(messenger: Messenger, briefing: BriefingFiles) -> None:
    await messenger.deliver(briefing)


def _fault(call: asyncio.Future[None], seconds: float) -> str | None:
    if not call.done():
        return f"it took more than {seconds:g} s"
    if call.cancelled():
        return "it was called off"
    error = call.exception()
    return None if error is None else repr(error)[:LONGEST_ERROR]


def _noted(night: str, messenger: str, fault: str) -> Event:
    logger.bind(step="publisher").error(
        'the messenger "{}" did not deliver the briefing of {}: {}', messenger, night, fault
    )
    return Event("delivery_failed", night, {"messenger": messenger, "error": fault})
