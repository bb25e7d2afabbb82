"""A slot's zygote: clean, light, replaced when it is worn, and a clear word when none starts."""

from __future__ import annotations

import psutil
import pytest

from daemon.domain.market.bars import Market
from daemon.errors import MissingError, TransientError
from daemon.sandbox import slot as slots
from daemon.sandbox.answers import perform
from daemon.sandbox.memory import shared_market
from daemon.sandbox.slot import Slot
from daemon.sandbox.task import Limits, Task, whole
from tests.sandbox.genomes import CROSS

pytestmark = pytest.mark.usefixtures("nothing_left")


def runs(slot: Slot, market: Market, times: int) -> None:
    task = Task(CROSS, (market,), (whole(market),), ({"fast": 5, "slow": 9},), "signal")
    shared = shared_market(market)
    for _ in range(times):
        outcome = perform(slot, task.job(Limits()), [shared], "signal", 10.0)
        assert not outcome.outside


def test_a_zygote_has_one_thread_and_little_memory() -> None:
    slot = Slot()
    slot.start()
    try:
        (zygote,) = psutil.Process().children()

        assert zygote.num_threads() == 1
        assert zygote.memory_info().rss < 80 << 20
    finally:
        slot.discard()


def test_a_worn_zygote_is_replaced(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_MOST_FORKS", 6)
    monkeypatch.setattr(slots, "_LOOK_EVERY", 3)
    slot = Slot()
    try:
        runs(slot, market, 13)
        assert slot.zygotes_started == 3
    finally:
        slot.discard()


def test_a_zygote_that_grew_is_replaced(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_MOST_MEMORY_BYTES", 1)
    monkeypatch.setattr(slots, "_LOOK_EVERY", 1)
    slot = Slot()
    try:
        runs(slot, market, 3)
        assert slot.zygotes_started == 3
    finally:
        slot.discard()


def test_a_zygote_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_LAUNCH", "raise ImportError('no talib here')")

    with pytest.raises(MissingError, match="does not start: ImportError: no talib here"):
        Slot().start()


def test_an_interpreter_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")

    with pytest.raises(MissingError, match="/nowhere/python"):
        Slot().start()


def test_a_stopped_slot_starts_nothing() -> None:
    slot = Slot()
    slot.stop()

    with pytest.raises(TransientError):
        slot.start()
