"""The recruiter fills the pool: seeds first, then children of the best and the most diverse."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from daemon.domain.evolution.evaluation import Descriptors
from daemon.domain.evolution.records import Effects, Mutation, NewJob, Stage
from daemon.errors import ConfigError, MissingError
from daemon.plugin.roles import Answer
from plugins.recruiter.seeds import SeedSwarm
from plugins.recruiter.shift import RecruiterShift, deficit
from tests.fakes import NIGHT, FakeStore, FakeSwarm, fake_host
from tests.plugins.breeding import killed, run, stored, trend
from tests.store.samples import evaluation, trial


def silent(mutation: Mutation) -> Answer | None:
    return None


def recruiter(
    tmp_path: Path, store: FakeStore, writer: FakeSwarm | None = None, **settings: Any
) -> RecruiterShift:
    swarms = {"fake": writer or FakeSwarm(silent), "seeds": SeedSwarm()}
    table = {"swarm": "fake", **settings}
    return RecruiterShift(fake_host(tmp_path, store, swarms=swarms, raw_settings=table))


def bred(windows: tuple[int, ...] = (20, 50, 100)) -> FakeStore:
    """A store whose genomes are all elites, each in a niche of its own."""
    store = FakeStore()
    for number, window in enumerate(windows):
        genome = stored(trend(window))
        place = Descriptors(4.0**number, 0.5, 0.3, 5.0)
        result = evaluation(selection=1.0 - number / 10, descriptors=place, flags=())
        store.commit(Effects(genomes=(genome,), trials=(trial(genome.hash, evaluation=result),)))
    return store


def write_seeds(folder: Path, *names: str) -> None:
    for number, name in enumerate(names):
        (folder / f"{name}.py").write_text(trend(10 + number))


def test_a_fresh_store_asks_for_every_seed_but_the_benchmarks(tmp_path: Path) -> None:
    write_seeds(tmp_path, "pullback", "buy_and_hold", "breakout")
    store = FakeStore()

    run(recruiter(tmp_path, store, seeds=True))

    requests = list(store.requests.values())
    assert [(m.name, m.swarm, m.operator) for m in requests] == [
        ("breakout", "seeds", "seed"),
        ("pullback", "seeds", "seed"),
    ]
    assert requests[0].sources == ((tmp_path / "breakout.py").read_text(),)


def test_a_folder_without_seeds_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no seed genome in"):
        run(recruiter(tmp_path, FakeStore()))


def test_a_seed_that_is_known_is_not_asked_for_again(tmp_path: Path) -> None:
    write_seeds(tmp_path, "old", "new")
    store = FakeStore()
    store.commit(Effects(genomes=(stored(trend(10)),)))

    run(recruiter(tmp_path, store))

    assert [m.name for m in store.requests.values()] == ["new"]


def test_a_seed_that_waits_for_data_is_asked_for_beside_others_and_holds_up_no_night(
    tmp_path: Path,
) -> None:
    (tmp_path / "waiting.py").write_text(trend(10, universe="leveraged"))
    alone, beside = bred(), bred()

    run(recruiter(tmp_path, alone))
    (tmp_path / "ready.py").write_text(trend(11))
    run(recruiter(tmp_path, beside))

    assert {m.swarm for m in alone.requests.values()} == {"fake"}
    assert [m.name for m in beside.requests.values()] == ["ready", "waiting"]


def test_a_seed_that_cannot_be_read_as_text_is_noted_once_and_never_adopted(
    tmp_path: Path,
) -> None:
    write_seeds(tmp_path, "good")
    latin = trend(11).replace("Buy", "K\u00e4ufe").encode("latin-1")
    (tmp_path / "broken.py").write_bytes(latin)
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.py")
    store = FakeStore()
    shift = recruiter(tmp_path, store)

    run(shift)
    run(shift)

    assert [m.name for m in store.requests.values()] == ["good"]
    noted = [event for event in store.events if event.kind == "seed_unreadable"]
    assert [event.subject for event in noted] == ["broken", "folder", "gone", "pipe"]
    assert "the text is not UTF-8" in noted[0].detail["error"]
    assert all("is no file" in event.detail["error"] for event in noted[1:])


def test_unreadable_seeds_are_noted_once_though_there_is_nothing_to_ask_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "broken.py").write_bytes(b"\xff")
    store = FakeStore()
    shift = recruiter(tmp_path, store)

    assert run(shift).idle
    assert run(shift).idle

    assert [event.subject for event in store.events] == ["broken"]


@pytest.mark.parametrize("content", ["x = 1\r\n", "x" * 30_000, "\0", ""])
def test_a_seed_that_the_gate_will_refuse_is_asked_for_all_the_same(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "odd.py").write_bytes(content.encode())
    store = FakeStore()

    run(recruiter(tmp_path, store))

    assert [m.name for m in store.requests.values()] == ["odd"]


def test_elites_of_other_settings_breed_nothing(tmp_path: Path) -> None:
    store = bred()
    oldest, *others = store.by_hash
    store.ledger[0] = replace(store.ledger[0], settings_hash="friction none")

    run(recruiter(tmp_path, store, seeds=False))

    assert {m.parents[0] for m in store.requests.values()} == set(others)
    assert oldest not in others


def test_the_next_generation_has_elites_as_parents(tmp_path: Path) -> None:
    store = bred()

    run(recruiter(tmp_path, store, seeds=False, parents=2, pool_target=8))

    best = next(iter(store.by_hash))
    parents = [m.parents[0] for m in store.requests.values()]
    assert len(parents) == 8
    assert len(set(parents)) == 2
    assert best in parents


def test_before_there_are_elites_the_oldest_genomes_are_parents(tmp_path: Path) -> None:
    store = FakeStore()
    genomes = [stored(trend(window)) for window in (20, 30, 40)]
    store.commit(Effects(genomes=tuple(genomes)))

    run(recruiter(tmp_path, store, seeds=False, parents=2, pool_target=4))

    assert {m.parents[0] for m in store.requests.values()} == {g.hash for g in genomes[:2]}


def test_a_store_without_genomes_and_seeds_asks_for_nothing(tmp_path: Path) -> None:
    report = run(recruiter(tmp_path, FakeStore(), seeds=False))

    assert report.idle


def test_only_crossings_get_a_second_parent(tmp_path: Path) -> None:
    store = bred()

    run(recruiter(tmp_path, store, seeds=False, pool_target=40))

    requests = list(store.requests.values())
    assert {m.operator for m in requests} == {"turn", "cross_turn"}
    for mutation in requests:
        assert len(mutation.parents) == (2 if mutation.operator == "cross_turn" else 1)
        assert len(set(mutation.parents)) == len(mutation.parents)
        assert mutation.sources == tuple(store.genome(h).source for h in mutation.parents)


def test_the_same_night_and_store_give_the_same_requests(tmp_path: Path) -> None:
    stores = [bred(), bred()]

    for store in stores:
        run(recruiter(tmp_path, store, seeds=False))

    assert list(stores[0].requests.values()) == list(stores[1].requests.values())


def test_generations_and_tickets_never_share_an_id_or_a_seed(tmp_path: Path) -> None:
    store = bred()
    shift = recruiter(tmp_path, store, seeds=False, pool_target=30)

    for target in (30, 60):
        run(recruiter(tmp_path, store, seeds=False, pool_target=target))
    run(shift)

    requests = list(store.requests.values())
    assert {m.generation for m in requests} == {0, 1}
    assert len({m.id for m in requests}) == len({m.seed for m in requests}) == 60


def test_a_full_pool_is_left_alone(tmp_path: Path) -> None:
    store = bred()
    store.commit(Effects(jobs=tuple(NewJob("evaluate", str(k), night=NIGHT.id) for k in range(50))))

    assert run(recruiter(tmp_path, store, seeds=False)).idle


@pytest.mark.parametrize(
    ("waiting", "left", "expected"),
    [(0, 500, 50), (20, 500, 30), (50, 500, 0), (60, 500, 0), (0, 3, 14), (0, 0, 0), (0, -2, 0)],
)
def test_requests_are_bounded_by_the_pool_and_by_the_trials_left(
    waiting: int, left: int, expected: int
) -> None:
    assert deficit(waiting, 50, left) == expected


@pytest.mark.parametrize("when", [{"before": 1}, {"after": 1}])
def test_a_recruiter_killed_around_its_commit_asks_for_nothing_twice(
    tmp_path: Path, when: dict[str, int]
) -> None:
    whole, broken = bred(), bred()
    run(recruiter(tmp_path, whole, seeds=False))

    assert killed(recruiter(tmp_path, broken, seeds=False), broken, **when)
    broken.restart()
    run(recruiter(tmp_path, broken, seeds=False))

    assert broken.content() == whole.content()


def test_a_swarm_that_fails_to_submit_is_noted_and_its_requests_stay(tmp_path: Path) -> None:
    class Broken(FakeSwarm):
        async def submit(self, mutations: Any) -> str:
            raise RuntimeError("the line is down")

    store = bred()

    report = run(recruiter(tmp_path, store, Broken(silent), seeds=False))

    assert report.counts["faults"] == 1
    assert store.events[-1].detail["error"] == "the line is down"
    assert store.waiting("mutate") == 50


def test_the_handle_of_a_remote_swarm_is_stored(tmp_path: Path) -> None:
    store = bred()

    run(recruiter(tmp_path, store, FakeSwarm(silent, handle="batch-1"), seeds=False))

    assert {m.handle for m in store.requests.values()} == {"batch-1"}


def test_a_swarm_that_is_not_loaded_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'recruiter\.swarm.*did you mean "fake"'):
        run(recruiter(tmp_path, bred(), swarm="fakes"))


def test_an_operator_that_the_swarm_lacks_is_an_error_of_the_configuration(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError, match=r'recruiter\.operators.*did you mean "turn"'):
        run(recruiter(tmp_path, bred(), operators=("turns",)))


def test_operators_can_be_left_out_but_not_all_of_them(tmp_path: Path) -> None:
    store, writer = bred(), FakeSwarm(silent, operators=("turn", "bend"))

    run(recruiter(tmp_path, store, writer, seeds=False, without=("bend",)))

    assert {m.operator for m in store.requests.values()} == {"turn"}
    with pytest.raises(ConfigError, match=r"recruiter\.without.*none is"):
        run(recruiter(tmp_path, bred(), writer, without=("turn", "bend")))
    with pytest.raises(ConfigError, match=r'recruiter\.without.*has no "bends"'):
        run(recruiter(tmp_path, bred(), writer, without=("bends",)))


def test_suspected_leaks_and_rejected_genomes_breed_nothing(tmp_path: Path) -> None:
    store = bred()
    leak, rejected, sound = store.by_hash
    result = store.ledger[0].evaluation
    assert result is not None
    flagged = replace(result, flags=("suspected_leak",))
    store.ledger[0] = replace(store.ledger[0], evaluation=flagged)
    store.by_hash[rejected] = replace(store.by_hash[rejected], stage=Stage.REJECTED)

    run(recruiter(tmp_path, store, seeds=False))

    assert {m.parents[0] for m in store.requests.values()} == {sound}
    assert leak != sound


def test_a_generation_leaves_a_line_in_the_journal(tmp_path: Path) -> None:
    store = bred()

    run(recruiter(tmp_path, store, seeds=False, pool_target=9))

    event = store.events[-1]
    assert (event.kind, event.subject) == ("generation", f"{NIGHT.id}/0")
    assert event.detail["requests"] == 9


def test_no_operator_is_dealt_twice_to_a_parent_before_all_were(tmp_path: Path) -> None:
    store = bred()
    names = tuple(f"operator {number}" for number in range(6))

    writer = FakeSwarm(silent, operators=names)
    run(recruiter(tmp_path, store, writer, seeds=False, parents=3, pool_target=18))

    dealt: dict[str, list[str]] = {}
    for mutation in store.requests.values():
        dealt.setdefault(mutation.parents[0], []).append(mutation.operator)
    assert len(dealt) > 1
    for operators in dealt.values():
        assert set(operators[:6]) == set(names)


@dataclass
class Cloud(FakeSwarm):
    """A second swarm that may lack something."""

    lacks: str = ""

    def unready(self) -> str:
        return self.lacks


def with_cloud(tmp_path: Path, store: FakeStore, cloud: Cloud, **settings: Any) -> RecruiterShift:
    swarms = {"fake": FakeSwarm(silent), "cloud": cloud, "seeds": SeedSwarm()}
    table = {"swarm": "fake", "cloud": "cloud", "seeds": False, **settings}
    return RecruiterShift(fake_host(tmp_path, store, swarms=swarms, raw_settings=table))


def test_a_second_swarm_is_asked_beside_the_first_which_fills_the_time_it_takes(
    tmp_path: Path,
) -> None:
    store, cloud = bred(), Cloud(silent, "cloud", ("new_idea", "cross_ideas"))

    report = run(with_cloud(tmp_path, store, cloud, pool_target=10, cloud_open=6))

    told = Counter(mutation.swarm for mutation in store.requests.values())
    assert told == {"fake": 10, "cloud": 6}
    assert report.summary == "asked fake for 10 genomes and cloud for 6 genomes"
    assert {m.operator for m in store.requests.values() if m.swarm == "cloud"} <= {
        "new_idea",
        "cross_ideas",
    }
    assert [len(batch) for batch in cloud.submitted] == [6]


def test_requests_that_are_open_with_the_second_swarm_keep_the_pool_from_no_child_of_the_first(
    tmp_path: Path,
) -> None:
    store, cloud = bred(), Cloud(silent, "cloud", ("new_idea",))
    shift = with_cloud(tmp_path, store, cloud, pool_target=10, cloud_open=6)
    run(shift)
    for job in list(store.jobs.values()):
        if job.asked.payload["swarm"] == "fake" or job.number % 3 == 0:
            job.state = "done"

    run(shift)

    waiting = Counter(
        job.asked.payload["swarm"] for job in store.jobs.values() if job.state == "waiting"
    )
    assert waiting["fake"] == 10
    assert waiting["cloud"] == store.waiting("mutate", NIGHT.id, "cloud") < 6
    assert len(cloud.submitted) == 1


@pytest.mark.parametrize("why", ["no key", "no elites"])
def test_without_a_key_or_an_elite_the_second_swarm_is_not_asked(tmp_path: Path, why: str) -> None:
    cloud = Cloud(silent, "cloud", ("new_idea",), lacks="no key" if why == "no key" else "")
    store = bred()
    if why == "no elites":
        store.ledger.clear()

    run(with_cloud(tmp_path, store, cloud))

    assert {mutation.swarm for mutation in store.requests.values()} == {"fake"}
    assert cloud.submitted == []


def test_a_second_swarm_that_is_not_loaded_is_an_error_of_the_configuration(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError, match=r"recruiter\.cloud.*no swarm named"):
        run(recruiter(tmp_path, bred(), cloud="antropic"))
