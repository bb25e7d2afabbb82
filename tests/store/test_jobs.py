"""A job is done once, whoever dies or is late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from daemon.domain.evolution.records import Claim, Effects, Event, NewJob
from daemon.errors import BadDataError, FencedError
from daemon.store.jobs import boot_id
from daemon.store.store import SqlStore
from tests.store.conftest import HandClock
from tests.store.samples import NOON, genome


def ask(store: SqlStore, *keys: str, kind: str = "harvest") -> None:
    store.commit(Effects(jobs=tuple(NewJob(kind, key, {"of": key}) for key in keys)))


def noted(store: SqlStore, kind: str) -> list[str]:
    return [event.subject for _, event in store.journal() if event.kind == kind]


def test_jobs_are_claimed_oldest_first_and_only_of_their_kind(store: SqlStore) -> None:
    ask(store, "b", "a", "c")
    ask(store, "x", kind="evaluate")

    claims = store.claim("harvest", 2)

    assert [(c.key, c.payload, c.attempt) for c in claims] == [
        ("b", {"of": "b"}, 1),
        ("a", {"of": "a"}, 1),
    ]
    assert [c.key for c in store.claim("harvest", 5)] == ["c"]
    assert store.claim("harvest", 5) == ()


def test_asking_twice_changes_nothing_even_after_the_job_is_done(store: SqlStore) -> None:
    ask(store, "a", "a")
    (claim,) = store.claim("harvest", 5)
    store.commit(Effects(), claim)

    ask(store, "a")

    assert store.claim("harvest", 5) == ()
    assert store.job_counts() == {"harvest": {"done": 1}}


def test_waiting_counts_what_waits_and_what_runs(store: SqlStore) -> None:
    ask(store, "a", "b", "c")
    first, _ = store.claim("harvest", 2)
    store.commit(Effects(), first)

    assert store.waiting("harvest") == 2
    assert store.waiting("evaluate") == 0


def test_the_effects_of_a_job_and_its_end_are_one(store: SqlStore) -> None:
    ask(store, "a")
    (claim,) = store.claim("harvest", 1)

    with pytest.raises(BadDataError):
        store.commit(Effects(genomes=(genome("a", parents=("nobody",)),)), claim)

    assert store.genomes() == ()
    assert store.job_counts() == {"harvest": {"running": 1}}


def test_a_late_attempt_is_fenced_out_and_writes_nothing(store: SqlStore, clock: HandClock) -> None:
    ask(store, "a")
    (late,) = store.claim("harvest", 1)
    clock.ticks += 61
    (second,) = store.claim("harvest", 1)

    with pytest.raises(FencedError, match="attempt 1 of the harvest job a"):
        store.commit(Effects(genomes=(genome(),)), late)
    store.commit(Effects(events=(Event("done", "a"),)), second)

    assert second.attempt == 2
    assert store.genomes() == ()
    assert noted(store, "done") == ["a"]


def test_a_job_cannot_end_twice(store: SqlStore) -> None:
    ask(store, "a")
    (claim,) = store.claim("harvest", 1)
    store.commit(Effects(), claim)

    with pytest.raises(FencedError):
        store.commit(Effects(events=(Event("done", "a"),)), claim)
    with pytest.raises(FencedError):
        store.release(claim, "too late")

    assert noted(store, "done") == []


def test_a_lease_can_be_extended_by_its_holder_only(store: SqlStore, clock: HandClock) -> None:
    ask(store, "a")
    (claim,) = store.claim("harvest", 1)
    clock.ticks += 50
    store.extend(claim)
    clock.ticks += 50

    assert store.claim("harvest", 1) == ()
    clock.ticks += 20
    assert len(store.claim("harvest", 1)) == 1
    with pytest.raises(FencedError):
        store.extend(claim)


@pytest.mark.parametrize("jump", [timedelta(days=3), timedelta(days=-3)])
def test_a_jump_of_the_wall_clock_neither_frees_nor_freezes_a_lease(
    store: SqlStore, clock: HandClock, jump: timedelta
) -> None:
    ask(store, "a")
    store.claim("harvest", 1)

    clock.jump(jump)

    assert store.claim("harvest", 1) == ()
    clock.ticks += 61
    assert len(store.claim("harvest", 1)) == 1


def test_the_next_instance_gets_the_jobs_of_a_crashed_one_at_once(
    store: SqlStore, path: Path
) -> None:
    ask(store, "a")
    (lost,) = store.claim("harvest", 1)

    # after a reboot the monotonic clock begins at nothing
    after = SqlStore.open(path, now=lambda: NOON, monotonic=lambda: 1.0)
    (claim,) = after.claim("harvest", 1)

    with pytest.raises(FencedError):
        store.commit(Effects(), lost)
    after.commit(Effects(), claim)
    assert after.epoch == store.epoch + 1
    assert after.job_counts() == {"harvest": {"done": 1}}
    after.close()


def test_a_crash_is_no_fault_of_the_job(path: Path) -> None:
    for _ in range(6):
        store = SqlStore.open(path)
        ask(store, "a")
        assert len(store.claim("harvest", 1)) == 1
    store.close()


def test_poison_is_parked_after_three_faults_with_its_error(store: SqlStore) -> None:
    ask(store, "poison", "good")
    for n in range(3):
        (claim,) = store.claim("harvest", 1)
        assert claim.key == "poison"
        store.release(claim, f"fault {n}")

    (claim,) = store.claim("harvest", 5)

    assert claim.key == "good"
    assert store.job_counts()["harvest"] == {"failed": 1, "running": 1}
    ((_, event),) = [line for line in store.journal() if line[1].kind == "job_parked"]
    assert event.detail == {"key": "poison", "error": "fault 2"}


def test_a_job_given_back_without_an_error_has_no_fault(store: SqlStore) -> None:
    ask(store, "a")
    for _ in range(5):
        (claim,) = store.claim("harvest", 1)
        store.release(claim, "")

    (claim,) = store.claim("harvest", 1)

    assert claim.attempt == 6
    store.commit(Effects(), claim)


def test_a_job_that_hangs_three_times_is_parked(store: SqlStore, clock: HandClock) -> None:
    ask(store, "hangs")
    for _ in range(3):
        assert len(store.claim("harvest", 1)) == 1
        clock.ticks += 61

    assert store.claim("harvest", 1) == ()
    assert store.job_counts() == {"harvest": {"failed": 1}}


def test_a_command_beside_the_daemon_cannot_claim(store: SqlStore, path: Path) -> None:
    ask(store, "a")
    beside = SqlStore.open(path, daemon=False)

    with pytest.raises(BadDataError):
        beside.claim("harvest", 1)

    beside.close()
    assert len(store.claim("harvest", 1)) == 1


def test_two_threads_never_hold_the_same_job(store: SqlStore) -> None:
    ask(store, *(str(n) for n in range(60)))
    held: list[Claim] = []

    def work() -> None:
        while claims := store.claim("harvest", 2):
            for claim in claims:
                held.append(claim)
                store.commit(Effects(events=(Event("done", claim.key),)), claim)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({claim.job for claim in held}) == len(held) == 60
    assert store.job_counts() == {"harvest": {"done": 60}}


def test_the_boot_of_the_machine_has_a_name() -> None:
    assert boot_id() == boot_id() != ""


class JobTable(RuleBasedStateMachine):
    """Any order of claims, ends, faults, late leases and restarts."""

    path: Path
    looks = 0

    def __init__(self) -> None:
        super().__init__()
        self.path.unlink(missing_ok=True)
        self.clock = HandClock()
        self.asked: set[str] = set()
        self.claims: list[Claim] = []
        self.done: list[str] = []
        self.parked: set[str] = set()
        self.start()

    def start(self) -> None:
        now, monotonic = self.clock.now, self.clock.monotonic
        self.store = SqlStore.open(self.path, now=now, monotonic=monotonic, lease_s=60.0)

    @rule(key=st.sampled_from("abcdef"))
    def ask(self, key: str) -> None:
        ask(self.store, key)
        self.asked.add(key)

    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        self.claims += self.store.claim("harvest", limit)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        try:
            self.store.commit(Effects(events=(Event("done", claim.key),)), claim)
        except FencedError:
            return
        self.done.append(claim.key)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def fault(self, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(self.claims))
        try:
            self.store.release(claim, "fault")
        except FencedError:
            return

    @rule(seconds=st.sampled_from((10, 61)))
    def wait(self, seconds: int) -> None:
        self.clock.ticks += seconds

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.start()

    @invariant()
    def no_job_is_done_twice_or_lost(self) -> None:
        type(self).looks += 1
        noted_ = noted(self.store, "done")
        assert sorted(noted_) == sorted(set(noted_)) == sorted(self.done)
        states = self.store.job_counts().get("harvest", {})
        assert sum(states.values()) == len(self.asked)
        assert states.get("done", 0) == len(self.done)

    def teardown(self) -> None:
        self.store.close()


def test_no_order_of_events_loses_or_doubles_a_job(path: Path) -> None:
    table = type("JobTableHere", (JobTable,), {"path": path})
    table.TestCase.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)

    table.TestCase("runTest").runTest()

    assert table.looks >= 10
