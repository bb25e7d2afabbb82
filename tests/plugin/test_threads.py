"""Blocking work is carried to its end, whatever happens to who waits for it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from daemon.plugin.threads import in_thread


async def test_the_answer_of_the_function_is_given() -> None:
    assert await in_thread(divmod, 7, 2) == (3, 1)


async def test_an_error_of_the_function_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 7, 0)


async def test_a_cancellation_comes_after_the_function_has_ended() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(5)
        ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
