"""A whole night on shifts that only pretend: its order, and each way it can end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from daemon.domain.evolution.records import BriefingFiles, Effects, Night, Origin, Trial
from daemon.errors import MissingError, PluginError
from daemon.plugin.roles import Every, ShiftReport, Turn
from daemon.supervisor.night import (
    BARREN_ROUNDS,
    Crew,
    NightOutcome,
    breed,
    one_turn,
    run_night,
)
from tests.fakes import NIGHT, FakeClock, FakeStore
from tests.store.samples import evaluation

NOTHING = ShiftReport(True, "nothing to do", {})
BUSY = ShiftReport(False, "busy", {"requests": 1})
ROUND = ["harvester", "executor", "recruiter"]


@dataclass
class FakeShift:
    """Answers by a function of the turn; remembers the turns."""

    name: str
    answer: Callable[[Turn], ShiftReport] = lambda turn: NOTHING
    deadline_s: float = 60.0
    trigger: Every = Every(60.0)  # noqa: RUF009 - frozen
    turns: list[Turn] = field(default_factory=list)

    async def run(self, turn: Turn) -> ShiftReport:
        self.turns.append(turn)
        return self.answer(turn)


@dataclass
class Stage:
    """Shifts, store and clock of one pretended night."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    shifts: dict[str, FakeShift] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    slept: float = 0.0

    def __post_init__(self) -> None:
        self.shifts = {name: FakeShift(name) for name in (*ROUND, "prover", "tribunal")}
        self.shifts["publisher"] = FakeShift("publisher", self.publishes)

    def publishes(self, turn: Turn) -> ShiftReport:
        self.store.commit(Effects(briefing=BriefingFiles(turn.night.id, "{}", "", "page")))
        return ShiftReport(False, "published", {"briefings": 1})

    def tries(self, count: int) -> Callable[[Turn], ShiftReport]:
        """An executor's answer that puts so many trials into the ledger."""

        def answer(turn: Turn) -> ShiftReport:
            first = len(self.store.ledger)
            made = min(count, turn.trials_left)
            trials = tuple(trial(first + k, turn.night) for k in range(made))
            self.store.commit(Effects(trials=trials))
            return ShiftReport(False, "tried", {"trials": made})

        return answer

    def run(self, night: Night = NIGHT, minutes: float = 0.0) -> NightOutcome:
        def watch(name: str, report: ShiftReport) -> None:
            self.seen.append(name)

        async def sleep(seconds: float) -> None:
            self.slept += seconds
            self.clock.move(seconds)

        crew = Crew(self.shifts, self.store, self.clock, watch, sleep)
        return asyncio.run(run_night(night, crew, minutes))


def trial(number: int, night: Night) -> Trial:
    found = evaluation()
    return Trial(f"genome {number}", night.id, Origin.NIGHT, {}, "settings", "limits", found)


def small(evaluations: int) -> Night:
    return Night("night-7", 7, evaluations, "settings", "market", NIGHT.started)


def test_a_round_is_harvest_execute_recruit_and_the_publisher_comes_last() -> None:
    stage = Stage()
    stage.shifts["executor"].answer = stage.tries(2)

    outcome = stage.run(small(4))

    assert stage.seen == [*ROUND, *ROUND[:2], "prover", "tribunal", "publisher"]
    assert outcome.reason == "trials"
    assert outcome.briefing.html_path == "page"


def test_the_trials_left_are_told_and_never_exceeded() -> None:
    stage = Stage()
    stage.shifts["executor"].answer = stage.tries(3)

    stage.run(small(7))

    assert [turn.trials_left for turn in stage.shifts["executor"].turns] == [7, 4, 1]
    assert stage.store.trial_count(NIGHT.id) == 7


def test_a_night_whose_trials_are_there_already_only_publishes() -> None:
    stage = Stage()
    stage.store.commit(Effects(trials=(trial(0, NIGHT), trial(1, NIGHT))))

    outcome = stage.run(small(2))

    assert stage.seen == ["prover", "tribunal", "publisher"]
    assert outcome.reason == "trials"
    assert list(stage.store.jobs) == [("publish", NIGHT.id)]


def test_the_minutes_end_a_night_after_a_whole_round() -> None:
    stage = Stage()

    def slowly(turn: Turn) -> ShiftReport:
        stage.clock.move(61.0)
        return stage.tries(1)(turn)

    stage.shifts["executor"].answer = slowly

    outcome = stage.run(minutes=2.0)

    assert outcome.reason == "minutes"
    assert stage.seen == [*ROUND, *ROUND, "prover", "tribunal", "publisher"]


def test_breeding_ends_after_the_round_in_which_there_is_enough() -> None:
    stage = Stage()
    stage.shifts["executor"].answer = stage.tries(2)
    crew = Crew(
        stage.shifts, stage.store, stage.clock, lambda name, report: stage.seen.append(name)
    )

    async def enough() -> bool:
        return len(stage.store.ledger) >= 4

    assert asyncio.run(breed(small(50), crew, 0.0, enough)) == "enough"
    assert stage.seen == [*ROUND, *ROUND]


