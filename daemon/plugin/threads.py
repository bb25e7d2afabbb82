"""Blocking work off the event loop, carried to its end even if the caller is called off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def in_thread(
    function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    """What the function answers, run in a thread.

    A cancellation is raised only once the function has ended: unlike with `asyncio.to_thread`,
    nothing happens behind the back of the caller's clean-up (a job claimed after all claims were
    given back).
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise


async def stoppable(work: Callable[[Event], Result]) -> Result:
    """What long work answers, run in a thread; called off, it is told by the event.

    As with `in_thread` the cancellation is raised once the work has ended, whatever it answers.
    """
    stop = Event()
    task = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([task])
        task.exception()
        raise
