"""What every shift promises, run over those that are shipped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from daemon.domain.evolution.records import Effects
from daemon.plugin.host import Host
from daemon.plugin.roles import Answer, Daily, Every, Shift
from plugins import executor, harvester, publisher, recruiter
from tests.fakes import NIGHT, FakeExecutor, FakeStore, FakeSwarm, fake_host, turn
from tests.plugins.breeding import asked, found, gated, killed, request, run, stored, trend


def genomes_waiting(store: FakeStore) -> None:
    gated(store, [stored(trend(20 + number)) for number in range(5)])


def answers_waiting(store: FakeStore) -> None:
    asked(store, [request(number, trend(20 + number % 4)) for number in range(6)])


def parents_stored(store: FakeStore) -> None:
    store.commit(Effects(genomes=tuple(stored(trend(20 + number)) for number in range(3))))
    store.commits = 0


@dataclass(frozen=True)
class Case:
    """A shipped shift, and what has to be in the store for it to have work."""

    register: Callable[..., Iterable[Shift]]
    settings: type[BaseModel]
    prepare: Callable[[FakeStore], None] | None
    table: dict[str, Any]


CASES = {
    "recruiter": Case(
        recruiter.register_shifts,
        recruiter.SETTINGS,
        parents_stored,
        {"swarm": "fake", "seeds": False},
    ),
    "harvester": Case(harvester.register_shifts, harvester.SETTINGS, answers_waiting, {}),
    "executor": Case(executor.register_shifts, executor.SETTINGS, genomes_waiting, {}),
    "publisher": Case(publisher.register_shifts, publisher.SETTINGS, None, {}),
}
BREEDING = sorted(name for name, case in CASES.items() if case.prepare)


def host(tmp_path: Path, case: Case, store: FakeStore) -> Host:
    swarm = FakeSwarm(lambda mutation: Answer(mutation.id, mutation.sources[0]))
    return fake_host(
        tmp_path,
        store,
        swarms={"fake": swarm},
        evaluations=FakeExecutor(found()),
        raw_settings=case.table,
    )


def shift_of(tmp_path: Path, name: str, store: FakeStore) -> Shift:
    (shift,) = CASES[name].register(host(tmp_path, CASES[name], store))
    return shift


def prepared(name: str) -> FakeStore:
    store = FakeStore()
    prepare = CASES[name].prepare
    assert prepare is not None
    prepare(store)
    return store


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_is_a_shift_with_its_name_a_trigger_and_a_deadline(tmp_path: Path, name: str) -> None:
    shift = shift_of(tmp_path, name, FakeStore())

    assert isinstance(shift, Shift)
    assert shift.name == name
    assert shift.deadline_s > 0
    assert isinstance(shift.trigger, Daily) or shift.trigger.seconds > 0


@pytest.mark.parametrize("name", sorted(CASES))
def test_its_interval_is_a_setting_and_unknown_settings_are_refused(
    tmp_path: Path, name: str
) -> None:
    model = CASES[name].settings

    with pytest.raises(ValidationError):
        model.model_validate({"no_such_key": 1})
    assert all(field.description for field in model.model_fields.values())


@pytest.mark.parametrize("name", BREEDING)
def test_the_interval_of_the_settings_is_its_trigger(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    table = {**case.table, "interval_s": 7.5}

    (shift,) = case.register(fake_host(tmp_path, raw_settings=table))

    assert shift.trigger == Every(7.5)


@pytest.mark.parametrize("name", sorted(CASES))
def test_without_work_it_is_idle_and_changes_nothing(tmp_path: Path, name: str) -> None:
    store = FakeStore()

    report = run(shift_of(tmp_path, name, store))

    assert report.idle
    assert store.commits == 0


@pytest.mark.parametrize("name", BREEDING)
def test_with_work_it_reports_what_it_did(tmp_path: Path, name: str) -> None:
    report = run(shift_of(tmp_path, name, prepared(name)))

    assert not report.idle
    assert report.summary
    assert not report.summary.endswith(".")
    assert all(count >= 0 for count in report.counts.values())


@pytest.mark.parametrize("name", BREEDING)
def test_run_again_it_does_nothing_twice(tmp_path: Path, name: str) -> None:
    store = prepared(name)
    run(shift_of(tmp_path, name, store))
    before = store.content()

    report = run(shift_of(tmp_path, name, store))

    assert report.idle
    assert store.content() == before


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("name", BREEDING)
def test_killed_at_every_commit_in_turn_it_ends_as_if_it_had_not_been(
    tmp_path: Path, name: str, moment: str
) -> None:
    whole = prepared(name)
    run(shift_of(tmp_path, name, whole))

    number = 1
    while True:
        broken = prepared(name)
        if not killed(shift_of(tmp_path, name, broken), broken, **{moment: number}):
            break
        broken.restart()
        run(shift_of(tmp_path, name, broken))
        assert broken.content() == whole.content()
        number += 1

    assert number > 1


@pytest.mark.parametrize("name", BREEDING)
def test_called_off_it_holds_no_job(tmp_path: Path, name: str) -> None:
    store = prepared(name)
    shift = shift_of(tmp_path, name, store)

    async def call_off() -> None:
        task = asyncio.create_task(shift.run(turn()))  # type: ignore[arg-type]
        await asyncio.sleep(0.002)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(call_off())

    assert {job.state for job in store.jobs.values()} <= {"waiting", "done"}
    assert {job.faults for job in store.jobs.values()} <= {0}


def test_the_trials_of_a_round_belong_to_its_night(tmp_path: Path) -> None:
    store = prepared("executor")

    run(shift_of(tmp_path, "executor", store))

    assert {trial.night for trial in store.ledger} == {NIGHT.id}
