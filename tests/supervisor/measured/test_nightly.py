"""The tribunal of every night: once, told, and the end of the night where the engine leaks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.config import load_config
from daemon.domain.worlds.null import IMPOSSIBLE_Z
from daemon.errors import EngineLeakError
from daemon.plugin.roles import ShiftReport, Turn
from daemon.store.store import SqlStore
from daemon.supervisor.measured import nightly
from daemon.supervisor.measured.nightly import NightlyTribunal
from tests.fakes import NIGHT


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(tmp_path / "nightshift.db")
    yield opened
    opened.close()


def hold(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, evaluations: int = 500, **changes: Any
) -> tuple[ShiftReport, list[dict[str, Any]]]:
    asked: list[dict[str, Any]] = []

    async def answered(jobs: list[dict[str, Any]], at_once: int, done: Any) -> list[dict[str, Any]]:
        asked.extend(jobs)
        told = {
            "kind": jobs[0]["kind"],
            "seed": 7,
            "graduates": [],
            "sharpes": [],
            "highest_z": 2.0,
        }
        return [told | changes]

    monkeypatch.setattr(nightly, "run_all", answered)
    loaded = load_config(None, store.database.path.parent)
    night = type(NIGHT)("night-7", 7, evaluations, "settings", "market", NIGHT.started)
    turn = Turn(NIGHT.started, night, 0)
    return asyncio.run(NightlyTribunal(loaded, store).run(turn)), asked


def test_a_tenth_of_the_trials_is_run_where_nothing_is_to_be_found(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, asked = hold(store, monkeypatch)

    assert [job["evaluations"] for job in asked] == [50]
    assert report.counts == {"campaigns": 1, "graduates": 0}
    assert [event.kind for _, event in store.journal("night-7")] == ["tribunal"]


def test_it_is_held_once_a_night(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(store, monkeypatch)

    report, asked = hold(store, monkeypatch)

    assert report.idle
    assert asked == []


def test_a_small_night_has_none(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    report, asked = hold(store, monkeypatch, evaluations=199)

    assert report.idle
    assert asked == []


def test_an_impossible_result_ends_the_night_and_stays_in_the_journal(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineLeakError, match="the engine leaks the future"):
        hold(store, monkeypatch, highest_z=IMPOSSIBLE_Z + 0.5)

    assert [event.kind for _, event in store.journal("night-7")] == ["tribunal"]


def test_a_graduate_is_counted(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    report, _ = hold(store, monkeypatch, graduates=["abc"])

    assert report.counts["graduates"] == 1
    assert "1 graduate" in report.summary
