"""Nights are continued, never mixed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from daemon.domain.evolution.records import BriefingFiles, Effects
from daemon.errors import BadDataError
from daemon.plugin import host
from daemon.store.store import SqlStore
from tests.store.conftest import HandClock
from tests.store.samples import NIGHT, NOON


def test_an_unfinished_night_that_was_asked_for_the_same_is_continued(store: SqlStore) -> None:
    later = replace(NIGHT, id="other", started=NOON + timedelta(hours=3))

    assert store.open_night(later) == NIGHT
    assert store.nights() == (NIGHT,)


@pytest.mark.parametrize(
    "changes",
    [{"seed": 8}, {"evaluations": 9}, {"settings_hash": "other"}, {"market_hash": "other"}],
)
def test_another_question_is_another_night(store: SqlStore, changes: dict[str, object]) -> None:
    other = replace(NIGHT, id="n2", **changes)

    assert store.open_night(other) == other
    assert len(store.nights()) == 2


def test_a_night_that_has_ended_is_not_continued(store: SqlStore) -> None:
    for name in ("n1", "n1-2"):
        store.commit(Effects(finished_night=name))
        opened = store.open_night(NIGHT)
        store.open_night(NIGHT)

    assert opened.id == "n1-3"
    assert [(n.id, n.finished) for n in store.nights()] == [
        ("n1", NOON),
        ("n1-2", NOON),
        ("n1-3", None),
    ]


def test_the_first_end_of_a_night_stands(store: SqlStore, clock: HandClock) -> None:
    store.commit(Effects(finished_night="n1"))
    clock.wall += timedelta(hours=1)
    store.commit(Effects(finished_night="n1"))

    assert store.nights()[0].finished == NOON


def test_a_night_that_was_never_opened_cannot_end(store: SqlStore) -> None:
    with pytest.raises(BadDataError, match="never opened"):
        store.commit(Effects(finished_night="n9"))


def test_instants_come_back_in_utc_and_need_a_zone(store: SqlStore) -> None:
    new_york = timezone(timedelta(hours=-5))
    local = replace(NIGHT, id="n2", seed=8, started=datetime(2026, 3, 2, 7, tzinfo=new_york))
    naive = replace(NIGHT, id="n3", seed=9, started=datetime(2026, 3, 2))  # noqa: DTZ001

    store.open_night(local)

    assert store.nights()[1].started == NOON
    assert store.nights()[1].started.tzinfo is UTC
    with pytest.raises(Exception, match="expected an instant with a time zone"):
        store.open_night(naive)


def test_a_briefing_published_again_replaces_the_first(store: SqlStore) -> None:
    store.commit(Effects(briefing=BriefingFiles("n1", "{}", "# old", "a.html")))
    store.commit(Effects(briefing=BriefingFiles("n1", "{}", "# new", "a.html")))

    assert store.briefing("n1") == store.briefing() == BriefingFiles("n1", "{}", "# new", "a.html")
    assert store.briefing("n2") is None


def test_the_newest_night_with_a_briefing_is_the_default(store: SqlStore) -> None:
    assert store.briefing() is None
    store.open_night(replace(NIGHT, id="n0", seed=8, started=NOON - timedelta(days=1)))
    store.open_night(replace(NIGHT, id="n3", seed=9, started=NOON + timedelta(days=1)))
    for name in ("n1", "n0"):
        store.commit(Effects(briefing=BriefingFiles(name, "{}", "", "")))

    found = store.briefing()

    assert found is not None
    assert found.night == "n1"


def test_a_briefing_is_found_by_the_day_it_was_written(store: SqlStore, clock: HandClock) -> None:
    day = timedelta(days=1)
    store.open_night(replace(NIGHT, id="n2", seed=8))
    for name in ("n1", "n2"):
        store.commit(Effects(briefing=BriefingFiles(name, "{}", "", "")))
        clock.wall += timedelta(hours=1)

    assert store.briefing_of_day(NOON - day, NOON) is None
    assert store.briefing_of_day(NOON, NOON + timedelta(hours=1)).night == "n1"
    assert store.briefing_of_day(NOON, NOON + day).night == "n2"


def test_the_store_is_the_port_that_shifts_see(tmp_path: Path) -> None:
    port: host.Store = SqlStore.open(tmp_path / "nightshift.db")

    promised = {name for name in vars(host.Store) if not name.startswith("_")}
    assert promised <= set(dir(port))


def test_a_night_brings_its_settings_and_is_read_back_without_them(store: SqlStore) -> None:
    asked = replace(NIGHT, id="n2", settings_hash="other", settings='{"core": {}}')

    opened = store.open_night(asked)

    assert opened == replace(asked, settings="")
    assert store.settings("other") == asked.settings
    assert store.open_night(replace(asked, settings="never written")) == opened
    assert store.settings("other") == asked.settings
    assert store.settings(NIGHT.settings_hash) is None
