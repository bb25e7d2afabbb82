"""Lines of the journal by kind and time."""

from __future__ import annotations

from datetime import timedelta

from daemon.domain.evolution.records import Effects, Event
from daemon.store.store import SqlStore
from tests.store.conftest import HandClock
from tests.store.samples import NOON


def test_lines_of_a_kind_are_found_from_an_instant_on(store: SqlStore, clock: HandClock) -> None:
    for hours in range(3):
        other = Event("other", f"subject {hours}", {})
        line = Event("security", f"subject {hours}", {"hours": hours})
        store.commit(Effects(events=(other, line)))
        clock.jump(timedelta(hours=1))

    found = store.happened("security", NOON + timedelta(hours=1))

    assert [(at - NOON, event.subject) for at, event in found] == [
        (timedelta(hours=1), "subject 1"),
        (timedelta(hours=2), "subject 2"),
    ]
    assert found[0][1].detail == {"hours": 1}
