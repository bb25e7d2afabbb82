"""The harvester keeps what is new and sound, and a lesson of everything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemon.domain.evolution.records import Effects, Mutation, NewJob, Stage
from daemon.domain.genome import gate
from daemon.errors import (
    SECURITY,
    BadDataError,
    GenomeRefused,
    Reason,
    SecurityError,
    TransientError,
)
from daemon.plugin.host import Probe
from daemon.plugin.roles import Answer
from plugins.harvester.names import LONGEST, child_name
from plugins.harvester.shift import HarvesterShift
from tests.domain.stats.made import market_of, walk
from tests.fakes import NIGHT, FakeMarkets, FakeSandbox, FakeStore, FakeSwarm, fake_host
from tests.plugins.breeding import asked, killed, request, run, stored, trend

RAISES = Reason("raised", 9, "it raised IndexError")


def echo(mutation: Mutation) -> Answer | None:
    return Answer(mutation.id, mutation.sources[0])


def harvester(
    tmp_path: Path,
    store: FakeStore,
    answer: Callable[[Mutation], Answer | None] = echo,
    sandbox: FakeSandbox | None = None,
    markets: FakeMarkets | None = None,
    **settings: Any,
) -> HarvesterShift:
    host = fake_host(
        tmp_path,
        store,
        swarms={"fake": FakeSwarm(answer)},
        sandbox=sandbox or FakeSandbox(),
        markets=markets or FakeMarkets(),
        raw_settings=settings,
    )
    return HarvesterShift(host)


def requests(*sources: str) -> list[Mutation]:
    return [request(ticket, source) for ticket, source in enumerate(sources)]


def mixed() -> list[Mutation]:
    """Requests with every outcome among them, twins included."""
    windows = (20, 30, 20, 40, 50, 30, 60)
    sources = [trend(window) for window in windows]
    return requests(*sources[:3], "nonsense", *sources[3:], "def signal(bars, p):\n    import os\n")


def behaves_by_tens(source: str) -> Probe:
    """Windows of one kind behave alike: 40 like 20, 50 like 30."""
    window = int(source.partition('"window": ')[2].partition("}")[0])
    return Probe(f"behaviour {window // 10 % 2}", (RAISES,) if window == 60 else ())


ATTACK = Reason(SECURITY, 0, "it made a system call and was killed (SIGSYS)", "SIGSYS")


def test_a_genome_that_attacks_the_sandbox_is_quarantined_with_its_source(tmp_path: Path) -> None:
    store = asked(FakeStore(), requests(trend(20), trend(30)))
    attacks = FakeSandbox(
        lambda source: Probe("", (ATTACK,)) if source == trend(20) else Probe(source, ())
    )

    report = run(harvester(tmp_path, store, sandbox=attacks))

    quarantined, other = store.by_hash.values()
    assert (quarantined.source, quarantined.stage) == (trend(20), Stage.REJECTED)
    assert other.stage is Stage.GATED
    assert ("evaluate", quarantined.hash) not in store.jobs
    assert [event.kind for event in store.events] == [SECURITY]
    assert [lesson.code for lesson in store.learnt] == [SECURITY]
    assert report.counts == {"genomes": 1, SECURITY: 1}


def test_the_second_attack_within_a_day_ends_the_turn(tmp_path: Path) -> None:
    store = asked(FakeStore(), requests(trend(20), trend(30), trend(40)))
    attacks = FakeSandbox(lambda source: Probe("", (ATTACK,)))

    with pytest.raises(SecurityError, match="2 genomes attacked the sandbox"):
        run(harvester(tmp_path, store, sandbox=attacks))

    assert [genome.stage for genome in store.by_hash.values()] == [Stage.REJECTED] * 2
    assert store.waiting("mutate") == 1


def test_a_new_genome_is_stored_with_a_job_for_its_backtest(tmp_path: Path) -> None:
    store = asked(FakeStore(), requests(trend(20)))

    report = run(harvester(tmp_path, store))

    (genome,) = store.by_hash.values()
    assert genome.hash == gate.check(trend(20)).hash
    assert (genome.stage, genome.night, genome.behaviour) == (
        Stage.GATED,
        NIGHT.id,
        genome.hash[::-1],
    )
    assert genome.idea == "Buy above the average of 20 bars."
    assert store.jobs["evaluate", genome.hash].state == "waiting"
    assert report.counts == {"genomes": 1}


def test_the_answer_may_say_that_another_operator_was_used(tmp_path: Path) -> None:
    parents = [stored(trend(10)), stored(trend(11))]
    store = FakeStore()
    store.commit(Effects(genomes=tuple(parents)))
    hashes = tuple(parent.hash for parent in parents)
    asked(
        store,
        [
            request(0, trend(20), operator="cross_turn", parents=hashes),
            request(1, trend(30), operator="cross_turn", parents=hashes),
        ],
    )

    def answer(mutation: Mutation) -> Answer:
        used = "turn" if mutation.ticket else ""
        return Answer(mutation.id, mutation.sources[0], operator=used)

    run(harvester(tmp_path, store, answer))

    crossed, turned = list(store.by_hash.values())[2:]
    assert (crossed.operator, crossed.parents) == ("cross_turn", hashes)
    assert (turned.operator, turned.parents) == ("turn", hashes[:1])
    assert turned.name.startswith("trend-turn-")
    assert (crossed.seed, turned.seed) == (0, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no genome in here", "no_genome"),
        ("", "no_answer"),
        ('"""Idea."""\n\n\ndef signal(bars, p):\n    import os\n    return os\n', "import"),
    ],
)
def test_what_is_refused_becomes_a_lesson(tmp_path: Path, text: str, code: str) -> None:
    store = asked(FakeStore(), requests(text))

    run(harvester(tmp_path, store))

    (lesson,) = store.learnt
    assert lesson.code == code
    assert lesson.text == text
    assert store.waiting("mutate") == 0
    assert not store.by_hash


def test_what_the_probe_refuses_becomes_a_lesson_with_its_hash(tmp_path: Path) -> None:
    store = asked(FakeStore(), requests(trend(20)))

    run(harvester(tmp_path, store, sandbox=FakeSandbox(lambda source: Probe("", (RAISES,)))))

    (lesson,) = store.learnt
    assert (lesson.code, lesson.line, lesson.message) == ("raised", 9, RAISES.message)
    assert store.known(gate.check(trend(20)).hash)


def test_a_known_text_is_refused_without_a_probe(tmp_path: Path) -> None:
    store = FakeStore()
    store.commit(Effects(genomes=(stored(trend(20)),)))
    asked(store, requests(trend(20).replace("\n\n\n", "\n\n# the same again\n\n")))
    sandbox = FakeSandbox()

    run(harvester(tmp_path, store, sandbox=sandbox))

    assert store.learnt[0].code == "duplicate_text"
    assert sandbox.probed == []


def test_a_genome_whose_universe_has_no_data_waits_and_costs_no_trial(tmp_path: Path) -> None:
    source = trend(20, universe="leveraged")
    sandbox = FakeSandbox()
    store = asked(FakeStore(), requests(source))

    run(harvester(tmp_path, store, sandbox=sandbox))

    (lesson,) = store.learnt
    assert lesson.code == "no_data"
    assert lesson.message.startswith('its universe "leveraged" has no data: no 1d market of')
    assert not store.known(gate.check(source).hash)
    assert (sandbox.probed, store.waiting("evaluate")) == ([], 0)


def test_a_genome_whose_universe_has_data_is_stored(tmp_path: Path) -> None:
    store = asked(FakeStore(), requests(trend(20, universe="leveraged")))
    markets = FakeMarkets({("1d", "leveraged"): market_of(walk(1, 5))})

    run(harvester(tmp_path, store, markets=markets))

    assert (len(store.by_hash), store.learnt) == (1, [])


def test_a_known_behaviour_is_refused_with_the_name_of_its_twin(tmp_path: Path) -> None:
    store = asked(FakeStore(), requests(trend(20), trend(21)))

    run(harvester(tmp_path, store, sandbox=FakeSandbox(lambda source: Probe("same", ()))))

    (lesson,) = store.learnt
    (twin,) = store.by_hash.values()
    assert lesson.code == "duplicate_behaviour"
    assert twin.name in lesson.message


@pytest.mark.parametrize("probes", [1, 2, 8])
@pytest.mark.parametrize("batch", [1, 3, 64])
def test_the_store_is_the_same_whatever_the_timing_of_the_probes(
    tmp_path: Path, probes: int, batch: int
) -> None:
    quick, slow = (asked(FakeStore(), mixed()) for _ in range(2))
    late = FakeSandbox(behaves_by_tens, pause=lambda source: 97 - len(source) * 31 % 97)

    run(harvester(tmp_path, quick, sandbox=FakeSandbox(behaves_by_tens)))
    run(harvester(tmp_path, slow, sandbox=late, probes=probes, batch=batch))

    assert quick.content() == slow.content()
    codes = [lesson.code for lesson in quick.learnt]
    assert codes.count("duplicate_text") == 2
    assert codes.count("duplicate_behaviour") == 2
    assert "raised" in codes
    assert len(quick.by_hash) == 2


@pytest.mark.parametrize(("longest_s", "batch", "times"), [(0.0, 64, 4), (1.0, 3, 2), (1.0, 64, 1)])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_harvester_killed_at_any_commit_goes_on_as_if_nothing_had_been(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    longest_s: float,
    batch: int,
    times: int,
) -> None:
    monkeypatch.setattr("daemon.plugin.backlog.LONGEST_S", longest_s)
    whole, broken = (asked(FakeStore(), mixed()) for _ in range(2))
    run(harvester(tmp_path, whole, sandbox=FakeSandbox(behaves_by_tens)))

    for number in range(1, times + 1):
        shift = harvester(tmp_path, broken, sandbox=FakeSandbox(behaves_by_tens), batch=batch)
        assert killed(shift, broken, **{moment: min(number, 2)})
        broken.restart()
    run(harvester(tmp_path, broken, sandbox=FakeSandbox(behaves_by_tens)))

    assert broken.content() == whole.content()


def test_a_batch_is_one_commit(tmp_path: Path) -> None:
    store = asked(FakeStore(), mixed())
    before = store.commits

    run(harvester(tmp_path, store, sandbox=FakeSandbox(behaves_by_tens)))

    assert store.commits == before + 1
    assert store.waiting("mutate") == 0


def test_a_swarm_that_fails_keeps_its_requests_and_stops_no_other(tmp_path: Path) -> None:
    def broken(mutation: Mutation) -> Answer:
        raise RuntimeError("out of order")

    store = asked(FakeStore(), [request(0, trend(20), swarm="other"), request(1, trend(30))])
    host = fake_host(
        tmp_path,
        store,
        swarms={"other": FakeSwarm(broken, name="other"), "fake": FakeSwarm(echo)},
    )

    run(HarvesterShift(host))

    assert len(store.by_hash) == 1
    assert store.waiting("mutate") == 1
    assert next(iter(store.jobs.values())).error == "swarm other: out of order"
    assert store.events[0].detail["error"] == "out of order"


def test_requests_of_a_swarm_that_is_not_loaded_are_kept(tmp_path: Path) -> None:
    store = asked(FakeStore(), [request(0, trend(20), swarm="gone")])

    report = run(harvester(tmp_path, store))

    assert report.idle
    assert "not loaded" in next(iter(store.jobs.values())).error


def test_a_request_without_an_answer_yet_waits_on_without_a_fault(tmp_path: Path) -> None:
    store = asked(FakeStore(), requests(trend(20), trend(30)))

    for _ in range(5):
        run(harvester(tmp_path, store, lambda m: echo(m) if m.ticket else None))

    assert [job.state for job in store.jobs.values()] == ["waiting", "done", "waiting"]
    assert next(iter(store.jobs.values())).faults == 0


@pytest.mark.parametrize("error", [TransientError("no worker"), OSError("broken pipe")])
def test_a_probe_that_breaks_down_gives_its_request_back(tmp_path: Path, error: Exception) -> None:
    def answer(source: str) -> Probe:
        if '"window": 20' in source:
            raise error
        return Probe(source, ())

    store = asked(FakeStore(), requests(trend(20), trend(30)))

    report = run(harvester(tmp_path, store, sandbox=FakeSandbox(answer)))

    assert report.counts == {"faults": 1, "genomes": 1}
    first = next(iter(store.jobs.values()))
    assert (first.state, first.faults) == ("waiting", 1)
    assert str(error) in first.error


def test_probes_that_all_break_down_end_the_turn_instead_of_using_up_every_request(
    tmp_path: Path,
) -> None:
    def answer(source: str) -> Probe:
        raise OSError("no process can be started")

    store = asked(FakeStore(), requests(*(trend(20 + number) for number in range(12))))

    with pytest.raises(TransientError, match="5 probes in a row"):
        run(harvester(tmp_path, store, sandbox=FakeSandbox(answer)))

    assert [job.faults for job in store.jobs.values()] == [1] * 5 + [0] * 7
    assert {job.state for job in store.jobs.values()} == {"waiting"}


def test_genomes_that_can_never_be_stored_end_the_turn_however_many_share_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(FakeStore):
        def _write(self, effects: Effects) -> None:
            if effects.genomes:
                raise BadDataError("the row was refused")
            super()._write(effects)

    monkeypatch.setattr("daemon.plugin.backlog.LONGEST_S", 0.0)
    store = Refusing()
    asked(store, requests(*(trend(20 + number) for number in range(12))))

    with pytest.raises(TransientError, match="5 probes in a row"):
        run(harvester(tmp_path, store))

    assert [job.faults for job in store.jobs.values()] == [1] * 5 + [0] * 7


def test_a_probe_may_raise_the_refusal_as_well(tmp_path: Path) -> None:
    def answer(source: str) -> Probe:
        raise GenomeRefused([RAISES])

    store = asked(FakeStore(), requests(trend(20)))

    run(harvester(tmp_path, store, sandbox=FakeSandbox(answer)))

    assert store.learnt[0].code == "raised"


@pytest.mark.parametrize("second", [trend(20), trend(40)])
def test_what_lost_its_lease_is_dropped_and_those_behind_it_never_met_it(
    tmp_path: Path, second: str
) -> None:
    store = asked(FakeStore(), requests(trend(20), second, trend(30)))

    def late(source: str) -> Probe:
        next(iter(store.jobs.values())).attempt = 2
        return behaves_by_tens(source)

    report = run(harvester(tmp_path, store, sandbox=FakeSandbox(late)))

    assert report.counts == {"fenced": 1, "genomes": 2}
    assert [genome.source for genome in store.by_hash.values()] == [second, trend(30)]
    assert not store.learnt


def test_what_cannot_be_stored_goes_back_and_stops_no_other(tmp_path: Path) -> None:
    class Refusing(FakeStore):
        def _write(self, effects: Effects) -> None:
            if any(genome.source == trend(30) for genome in effects.genomes):
                raise BadDataError("the row was refused")
            super()._write(effects)

    store = Refusing()
    asked(store, requests(trend(20), trend(30), trend(40)))

    report = run(harvester(tmp_path, store))

    assert report.counts == {"faults": 1, "genomes": 2}
    job = list(store.jobs.values())[1]
    assert (job.state, job.faults, job.error) == (
        "waiting",
        1,
        "BadDataError: the row was refused",
    )


def test_an_empty_desk_is_idle(tmp_path: Path) -> None:
    assert run(harvester(tmp_path, FakeStore())).idle


def test_a_seed_keeps_its_name(tmp_path: Path) -> None:
    store = FakeStore()
    seed = request(0, trend(20), name="moving_average", operator="seed")
    store.commit(Effects(mutations=(seed,), jobs=(NewJob("mutate", seed.id, night=NIGHT.id),)))

    run(harvester(tmp_path, store))

    assert next(iter(store.by_hash.values())).name == "moving_average"


def test_the_name_of_a_child_tells_ancestor_and_change_and_stays_short() -> None:
    first = child_name("rsi_pullback", "window", "3fa9" + "0" * 60)
    second = child_name(first, "cross_subtree", "77b0" + "0" * 60)

    assert first == "rsi_pullback-window-3fa9"
    assert second == "rsi_pullback-subtree-77b0"
    assert len(child_name("x" * 200, "cross_ensemble", "a" * 64)) <= LONGEST


def test_a_turn_says_whether_answers_are_on_their_way(tmp_path: Path) -> None:
    waiting, done = (asked(FakeStore(), requests(trend(20))) for _ in range(2))

    assert run(harvester(tmp_path, waiting, lambda mutation: None)).waits
    assert not run(harvester(tmp_path, done)).waits
