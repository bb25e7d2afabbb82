"""The executor backtests what waits, promotes or fails it, and never runs a trial too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daemon.domain.evolution.evaluation import Block, Descriptors, Evaluation
from daemon.domain.evolution.fitness import FitnessRefusal
from daemon.domain.evolution.lineage import Cost
from daemon.domain.evolution.records import Effects, Genome, NewJob, Origin, Stage
from daemon.errors import (
    SECURITY,
    BadDataError,
    ConfigError,
    GenomeRefused,
    MissingError,
    NoBarsError,
    Reason,
    SecurityError,
    TransientError,
    UsageError,
)
from daemon.plugin.host import Occasion
from daemon.plugin.roles import EvaluationTask
from plugins.executor.shift import ExecutorShift
from plugins.executor.verdict import judged
from tests.fakes import NIGHT, FakeClock, FakeExecutor, FakeStore, fake_host
from tests.plugins.breeding import found, gated, killed, run, stored, trend
from tests.store.samples import evaluation

ATTACK = Reason(SECURITY, 0, "it made a system call and was killed (SIGSYS)", "SIGSYS")
CRASH = Reason("crashed", 7, "division of an array by a list")


def genomes(count: int) -> list[Genome]:
    return [stored(trend(20 + number)) for number in range(count)]


def executor(
    tmp_path: Path,
    store: FakeStore,
    answer: Callable[[EvaluationTask], Evaluation] | None = None,
    place: FakeExecutor | None = None,
    **settings: Any,
) -> ExecutorShift:
    place = place or FakeExecutor(answer or found())
    return ExecutorShift(fake_host(tmp_path, store, evaluations=place, raw_settings=settings))


def attacks(task: EvaluationTask) -> Evaluation:
    raise GenomeRefused([ATTACK])


def every_third_crashes(task: EvaluationTask) -> Evaluation:
    window = int(task.source.partition('"window": ')[2].partition("}")[0])
    if window % 3 == 0:
        raise GenomeRefused([CRASH])
    return found(selection=window / 100)(task)


def rising(task: EvaluationTask) -> Evaluation:
    """Each genome is better than the one before it, and all would be screened."""
    window = int(task.source.partition('"window": ')[2].partition("}")[0])
    return found(selection=window / 20)(task)


def test_a_genome_at_the_threshold_is_screened_with_its_trial(tmp_path: Path) -> None:
    (genome,) = genomes(1)
    store = gated(FakeStore(), [genome])

    report = run(executor(tmp_path, store, found(selection=0.5)))

    (trial,) = store.ledger
    assert (trial.genome, trial.night, trial.origin) == (genome.hash, NIGHT.id, Origin.NIGHT)
    assert (trial.settings_hash, trial.sandbox, trial.failure) == ("settings", "A", "")
    assert store.genome(genome.hash).stage is Stage.SCREENED
    assert store.waiting("evaluate") == 0
    assert report.counts == {"screened": 1, "trials": 1}


@pytest.mark.parametrize("fails", [False, True])
def test_a_trial_tells_what_all_its_runs_took(tmp_path: Path, fails: bool) -> None:
    store, clock = gated(FakeStore(), genomes(1)), FakeClock()

    def answer(task: EvaluationTask) -> Evaluation:
        clock.move(3.0)
        if task.proof and fails:
            raise GenomeRefused([CRASH])
        return replace(found(selection=0.5)(task), cpu_s=2.0)

    host = fake_host(tmp_path, store, evaluations=FakeExecutor(answer), clock=clock)
    run(ExecutorShift(host))

    (trial,) = store.ledger
    assert trial.cost == (Cost(6.0, None) if fails else Cost(6.0, 4.0))


@pytest.mark.parametrize("stage", [Stage.GATED, Stage.SCREENED, Stage.FAILED])
def test_a_genome_that_attacks_the_sandbox_is_a_failed_trial_and_rejected(
    stage: Stage, tmp_path: Path
) -> None:
    (genome,) = genomes(1)
    store = gated(FakeStore(), [genome])
    store.by_hash[genome.hash] = replace(genome, stage=stage)

    report = run(executor(tmp_path, store, attacks))

    assert store.moves == [(genome.hash, Stage.REJECTED, f"security: {ATTACK.message}")]
    assert [trial.failure for trial in store.ledger] == [ATTACK.message]
    assert [event.subject for event in store.events] == [genome.hash]
    assert report.counts == {"rejected": 1, "unrunnable": 1}


def test_the_second_attack_within_a_day_ends_the_turn(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(5))

    with pytest.raises(SecurityError, match="2 genomes attacked the sandbox"):
        run(executor(tmp_path, store, attacks))

    assert len(store.ledger) == 2
    assert store.waiting("evaluate") == 3


def test_a_genome_below_the_threshold_fails_with_both_numbers(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(1))

    run(executor(tmp_path, store, found(selection=0.49), threshold=1.25))

    _, stage, reason = store.moves[0]
    assert stage is Stage.FAILED
    assert reason == "selection fitness 0.49 is below the threshold of 1.25"


def test_the_task_says_what_to_run_on_what(tmp_path: Path) -> None:
    store = gated(FakeStore(), [stored(trend(20, universe="leveraged"))])
    place = FakeExecutor(found())

    run(executor(tmp_path, store, place=place))

    expected = EvaluationTask(trend(20, universe="leveraged"), {}, "1d", "leveraged", "")
    assert place.tasks == [expected]


@pytest.mark.parametrize("refusal", FitnessRefusal)
def test_every_refusal_has_a_reason_in_words(refusal: FitnessRefusal) -> None:
    found = evaluation(flags=(), selection=None, fitness_refusal=refusal.value)

    assert "the blocks give none" not in judged("hash", found, 0.5).reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"flags": ("suspected_leak",), "selection": 9.0}, "quarantined"),
        ({"selection": None, "fitness_refusal": "too_few_trades"}, "too few trades"),
        ({"selection": None, "fitness_refusal": "too_little_exposure"}, "hardly ever invested"),
        (
            {
                "selection": None,
                "blocks": (Block(0, 9, 1.0, 1.0), Block(9, 19, None, None, "ruined")),
            },
            "lost all its capital",
        ),
        ({"selection": None, "blocks": ()}, "the blocks give none"),
        ({"selection": -0.31}, "-0.31 is below"),
    ],
)
def test_a_failure_says_why_in_words(changes: dict[str, Any], words: str) -> None:
    verdict = judged("hash", evaluation(**{"flags": ()} | changes), 0.5)

    assert verdict.stage is Stage.FAILED
    assert words in verdict.reason


def test_a_genome_that_cannot_run_is_a_trial_that_does_not_count(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(4))

    report = run(executor(tmp_path, store, every_third_crashes), trials_left=2)

    failed = [trial for trial in store.ledger if trial.evaluation is None]
    assert report.counts["trials"] == 2
    assert "line 7: division" in failed[0].failure
    assert store.genome(failed[0].genome).stage is Stage.FAILED


@pytest.mark.parametrize("left", [1, 2, 3, 7])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_no_trial_is_run_beyond_those_left(tmp_path: Path, left: int, workers: int) -> None:
    store = gated(FakeStore(), genomes(12))
    place = FakeExecutor(every_third_crashes)

    run(executor(tmp_path, store, place=place, workers=workers), trials_left=left)

    assert store.trial_count() == left
    assert len(place.tasks) == len(store.ledger)
    assert store.waiting("evaluate") == 12 - len(store.ledger)


def test_as_many_backtests_run_side_by_side_as_there_are_workers(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(20))
    place = FakeExecutor(found(), pause=lambda task: 5, slots=3)

    run(executor(tmp_path, store, place=place))

    assert place.most == 3


def test_the_ledger_is_the_same_whatever_the_workers_and_their_timing(tmp_path: Path) -> None:
    stores = [gated(FakeStore(), genomes(15)) for _ in range(3)]
    pauses: list[Callable[[EvaluationTask], int]] = [
        lambda task: 0,
        lambda task: len(task.source) % 7,
        lambda task: 50 - hash(task.source) % 50,
    ]

    for store, pause, workers in zip(stores, pauses, (1, 2, 8), strict=True):
        place = FakeExecutor(every_third_crashes, pause=pause)
        run(executor(tmp_path, store, place=place, workers=workers), trials_left=7)

    contents = [store.content() for store in stores]
    assert contents[0] == contents[1] == contents[2]


@pytest.mark.parametrize(("longest_s", "numbers"), [(0.0, (1, 3, 2)), (1.0, (1,))])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_executor_killed_at_any_commit_goes_on_as_if_nothing_had_been(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    longest_s: float,
    numbers: tuple[int, ...],
) -> None:
    monkeypatch.setattr("daemon.plugin.backlog.LONGEST_S", longest_s)
    whole, broken = (gated(FakeStore(), genomes(9)) for _ in range(2))
    run(executor(tmp_path, whole, every_third_crashes))

    for number in numbers:
        shift = executor(tmp_path, broken, every_third_crashes)
        assert killed(shift, broken, **{moment: number})
        broken.restart()
    run(executor(tmp_path, broken, every_third_crashes))

    assert broken.content() == whole.content()


@pytest.mark.parametrize("error", [TransientError("worker lost"), OSError("no memory")])
def test_a_fault_that_is_not_the_genomes_gives_its_job_back(
    tmp_path: Path, error: Exception
) -> None:
    def answer(task: EvaluationTask) -> Evaluation:
        if '"window": 20}' in task.source:
            raise error
        return found()(task)

    store = gated(FakeStore(), genomes(4))

    report = run(executor(tmp_path, store, answer))

    assert report.counts == {"faults": 1, "screened": 3, "trials": 3}
    job = next(iter(store.jobs.values()))
    assert (job.state, job.faults) == ("waiting", 1)
    assert str(error) in job.error


def test_backtests_that_all_break_down_end_the_round_instead_of_using_up_every_genome(
    tmp_path: Path,
) -> None:
    def answer(task: EvaluationTask) -> Evaluation:
        raise TypeError("the engine is broken")

    store = gated(FakeStore(), genomes(12))

    with pytest.raises(TransientError, match=r"5 backtests in a row.*the engine is broken"):
        run(executor(tmp_path, store, answer))

    assert [job.faults for job in store.jobs.values()] == [1] * 5 + [0] * 7
    assert {job.state for job in store.jobs.values()} == {"waiting"}


@pytest.mark.parametrize("longest_s", [0.0, 1.0])
def test_trials_that_can_never_be_stored_end_the_round_however_many_share_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest_s: float
) -> None:
    class Rewritten(FakeStore):
        def _write(self, effects: Effects) -> None:
            if effects.trials:
                raise BadDataError("the trial ledger was rewritten")
            super()._write(effects)

    monkeypatch.setattr("daemon.plugin.backlog.LONGEST_S", longest_s)
    store = Rewritten()
    gated(store, genomes(12))

    with pytest.raises(TransientError, match="5 backtests in a row"):
        run(executor(tmp_path, store, rising))

    assert max(job.faults for job in store.jobs.values()) == 1
    if not longest_s:
        assert sum(job.faults for job in store.jobs.values()) == 5


def test_faults_with_trials_between_them_are_not_in_a_row(tmp_path: Path) -> None:
    def answer(task: EvaluationTask) -> Evaluation:
        if '"window": 24}' in task.source:
            return found()(task)
        raise TypeError("the engine is broken")

    store = gated(FakeStore(), genomes(9))

    report = run(executor(tmp_path, store, answer))

    assert report.counts == {"faults": 8, "screened": 1, "trials": 1}


@pytest.mark.parametrize(
    "error", [MissingError("the lake is empty"), UsageError("no friction profile of that name")]
)
def test_what_every_genome_would_meet_stops_the_round_and_no_genome_is_to_blame(
    tmp_path: Path, error: Exception
) -> None:
    def answer(task: EvaluationTask) -> Evaluation:
        raise error

    store = gated(FakeStore(), genomes(5))

    with pytest.raises(type(error)):
        run(executor(tmp_path, store, answer))

    assert store.ledger == []
    assert {(job.state, job.faults) for job in store.jobs.values()} == {("waiting", 0)}


def test_a_universe_without_any_data_fails_its_genome(tmp_path: Path) -> None:
    def answer(task: EvaluationTask) -> Evaluation:
        raise MissingError("no symbol of leveraged has data")

    store = gated(FakeStore(), [stored(trend(20, universe="leveraged"))])

    run(executor(tmp_path, store, answer))

    assert store.moves[0][1:] == (
        Stage.FAILED,
        "it cannot be run: no symbol of leveraged has data",
    )


def test_a_round_is_one_commit_for_each_second(tmp_path: Path) -> None:
    store, clock = gated(FakeStore(), genomes(9)), FakeClock()
    before = store.commits

    def answer(task: EvaluationTask) -> Evaluation:
        clock.move(0.3)
        return found()(task)

    host = fake_host(tmp_path, store, evaluations=FakeExecutor(answer, slots=1), clock=clock)
    run(ExecutorShift(host))

    assert len(store.ledger) == 9
    assert before + 2 <= store.commits <= before + 4


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_result_that_lost_its_lease_is_dropped_and_no_other(tmp_path: Path, lost: int) -> None:
    store = gated(FakeStore(), genomes(4))

    def late(task: EvaluationTask) -> Evaluation:
        list(store.jobs.values())[lost].attempt = 2
        return rising(task)

    report = run(executor(tmp_path, store, late))

    assert report.counts == {"fenced": 1, "screened": 3, "trials": 3}
    expected = [genome.hash for number, genome in enumerate(genomes(4)) if number != lost]
    assert [trial.genome for trial in store.ledger] == expected


def test_a_trial_that_cannot_be_stored_goes_back_and_stops_no_other(tmp_path: Path) -> None:
    class Refusing(FakeStore):
        def _write(self, effects: Effects) -> None:
            if any(trial.genome == genomes(2)[1].hash for trial in effects.trials):
                raise BadDataError("the row was refused")
            super()._write(effects)

    store = Refusing()
    gated(store, genomes(4))

    report = run(executor(tmp_path, store, rising))

    assert report.counts == {"faults": 1, "screened": 3, "trials": 3}
    job = list(store.jobs.values())[1]
    assert (job.state, job.faults, job.error) == (
        "waiting",
        1,
        "BadDataError: the row was refused",
    )


def test_a_store_without_room_ends_the_round(tmp_path: Path) -> None:
    class Full(FakeStore):
        def _write(self, effects: Effects) -> None:
            if effects.trials:
                raise MissingError("no room on the disk")
            super()._write(effects)

    store = Full()
    gated(store, genomes(4))

    with pytest.raises(MissingError, match="no room"):
        run(executor(tmp_path, store))

    assert {(job.state, job.faults) for job in store.jobs.values()} == {("waiting", 0)}


def test_without_genomes_the_executor_is_idle(tmp_path: Path) -> None:
    assert run(executor(tmp_path, FakeStore())).idle


def test_another_executor_runs_the_backtests_where_the_settings_say_so(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(2))
    far = FakeExecutor(found(), name="far")
    host = fake_host(tmp_path, store, executors={"far": far}, raw_settings={"runs_on": "far"})

    run(ExecutorShift(host))

    assert len(far.tasks) == 2


def test_an_executor_that_is_not_loaded_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(1))
    host = fake_host(tmp_path, store, raw_settings={"runs_on": "far"})

    with pytest.raises(ConfigError, match=r"executor\.runs_on"):
        run(ExecutorShift(host))


BARLESS = NoBarsError("no 15m bars of A")


def some_are_barless(*windows: int) -> Callable[[EvaluationTask], Evaluation]:
    """No bars for the genomes with these windows."""

    def answer(task: EvaluationTask) -> Evaluation:
        if any(f'"window": {window}}}' in task.source for window in windows):
            raise BARLESS
        return found()(task)

    return answer


@pytest.mark.parametrize("barless", [(20,), (22,), (20, 21), (21, 23)])
def test_a_genome_without_bars_is_one_failed_trial_and_the_others_run(
    tmp_path: Path, barless: tuple[int, ...]
) -> None:
    store = gated(FakeStore(), genomes(4))

    report = run(executor(tmp_path, store, some_are_barless(*barless)))

    many = len(barless)
    assert report.counts == {
        "failed": many,
        "screened": 4 - many,
        "trials": 4 - many,
        "unrunnable": many,
    }
    assert [trial.genome for trial in store.ledger] == [genome.hash for genome in genomes(4)]
    failed = [reason for _, stage, reason in store.moves if stage is Stage.FAILED]
    assert failed == ["it cannot be run: no 15m bars of A"] * many
    assert {job.state for job in store.jobs.values()} == {"done"}


def test_where_no_genome_has_bars_the_round_ends_in_one_sentence_and_none_is_to_blame(
    tmp_path: Path,
) -> None:
    store = gated(FakeStore(), genomes(5))

    with pytest.raises(NoBarsError, match="no genome of this night can be run: no 15m bars of A"):
        run(executor(tmp_path, store, some_are_barless(*range(20, 25))))

    assert store.ledger == []
    assert {(job.state, job.faults) for job in store.jobs.values()} == {("waiting", 0)}


def test_once_some_genome_of_the_night_ran_one_without_bars_fails_at_once(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(1))

    report = run(executor(tmp_path, store, some_are_barless(20)), trials_left=499)

    assert report.counts == {"failed": 1, "unrunnable": 1}


def test_a_fault_keeps_the_question_open_whether_any_genome_has_bars(tmp_path: Path) -> None:
    def answer(task: EvaluationTask) -> Evaluation:
        if '"window": 21}' in task.source:
            raise OSError("no memory")
        raise BARLESS

    store = gated(FakeStore(), genomes(3))

    report = run(executor(tmp_path, store, answer))

    assert report.counts == {"faults": 1}
    assert [job.faults for job in store.jobs.values()] == [0, 1, 0]
    assert {job.state for job in store.jobs.values()} == {"waiting"}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("number", "longest_s"), [(1, 1.0), (1, 0.0), (2, 0.0), (3, 0.0), (4, 0.0)]
)
def test_killed_among_genomes_without_bars_it_goes_on_as_if_nothing_had_been(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    number: int,
    longest_s: float,
) -> None:
    monkeypatch.setattr("daemon.plugin.backlog.LONGEST_S", longest_s)
    answer = some_are_barless(20, 22)
    whole, broken = (gated(FakeStore(), genomes(5)) for _ in range(2))
    run(executor(tmp_path, whole, answer))

    assert killed(executor(tmp_path, broken, answer), broken, **{moment: number})
    broken.restart()
    run(executor(tmp_path, broken, answer))

    assert broken.content() == whole.content()


def test_look_ahead_on_the_real_market_is_named_and_leaves_no_evaluation(tmp_path: Path) -> None:
    def answer(task: EvaluationTask) -> Evaluation:
        message = "on the market that it was priced on: the position at bar 7 changes"
        if task.proof:
            raise GenomeRefused([Reason("lookahead_truncation", 0, message)])
        return evaluation(flags=(), selection=2.0)

    store = gated(FakeStore(), genomes(1))

    report = run(executor(tmp_path, store, answer))

    assert report.counts == {"failed": 1, "unrunnable": 1}
    assert store.trial_count() == 0
    assert store.moves[0][2].startswith(
        "on the market that it was priced on: the position at bar 7"
    )
    assert store.ledger[0].failure == store.moves[0][2]


def by_window(worth: dict[int, tuple[float | None, float]]) -> Callable[..., Evaluation]:
    """Answers selection and turnover, which makes the niche, by the window of the genome."""

    def answer(task: EvaluationTask) -> Evaluation:
        window = int(task.source.partition('"window": ')[2].partition("}")[0])
        selection, turnover = worth[window]
        flags = ("price_levels",) if task.proof else ()
        described = Descriptors(turnover, net=0.5, beta=0.1, holding=1.0)
        return evaluation(flags=flags, selection=selection, descriptors=described)

    return answer


def test_what_would_enter_the_archive_is_proved_and_what_has_no_selection_is_not(
    tmp_path: Path,
) -> None:
    worth = {20: (0.1, 1.0), 21: (0.05, 1.0), 22: (0.2, 1.0), 23: (None, 1.0), 24: (-0.3, 900.0)}
    store = gated(FakeStore(), genomes(5))
    place = FakeExecutor(by_window(worth))

    run(executor(tmp_path, store, place=place, threshold=0.5))

    proved = [task.source for task in place.proofs]
    assert set(proved) >= {trend(20), trend(22), trend(24)}
    assert trend(23) not in proved
    assert {task.seed for task in place.proofs} == {NIGHT.seed}
    assert {task.proof for task in place.proofs} == {"niche"}
    flags = [trial.evaluation.flags for trial in store.ledger if trial.evaluation]
    assert [bool(each) for each in flags] == [True, False, True, False, True]


def test_a_suspected_leak_holds_no_niche_and_what_comes_after_it_is_proved(tmp_path: Path) -> None:
    worth = {20: (9.0, 1.0), 21: (1.0, 1.0)}
    store = gated(FakeStore(), genomes(2))

    def answer(task: EvaluationTask) -> Evaluation:
        evaluated = by_window(worth)(task)
        leaks = task.source == trend(20)
        return replace(evaluated, flags=("suspected_leak",)) if leaks else evaluated

    place = FakeExecutor(answer, pause=lambda task: 20 if task.source == trend(21) else 0)
    run(executor(tmp_path, store, place=place))

    assert [task.source for task in place.proofs] == [trend(20), trend(21)]
    assert [e.genome.source for e in store.elites("settings")] == [trend(21)]


def test_where_the_best_of_a_niche_is_not_stored_what_did_not_reach_it_is_tried_again(
    tmp_path: Path,
) -> None:
    worth = {20: (0.9, 1.0), 21: (0.8, 1.0), 22: (0.7, 900.0), 23: (0.6, 1.0)}
    store = gated(FakeStore(), genomes(4))
    jobs = list(store.jobs.values())

    def late(task: EvaluationTask) -> Evaluation:
        jobs[0].attempt = 2
        return by_window(worth)(task)

    place = FakeExecutor(late, pause=lambda task: 0 if task.source == trend(20) else 20)
    report = run(executor(tmp_path, store, place=place, workers=1))

    assert report.counts == {"fenced": 1, "screened": 1, "trials": 1}
    assert [trial.genome for trial in store.ledger] == [genomes(4)[2].hash]
    assert [(job.state, job.faults) for job in (jobs[1], jobs[3])] == [("waiting", 0)] * 2


def test_a_floor_that_fell_has_what_is_in_flight_proved_in_its_turn(tmp_path: Path) -> None:
    worth = {20: (0.9, 1.0), 22: (0.8, 1.0)}
    store = gated(FakeStore(), genomes(3))

    def answer(task: EvaluationTask) -> Evaluation:
        next(iter(store.jobs.values())).attempt = 2
        if task.source == trend(21):
            raise RuntimeError("a fault, at which what is folded is stored")
        return by_window(worth)(task)

    turns = {trend(20): 0, trend(21): 60, trend(22): 20}
    place = FakeExecutor(answer, pause=lambda task: 0 if task.proof else turns[task.source])
    report = run(executor(tmp_path, store, place=place, workers=2))

    assert report.counts == {"faults": 1, "fenced": 1, "screened": 1, "trials": 1}
    assert [task.source for task in place.proofs] == [trend(20), trend(22)]


@pytest.mark.parametrize(("selection", "occasion"), [(0.5, "screening"), (0.49, "niche")])
def test_what_would_be_screened_is_proved_at_a_higher_stake(
    tmp_path: Path, selection: float, occasion: Occasion
) -> None:
    store, place = gated(FakeStore(), genomes(1)), FakeExecutor(found(selection=selection))

    run(executor(tmp_path, store, place=place, threshold=0.5))

    assert [task.proof for task in place.proofs] == [occasion]


@pytest.mark.parametrize(
    ("reason", "failure"), [(CRASH, ""), (ATTACK, ATTACK.message)], ids=["crash", "attack"]
)
def test_of_a_proof_that_was_asked_for_too_early_an_attack_counts_and_nothing_else(
    tmp_path: Path, reason: Reason, failure: str
) -> None:
    worth = {20: (0.1, 1.0), 21: (0.05, 1.0)}
    store = gated(FakeStore(), genomes(2))

    def answer(task: EvaluationTask) -> Evaluation:
        if task.proof and task.source == trend(21):
            raise GenomeRefused([reason])
        return by_window(worth)(task)

    place = FakeExecutor(answer, pause=lambda task: 9 if task.source == trend(20) else 0)
    run(executor(tmp_path, store, place=place))

    assert trend(21) in [task.source for task in place.proofs]
    assert [trial.failure for trial in store.ledger] == ["", failure]


def test_a_night_that_goes_on_proves_against_the_archive_it_finds(tmp_path: Path) -> None:
    worth = {20: (0.1, 1.0), 21: (0.05, 1.0), 22: (0.2, 1.0)}
    store, place = gated(FakeStore(), genomes(3)), FakeExecutor(by_window(worth))

    for _ in range(3):
        run(executor(tmp_path, store, place=place), trials_left=1)

    assert [task.source for task in place.proofs] == [trend(20), trend(22)]


def test_a_retried_timeout_flags_the_night_in_the_commit_of_a_trial(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(3))
    late = iter([0, 2, 0])
    host = fake_host(
        tmp_path,
        store,
        evaluations=FakeExecutor(found()),
        retried_timeouts=lambda: next(late),
    )

    run(ExecutorShift(host))

    assert store.timeouts == 2
    assert next(late, None) is None


def tried_again(tmp_path: Path, stage: Stage, selection: float) -> FakeStore:
    """A known genome of a stage, tried again."""
    store = gated(FakeStore(), [stored(trend(20), stage=stage)])
    report = run(executor(tmp_path, store, found(selection=selection)))
    assert report.counts["trials"] == 1
    assert store.waiting("evaluate") == 0
    return store


@pytest.mark.parametrize(
    ("stage", "selection", "expected"),
    [
        (Stage.SCREENED, 0.9, Stage.SCREENED),
        (Stage.SCREENED, 0.1, Stage.FAILED),
        (Stage.FAILED, 0.9, Stage.FAILED),
        (Stage.FAILED, 0.1, Stage.FAILED),
        (Stage.PROVEN, 0.1, Stage.PROVEN),
        (Stage.PROVEN, 0.9, Stage.PROVEN),
    ],
)
def test_a_genome_tried_again_moves_at_most_out_of_screened(
    tmp_path: Path, stage: Stage, selection: float, expected: Stage
) -> None:
    store = tried_again(tmp_path, stage, selection)

    (genome,) = store.by_hash.values()
    assert genome.stage is expected
    assert len(store.moves) == (stage is not expected)


def test_the_jobs_of_another_night_are_left_alone(tmp_path: Path) -> None:
    store = gated(FakeStore(), genomes(1))
    other = stored(trend(90))
    store.commit(Effects(genomes=(other,), jobs=(NewJob("evaluate", other.hash, {}, "night-8"),)))

    run(executor(tmp_path, store))

    assert [trial.genome for trial in store.ledger] == [genomes(1)[0].hash]
    assert store.waiting("evaluate", "night-8") == 1
