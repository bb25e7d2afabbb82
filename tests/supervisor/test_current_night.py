"""The daemon's nights: one market from beginning to end, whatever the ingestion brings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from daemon.config import load_config
from daemon.domain.evolution.records import Effects
from daemon.errors import TransientError
from daemon.plugin.manager import load_plugins
from daemon.store.store import SqlStore
from daemon.supervisor import nights
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.nights import Nights
from daemon.supervisor.supervisor import Watched
from tests.fakes import EVENING, FakeClock


class Changing:
    """A market whose data is never twice the same; remembers how far it was looked at."""

    def __init__(self) -> None:
        self.looks: list[Any] = []
        self.versions = 0
        self._known = ""

    def renew(self, as_of: Any) -> None:
        self.looks.append(as_of)
        self._known = ""

    def fingerprint(self) -> str:
        if not self._known:
            self.versions += 1
            self._known = f"market {self.versions}"
        return self._known


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(tmp_path / "rehearsal.db")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def started(
    tmp_path: Path, store: SqlStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Runtime:
    async def judged(started: Runtime) -> None: ...

    monkeypatch.setattr(nights, "judge_market", judged)
    monkeypatch.setattr(nights, "rehearsing", lambda loaded, lake: lake == "made up")
    loaded = load_config(None, tmp_path)
    bench = SimpleNamespace(
        loaded=loaded, clock=clock, markets=Changing(), lake="made up", rehearsal=True
    )
    rest = {"registry": SimpleNamespace(shifts={}), "plugins": load_plugins([])}
    return cast(Runtime, SimpleNamespace(bench=bench, store=store, loaded=loaded, **rest))


def current(found: Nights) -> Any:
    return asyncio.run(found.current())


def test_a_night_keeps_its_market_while_the_data_changes(
    started: Runtime, clock: FakeClock
) -> None:
    found = Nights(started)

    first = current(found)
    clock.move(3600)

    assert current(found) == first
    assert cast(Any, started.bench.markets).looks == [EVENING]


def test_a_night_that_was_interrupted_goes_on_with_the_bars_of_its_beginning(
    started: Runtime, clock: FakeClock
) -> None:
    first = current(Nights(started))
    clock.move(24 * 3600)

    assert current(Nights(started)) == first
    assert cast(Any, started.bench.markets).looks[-1] == EVENING


def test_a_night_that_goes_on_over_changed_data_says_so(started: Runtime, clock: FakeClock) -> None:
    current(Nights(started))
    assert started.store.journal() == ()
    clock.move(60)

    current(Nights(started))

    ((_, event),) = started.store.journal()
    assert event.kind == "market_changed"


def test_once_real_data_is_there_no_more_rehearsal_is_opened(started: Runtime) -> None:
    found = Nights(started)
    cast(Any, started.bench).lake = "real"

    with pytest.raises(TransientError, match="begins anew"):
        current(found)

    assert found.outdated.is_set()
    assert started.store.nights() == ()


def test_work_for_no_night_opens_none(started: Runtime) -> None:
    shift = SimpleNamespace(name="live", nightly=False)

    turn = asyncio.run(Watched(cast(Any, shift), started, Nights(started))._turn())

    assert (turn.night.id, turn.trials_left) == ("", 0)
    assert started.store.nights() == ()


def test_the_next_night_sees_the_data_of_its_own_day(started: Runtime, clock: FakeClock) -> None:
    found = Nights(started)
    first = current(found)
    clock.move(24 * 3600)
    started.store.commit(Effects(finished_night=first.id))

    second = current(found)

    assert (second.seed, second.started) == (first.seed + 1, EVENING + timedelta(days=1))
    assert second.market_hash != first.market_hash
