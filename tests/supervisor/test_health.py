"""What `status` says: of nothing, of a rested place, of a stalled daemon and of a failing shift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daemon.cli.status_view import print_status
from daemon.config import Loaded
from daemon.domain.evolution.records import Effects, Event, NewJob
from daemon.supervisor.health import STALE_S, read_status
from daemon.supervisor.lock import state_lock
from daemon.supervisor.places import open_store
from daemon.supervisor.pulse import Pulse, read_pulse, write_pulse

NOW = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


def beaten(loaded: Loaded, seconds_ago: float, stopped: bool = False, *names: str) -> None:
    runs = dict.fromkeys(("recruiter", "heartbeat", *names), NOW.isoformat())
    write_pulse(loaded.state, Pulse(NOW - timedelta(seconds=seconds_ago), runs, stopped))


def failed(loaded: Loaded, name: str, *kinds: str) -> None:
    details = {"shift": {"summary": "well"}, "shift_failed": {"error": "ValueError('no')"}}
    with open_store(loaded, daemon=False) as store:
        for kind in kinds:
            store.commit(Effects(events=(Event(kind, name, details[kind]),)))


def test_where_nothing_has_run_all_is_well_and_the_next_step_is_named(
    fresh: Callable[..., Loaded],
) -> None:
    loaded = fresh()

    status = read_status(loaded)

    assert status["healthy"]
    assert "nightshift night" in status["reason"]
    assert (status["shifts"], status["jobs"], status["trials"]) == ([], {}, 0)
    assert status["pool"] == {"genomes": {}, "jobs": {}, "nights": {"ended": 0, "open": 0}}
    assert not loaded.state.exists()


def test_after_a_night_the_daemon_is_not_running_and_all_is_well(rested: Loaded) -> None:
    status = read_status(rested)

    assert status["healthy"]
    assert status["heartbeat_age_s"] is None
    assert status["trials"] == 8
    assert status["jobs"]["publish"] == {"done": 1}
    assert [shift["name"] for shift in status["shifts"]] == [
        "recruiter",
        "harvester",
        "executor",
        "publisher",
    ]
    assert set(status) >= {"healthy", "shifts", "jobs", "trials", "spend", "feed"}
    assert set(status["spend"]) == {"today", "month", "cap_day", "cap_month", "requests"}


@pytest.mark.parametrize(
    ("age", "stopped", "healthy"),
    [(5.0, False, True), (STALE_S + 1, False, False), (1e6, True, True)],
)
def test_a_heartbeat_that_stalled_is_unhealthy_unless_the_daemon_went_home(
    used: Loaded, age: float, stopped: bool, healthy: bool
) -> None:
    beaten(used, age, stopped)

    status = read_status(used, NOW)

    assert status["healthy"] is healthy
    assert status["heartbeat_age_s"] == age
    if not healthy:
        assert status["reason"] == "the daemon's heartbeat is 61 s old; expected at most 60 s"


def test_a_shift_is_failing_until_its_next_good_turn(used: Loaded) -> None:
    failed(used, "executor", "shift", "shift_failed", "shift_failed")
    broken = read_status(used, NOW)

    failed(used, "executor", "shift")
    mended = read_status(used, NOW)

    faults = {shift["name"]: shift["faults"] for shift in broken["shifts"]}
    assert faults == {"recruiter": 0, "harvester": 0, "executor": 2, "publisher": 0}
    assert not broken["healthy"]
    assert mended["healthy"]


def test_a_third_partys_failing_shift_counts_too(used: Loaded) -> None:
    beaten(used, 1.0, False, "weekend_note")
    failed(used, "weekend_note", "shift_failed")

    status = read_status(used, NOW)

    assert not status["healthy"]
    assert [shift["name"] for shift in status["shifts"]][4:] == ["weekend_note"]
    assert status["shifts"][4]["next_run"] == NOW.isoformat()


def test_a_pulse_is_read_back_as_it_was_written(fresh: Callable[..., Loaded]) -> None:
    loaded = fresh()
    loaded.state.mkdir()
    pulse = Pulse(NOW, {"recruiter": NOW.isoformat()}, True)

    assert read_pulse(loaded.state) is None
    write_pulse(loaded.state, pulse)

    assert read_pulse(loaded.state) == pulse
    assert [path.name for path in loaded.state.iterdir()] == ["pulse.json"]


def test_the_pool_counts_genomes_and_jobs_by_state_and_nights(
    used: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(used, daemon=False) as store:
        stages = Counter(str(genome.stage) for genome in store.genomes())
        night = replace(store.nights()[0], id="another", seed=99)
        store.open_night(night)
        store.commit(Effects(jobs=(NewJob("mutate", "x", {}, "another"),)))
        left = store.waiting("mutate") + store.waiting("evaluate")

    status = read_status(used)

    pool = status["pool"]
    assert pool["genomes"] == dict(stages)
    assert pool["nights"] == {"ended": 1, "open": 1}
    assert pool["jobs"]["waiting"] == left
    assert pool["jobs"]["done"] == sum(c.get("done", 0) for c in status["jobs"].values())
    print_status(status, ZoneInfo("UTC"))
    shown = capsys.readouterr().out
    assert f"pool: {sum(stages.values())} genomes (" in shown
    assert f"{left} waiting" in shown
    assert "nights: 1 ended, 1 open" in shown


def test_a_night_at_work_is_told_while_it_holds_the_state_folder(
    fresh: Callable[..., Loaded], used: Loaded
) -> None:
    for loaded in (fresh(), used):
        with state_lock(loaded.state, "a night"):
            told = read_status(loaded)["reason"]
        assert told == "a night is at work; the daemon itself is not running"
        assert "a night" not in read_status(loaded)["reason"].replace("`nightshift night`", "")


def test_what_a_killed_night_left_holds_nothing(used: Loaded) -> None:
    (used.state / "lock.holder").write_text("a night")

    assert read_status(used)["reason"] == "the daemon is not running; all is well"


def test_the_last_night_is_shown_with_its_briefing(
    rested: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    status = read_status(rested)

    night = status["last_night"]
    assert "-3-" in night["id"]
    assert night["briefing"].endswith(".html")
    print_status(status, ZoneInfo("UTC"))
    assert f"last night: {night['id']}, ended " in capsys.readouterr().out


def test_every_shift_that_had_a_turn_is_listed(used: Loaded) -> None:
    failed(used, "live", "shift")
    failed(used, "ingestion", "shift_failed", "shift")

    assert [shift["name"] for shift in read_status(used)["shifts"]][4:] == ["live", "ingestion"]
