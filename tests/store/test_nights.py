"""Nights are continued, never mixed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from daemon.domain.engine.simulate import ENGINE_VERSION
from daemon.domain.evolution.records import (
    BriefingFiles,
    Effects,
    Genome,
    Lesson,
    NewJob,
    Retries,
    Stage,
    StageChange,
)
from daemon.errors import BadDataError
from daemon.plugin import host
from daemon.store.store import SqlStore
from tests.store.conftest import HandClock
from tests.store.samples import NIGHT, NOON, digest, evaluation, genome, trial


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


SECOND = replace(NIGHT, id="n2", seed=8)


def waits(*names: str, night: str = NIGHT.id) -> Effects:
    """Genomes that wait for their backtest in a night."""
    found = tuple(genome(name, night=night) for name in names)
    jobs = tuple(NewJob("evaluate", one.hash, {}, night) for one in found)
    return Effects(genomes=found, jobs=jobs)


def test_retried_timeouts_are_counted_on_their_night_with_the_effects(store: SqlStore) -> None:
    store.open_night(SECOND)

    store.commit(Effects(retries=Retries("n2", 2)))
    store.commit(Effects(retries=Retries("n2", 1)))

    assert [night.retried_timeouts for night in store.nights()] == [0, 3]
    assert store.open_night(SECOND).retried_timeouts == 3


def test_a_night_claims_its_own_jobs_and_no_others(store: SqlStore) -> None:
    store.open_night(SECOND)
    store.commit(waits("a"))
    store.commit(waits("a", "b", night="n2"))

    assert store.waiting("evaluate") == 3
    assert [claim.key for claim in store.claim("evaluate", 5, "n1")] == [digest("a")]
    assert [c.key for c in store.claim("evaluate", 5, "n2")] == [digest("a"), digest("b")]


def test_a_night_that_is_opened_takes_over_what_ended_nights_left(store: SqlStore) -> None:
    store.commit(waits("a", "b", "tried"))
    store.commit(Effects(jobs=(NewJob("mutate", "m", {}, "n1"), NewJob("publish", "n1"))))
    store.open_night(SECOND)
    store.commit(waits("a", "c", night="n2"))
    assert store.waiting("evaluate", "n2") == 2
    store.commit(Effects(stages=(StageChange(digest("tried"), Stage.FAILED, "it was tried"),)))
    for name in ("n1", "n2"):
        store.commit(Effects(finished_night=name))

    third = store.open_night(replace(NIGHT, id="n3", seed=9))

    assert third.carried == 4
    assert store.nights()[2].carried == 4
    keys = [claim.key for claim in store.claim("evaluate", 9, "n3")]
    assert keys == [digest("a"), digest("b"), digest("c")]
    assert [claim.key for claim in store.claim("mutate", 9, "n3")] == ["m"]
    assert store.waiting("evaluate") == 3
    assert store.waiting("publish") == 1
    assert store.open_night(replace(NIGHT, id="n4", seed=10)).carried == 0


def test_a_night_that_was_broken_off_keeps_its_jobs(store: SqlStore) -> None:
    store.commit(waits("a"))

    assert store.open_night(SECOND).carried == 0
    assert store.waiting("evaluate", "n1") == 1


def test_a_night_sees_what_was_there_and_what_is_its_own(store: SqlStore) -> None:
    store.commit(waits("early"))
    lesson = {"operator": "", "parents": (), "text": "", "code": "c", "line": 0, "message": ""}
    store.open_night(SECOND)
    refused = Lesson("m", "n2", genome=digest("refused"), **lesson)  # type: ignore[arg-type]
    store.commit(Effects(lessons=(refused,)))
    store.commit(waits("late", night="n2"))
    found = trial(digest("late"), night="n2", evaluation=evaluation(flags=()))
    store.commit(Effects(trials=(found,)))

    assert [g.name for g in store.genomes(night="n1")] == ["early"]
    assert [g.name for g in store.genomes(night="n2")] == ["early", "late"]
    for name, seen in (("early", (True, True)), ("late", (False, True)), ("refused", (0, 1))):
        assert (store.known(digest(name), "n1"), store.known(digest(name), "n2")) == seen
    behaviour = digest("behaviour of late")
    assert (store.same_behaviour(behaviour, "n1"), store.same_behaviour(behaviour)) == (
        "",
        digest("late"),
    )
    assert store.elites("settings", "n1") == ()
    assert [elite.genome.name for elite in store.elites("settings", "n2")] == ["late"]

    store.commit(waits("late"))  # made by both

    assert [g.name for g in store.genomes(night="n1")] == ["early", "late"]
    assert store.genome(digest("late")).night == "n2"


def screened(name: str, selection: float, **changes: object) -> Effects:
    """A strategy that passed in the first night."""
    found = evaluation(selection=selection, flags=())
    made: Genome = genome(name, stage=Stage.SCREENED)
    tried = trial(made.hash, evaluation=found, engine=ENGINE_VERSION, **changes)
    return Effects(genomes=(made,), trials=(tried,))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"market_hash": "other"}, ["good", "better", "old engine"]),
        ({"settings_hash": "other"}, ["good", "better", "old engine"]),
        ({"seed": 8}, ["old engine"]),
    ],
)
def test_what_passed_is_tried_again_where_market_settings_or_engine_changed(
    store: SqlStore, changes: dict[str, object], expected: list[str]
) -> None:
    store.commit(screened("good", 0.9))
    store.commit(screened("better", 0.8))
    old = trial(digest("old engine"), evaluation=evaluation(selection=0.7), engine="older")
    made = genome("old engine", stage=Stage.SCREENED)
    store.commit(Effects(genomes=(made,), trials=(old,)))
    failed = genome("failed", stage=Stage.FAILED)
    store.commit(Effects(genomes=(failed,), trials=(trial(failed.hash, engine="older"),)))

    opened = store.open_night(replace(NIGHT, id="n2", **changes), recheck=5)  # type: ignore[arg-type]

    keys = [claim.key for claim in store.claim("evaluate", 9, "n2")]
    assert keys == [digest(name) for name in expected]
    assert opened.rechecked == len(expected)
    assert store.open_night(replace(NIGHT, id="n2", **changes), 5) == opened  # type: ignore[arg-type]
    assert store.waiting("evaluate") == len(expected)


def test_no_more_is_tried_again_than_was_asked_for(store: SqlStore) -> None:
    for name, selection in (("a", 0.1), ("b", 0.9), ("c", 0.5)):
        store.commit(screened(name, selection))

    assert store.open_night(replace(NIGHT, id="n2", market_hash="other"), 2).rechecked == 2
    assert [c.key for c in store.claim("evaluate", 9)] == [digest("b"), digest("c")]
    assert store.open_night(replace(NIGHT, id="n3", market_hash="new")).rechecked == 0
