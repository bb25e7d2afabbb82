"""Genomes: written once, found again, never moved backwards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.evolution.records import Effects, Lesson, Stage, StageChange
from daemon.errors import BadDataError, UsageError
from daemon.store.journal import OUT, STEPS, reachable
from daemon.store.store import SqlStore
from tests.store.samples import NIGHT, NOON, digest, genome, mutation


def lesson(**changes: object) -> Lesson:
    values = {
        "mutation": "m1",
        "night": NIGHT.id,
        "operator": "jitter",
        "parents": (digest("a"),),
        "text": "x = 1",
        "code": "import",
        "line": 3,
        "message": "no imports",
        "genome": digest("refused"),
    }
    return Lesson(**values | changes)


def test_a_genome_comes_back_with_its_parents_in_order(store: SqlStore) -> None:
    child = genome("child", parents=(digest("b"), digest("a")))

    store.commit(Effects(genomes=(child, genome("a"), genome("b"))))

    assert [g.number for g in store.genomes()] == [1, 2, 3]
    assert store.genome(child.hash).parents == (digest("b"), digest("a"))
    assert [g.name for g in store.genomes(Stage.GATED)] == ["child", "a", "b"]
    assert store.genomes(Stage.SCREENED) == ()


def test_the_same_genome_again_changes_nothing_and_leaves_no_hole(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome("a"),)))
    again = genome("a", operator="jitter", parents=(digest("a"),))

    store.commit(Effects(genomes=(again, genome("b"))))

    first, second = store.genomes()
    assert (first.operator, first.parents) == ("seed", ())
    assert second.number == 2


def test_a_text_that_the_owner_only_tried_may_still_be_born(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome("a", stage=Stage.BORN, night=""),)))
    assert not store.known(digest("a"))
    assert store.same_behaviour(digest("behaviour of a")) == ""

    store.commit(Effects(genomes=(genome("a", operator="jitter"),)))
    store.commit(Effects(genomes=(genome("a", stage=Stage.BORN),)))

    (read,) = store.genomes()
    assert (read.stage, read.operator, read.night) == (Stage.GATED, "jitter", NIGHT.id)
    assert store.known(digest("a"))


def test_a_genome_is_found_by_the_beginning_of_its_hash(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome("a", hash="abc1"), genome("b", hash="abd2"))))

    assert store.genome("abc").name == "a"
    with pytest.raises(UsageError, match="several"):
        store.genome("ab")
    with pytest.raises(UsageError, match='begins with "x"'):
        store.genome("x")


def test_a_whole_hash_that_begins_another_is_found(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome("a", hash="abc"), genome("b", hash="abcd"))))

    assert store.genome("abc").name == "a"


def test_a_text_is_known_when_stored_or_refused(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome("a"),), lessons=(lesson(), lesson(genome="", line=4))))

    assert store.known(digest("a"))
    assert store.known(digest("refused"))
    assert not store.known(digest("new"))
    assert not store.known("")


def test_behaviour_belongs_to_the_oldest_genome(store: SqlStore) -> None:
    twins = (genome("a", behaviour="same"), genome("b", behaviour="same"))
    store.commit(Effects(genomes=(*twins, genome("c", behaviour=""))))

    assert store.same_behaviour("same") == digest("a")
    assert store.same_behaviour("other") == ""
    assert store.same_behaviour("") == ""


def test_a_lesson_comes_back_and_is_learnt_once(store: SqlStore) -> None:
    store.commit(Effects(lessons=(lesson(), lesson(), lesson(night="n2", mutation="m2"))))

    assert store.lessons(NIGHT.id) == (lesson(),)
    assert len(store.lessons()) == 2


def test_a_mutation_comes_back_and_later_takes_its_handle(store: SqlStore) -> None:
    first, second = mutation(0, parents=("p",), sources=("text",)), mutation(1, generation=3)
    assert store.last_generation(NIGHT.id) == -1
    store.commit(Effects(mutations=(first, second)))
    store.commit(Effects(mutations=(mutation(0, sources=("other",), handle="batch-1"), second)))

    read = store.mutations([second.id, "nobody", first.id])

    assert [m.id for m in read] == [second.id, first.id]
    assert (read[1].handle, read[1].sources, read[1].seed) == ("batch-1", ("text",), 2**64 - 1)
    assert store.last_generation(NIGHT.id) == 3


def test_a_mutation_needs_its_night(store: SqlStore) -> None:
    with pytest.raises(BadDataError):
        store.commit(Effects(mutations=(mutation(night="never"),)))


def moved(store: SqlStore, *stages: Stage) -> None:
    changes = tuple(StageChange(digest("one"), stage, f"to {stage}") for stage in stages)
    store.commit(Effects(stages=changes))


def test_a_move_and_its_event_are_written_together(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome(),)))

    moved(store, Stage.SCREENED)

    assert store.genome(digest("one")).stage is Stage.SCREENED
    (move_at, move), (birth_at, birth) = store.journal(digest("one"))
    assert move_at == birth_at == NOON
    assert move.detail == {"from": "gated", "to": "screened", "reason": "to screened"}
    assert birth.detail == {"from": "", "to": "gated", "reason": "seed"}


def test_a_move_that_has_happened_changes_nothing(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome(),)))

    moved(store, Stage.SCREENED)
    moved(store, Stage.SCREENED)

    assert len(store.journal(digest("one"))) == 2


@pytest.mark.parametrize("stage", [Stage.BORN, Stage.PROVEN, Stage.LIVE])
def test_no_step_is_skipped_and_none_goes_back(store: SqlStore, stage: Stage) -> None:
    store.commit(Effects(genomes=(genome(),)))

    with pytest.raises(BadDataError, match=f"cannot go from gated to {stage}"):
        moved(store, stage)

    assert store.genome(digest("one")).stage is Stage.GATED
    assert len(store.journal()) == 1


def test_a_genome_that_is_not_there_cannot_move(store: SqlStore) -> None:
    with pytest.raises(BadDataError, match="not in the store"):
        moved(store, Stage.SCREENED)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(Stage), st.lists(st.integers(0, 9), max_size=15))
def test_every_path_on_the_ladder_goes_forward_and_ends(start: Stage, turns: list[int]) -> None:
    path = [start]
    for turn in turns:
        ahead = reachable(path[-1])
        path += [ahead[turn % len(ahead)]] if ahead else []

    climbed = [STEPS.index(stage) for stage in path if stage in STEPS]
    first = climbed[0] if climbed else 0
    assert climbed == list(range(first, first + len(climbed)))
    assert len(set(path)) == len(path)
    assert all(stage in OUT for stage in path[len(climbed) :])