def test_without_minutes_the_clock_does_not_matter() -> None:
    stage = Stage()

    def slowly(turn: Turn) -> ShiftReport:
        stage.clock.move(1e6)
        return stage.tries(1)(turn)

    stage.shifts["executor"].answer = slowly

    assert stage.run(small(5)).reason == "trials"


def test_a_round_in_which_all_are_idle_ends_the_night() -> None:
    stage = Stage()

    outcome = stage.run()

    assert outcome.reason == "exhausted"
    assert stage.seen == [*ROUND, "prover", "tribunal", "publisher"]


def test_breeding_without_a_new_trial_is_given_up_after_a_while() -> None:
    stage = Stage()
    stage.shifts["recruiter"].answer = lambda turn: BUSY

    outcome = stage.run()

    assert outcome.reason == "exhausted"
    assert stage.seen.count("recruiter") == BARREN_ROUNDS


def test_one_new_trial_gives_breeding_another_chance() -> None:
    stage = Stage()
    stage.shifts["recruiter"].answer = lambda turn: BUSY
    one = stage.tries(1)
    stage.shifts["executor"].answer = lambda turn: (
        one(turn) if len(stage.shifts["executor"].turns) == BARREN_ROUNDS else NOTHING
    )

    stage.run()

    assert stage.seen.count("recruiter") == 2 * BARREN_ROUNDS


def test_a_night_stops_when_every_job_of_a_shift_fails() -> None:
    stage = Stage()
    stage.shifts["executor"].answer = lambda turn: ShiftReport(False, "no disk", {"faults": 3})

    with pytest.raises(PluginError, match=r"executor failed at each of 3 jobs \(no disk\)"):
        stage.run()

    assert stage.store.published == {}


@pytest.mark.parametrize("counts", [{"faults": 2}, {"faults": 3, "trials": 1}, {"trials": 3}])
def test_a_few_faults_among_what_works_do_not_stop_it(counts: Mapping[str, int]) -> None:
    stage = Stage()
    stage.shifts["executor"].answer = lambda turn: ShiftReport(True, "", counts)

    assert stage.run().reason == "exhausted"


@pytest.mark.parametrize("name", [*ROUND, "prover", "tribunal", "publisher"])
def test_a_missing_shift_is_named_before_anything_runs(name: str) -> None:
    stage = Stage()
    del stage.shifts[name]

    with pytest.raises(MissingError, match=f"no shift named {name} is loaded; add its plugin"):
        stage.run()

    assert stage.seen == []


def test_a_publisher_that_publishes_nothing_is_a_fault_of_its_own() -> None:
    stage = Stage()
    stage.shifts["publisher"].answer = lambda turn: NOTHING

    with pytest.raises(PluginError, match="left no briefing"):
        stage.run()


def test_the_publishers_job_waits_when_it_is_called(tmp_path: Path) -> None:
    stage = Stage()
    publish = stage.publishes
    waiting: list[int] = []

    def looks(turn: Turn) -> ShiftReport:
        waiting.append(stage.store.waiting("publish"))
        return publish(turn)

    stage.shifts["publisher"].answer = looks
    stage.run()

    assert waiting == [1]


def test_a_shift_that_raises_is_named_and_is_no_bug_of_the_daemon() -> None:
    def breaks(turn: Turn) -> ShiftReport:
        raise ZeroDivisionError("a stranger's mistake")

    shift = FakeShift("recruiter", breaks)

    with pytest.raises(PluginError, match=r"recruiter failed: ZeroDivisionError"):
        asyncio.run(one_turn(shift, Turn(FakeClock().now(), NIGHT, 5)))


def test_a_shift_that_hangs_is_given_up_at_its_deadline() -> None:
    class Hanging(FakeShift):
        async def run(self, turn: Turn) -> ShiftReport:
            await asyncio.sleep(60)
            return NOTHING

    turn = Turn(FakeClock().now(), NIGHT, 5)

    with pytest.raises(PluginError, match="passed its deadline"):
        asyncio.run(one_turn(Hanging("harvester", deadline_s=0.05), turn))


WAITING = ShiftReport(True, "no answer is ready", {}, waits=True)


def test_a_night_without_anything_else_to_do_waits_for_answers_that_are_on_their_way() -> None:
    stage = Stage()

    def answers_late(turn: Turn) -> ShiftReport:
        if stage.slept < 600.0:
            return WAITING
        stage.shifts["executor"].answer = stage.tries(3)
        return BUSY

    stage.shifts["harvester"].answer = answers_late

    outcome = stage.run(small(3))

    assert (outcome.reason, stage.slept) == ("trials", 600.0)


def test_no_answer_is_waited_for_longer_than_a_batch_can_take() -> None:
    stage = Stage()
    stage.shifts["harvester"].answer = lambda turn: WAITING

    assert stage.run(small(3)).reason == "exhausted"
    assert 24 * 3600.0 < stage.slept < 27 * 3600.0
