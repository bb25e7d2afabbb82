"""The trial ledger keeps everything, once, for ever."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from daemon.domain.evolution.evaluation import Descriptors
from daemon.domain.evolution.lineage import Cost
from daemon.domain.evolution.records import (
    Effects,
    Origin,
    SettingsDocument,
    Stage,
    StageChange,
    Trial,
)
from daemon.domain.evolution.tiers import Tier
from daemon.domain.stats.metrics import Metrics
from daemon.errors import BadDataError
from daemon.store import tables, trials
from daemon.store.ledger import params_hash
from daemon.store.store import SqlStore
from tests.store.samples import NIGHT, NOON, digest, evaluation, genome, metrics, trial

SETTINGS = "settings"


def kept(store: SqlStore, *trials: Trial) -> tuple[Trial, ...]:
    store.commit(Effects(genomes=(genome(),), trials=trials))
    return tuple(store.trials())


def test_a_trial_comes_back_as_it_was_written(store: SqlStore) -> None:
    written = trial(tier=Tier.TRAIN, cost=Cost(1.5, 0.25, 0.01))

    (read,) = kept(store, written)

    arrays = ("session_returns", "market_returns")
    assert read.number == 1
    assert read.at == NOON
    assert read.evaluation is not None
    assert written.evaluation is not None
    for name in arrays:
        found, wanted = getattr(read.evaluation, name), getattr(written.evaluation, name)
        assert found.tobytes() == wanted.tobytes()
    blank = dict.fromkeys(arrays)
    assert replace(read.evaluation, **blank) == replace(written.evaluation, **blank)
    plain = {"evaluation": None, "number": 0, "at": None, "lineage": None}
    assert replace(read, **plain) == replace(written, **plain)


def test_a_genome_that_failed_to_run_is_a_trial_too(store: SqlStore) -> None:
    (read,) = kept(store, trial(evaluation=None, failure="timeout"))

    assert read.evaluation is None
    assert read.failure == "timeout"
    assert store.trial_count() == 0


def test_the_same_trial_again_changes_nothing_and_leaves_no_hole(store: SqlStore) -> None:
    kept(store, trial())
    kept(store, trial(evaluation=evaluation(seed=9)), trial(params={"n": 21}))

    read = store.trials()

    assert [t.number for t in read] == [1, 2]
    assert read[0].evaluation is not None
    assert read[0].evaluation.positions_hash == digest("positions 0")


@pytest.mark.parametrize(
    "other",
    [
        trial(params={"n": 20}),
        trial(settings_hash="other"),
        trial(origin=Origin.OWNER),
        trial(night="n2"),
        trial(capital=5_000.0),
        trial(engine="3"),
        trial(tier=Tier.SEALED),
        trial(evaluation=evaluation(market_hash="other")),
        trial(evaluation=evaluation(friction_hash="other")),
    ],
)
def test_whatever_belongs_to_the_key_makes_another_trial(store: SqlStore, other: Trial) -> None:
    assert len(kept(store, trial(), other)) == 2


@pytest.mark.parametrize("table", ["trial", "series", "event", "settings"])
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET rowid = rowid + 1",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ],
)
def test_nothing_can_be_taken_out_of_the_ledger(store: SqlStore, table: str, change: str) -> None:
    kept(store, trial())
    store.commit(Effects(settings=(SettingsDocument(SETTINGS, "{}"),)))

    with pytest.raises(BadDataError, match="append-only"), store.database.writing() as session:
        session.execute(text(change.format(table=table)))

    assert len(store.trials()) == 1
    assert store.verify() == ()


def test_a_trial_of_an_unknown_genome_is_refused_with_all_that_came_with_it(
    store: SqlStore,
) -> None:
    with pytest.raises(BadDataError):
        store.commit(Effects(genomes=(genome("two"),), trials=(trial(),)))

    assert store.genomes() == ()


def test_figures_that_are_not_numbers_come_back_as_such(store: SqlStore) -> None:
    odd = metrics(total_return=math.nan, max_drawdown=-math.inf, sharpe=None)

    (read,) = kept(store, trial(evaluation=evaluation(metrics=odd)))

    assert read.evaluation is not None
    assert math.isnan(read.evaluation.metrics.total_return)
    assert read.evaluation.metrics.max_drawdown == -math.inf
    assert read.evaluation.metrics.sharpe is None


def test_every_metric_has_a_column() -> None:
    columns = set(tables.Trial.model_fields)

    assert {field.name for field in fields(Metrics)} <= columns


def test_trials_can_be_asked_for_by_night(store: SqlStore) -> None:
    kept(store, trial(), trial(night="n2"), trial(night="n2", evaluation=None))

    assert [t.night for t in store.trials("n2")] == ["n2", "n2"]
    assert store.trial_count("n2") == 1
    assert store.trial_count() == 2


def candidate(
    name: str, selection: float | None, turnover: float = 4.0, **changes: object
) -> Trial:
    found = evaluation(selection=selection, descriptors=Descriptors(turnover, 0.5, 0.3, 5.0))
    return trial(digest(name), evaluation=found, **changes)


def test_elites_are_the_best_of_their_niches_best_first(store: SqlStore) -> None:
    names = ("a", "b", "c", "d", "e", "f")
    store.commit(
        Effects(
            genomes=tuple(genome(name) for name in names),
            trials=(
                candidate("a", 0.5),
                candidate("b", 0.7),
                candidate("c", 0.7),
                candidate("d", 0.9, turnover=500.0),
                candidate("e", 9.0, origin=Origin.OWNER),
                candidate("f", None),
            ),
        )
    )

    elites = store.elites(SETTINGS)

    assert [elite.genome.name for elite in elites] == ["d", "b"]
    assert [elite.selection for elite in elites] == [0.9, 0.7]
    assert elites[0].niche != elites[1].niche
    assert store.floors(SETTINGS) == {elite.niche: elite.selection for elite in elites}
    assert elites[0].trial.evaluation is not None
    assert elites[0].trial.evaluation.session_returns.shape == (50,)


def test_selections_are_those_a_night_bred_in_their_order_from_any_place_on(
    store: SqlStore,
) -> None:
    store.commit(
        Effects(
            genomes=(genome("a"), genome("b")),
            trials=(
                candidate("b", 0.9),
                trial(digest("a"), params={"n": 1}, night="another"),
                trial(digest("a"), params={"n": 2}, origin=Origin.SCREEN),
                trial(digest("a"), params={"n": 3}, evaluation=None, failure="timeout"),
                trial(digest("a"), params={"n": 4}, evaluation=evaluation(selection=None)),
                candidate("a", 0.2),
            ),
        )
    )

    every = [(digest("b"), 0.9), (digest("a"), None), (digest("a"), None), (digest("a"), 0.2)]
    assert list(store.selections(NIGHT.id)) == every
    assert list(store.selections(NIGHT.id, 3)) == every[3:]
    assert list(store.selections(NIGHT.id, 4)) == []


def test_a_rejected_genome_makes_room_and_a_failed_one_stays_a_parent(store: SqlStore) -> None:
    store.commit(
        Effects(
            genomes=(genome("a"), genome("b"), genome("c")),
            trials=(candidate("a", 0.9), candidate("b", 0.8), candidate("c", 0.7)),
            stages=(
                StageChange(digest("a"), Stage.REJECTED, "no"),
                StageChange(digest("b"), Stage.FAILED, "below the threshold"),
            ),
        )
    )

    assert [elite.genome.name for elite in store.elites(SETTINGS)] == ["b"]


def test_a_suspected_leak_is_nobodys_elite(store: SqlStore) -> None:
    leak = candidate("a", 9.0)
    assert leak.evaluation is not None
    flagged = replace(leak, evaluation=replace(leak.evaluation, flags=("suspected_leak",)))
    store.commit(Effects(genomes=(genome("a"), genome("b")), trials=(flagged, candidate("b", 0.8))))

    assert [elite.genome.name for elite in store.elites(SETTINGS)] == ["b"]


def test_the_flags_of_each_genome_are_told_once(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome("a"), genome("b"))))
    first, second = candidate("a", 0.9), replace(candidate("a", 0.4), params={"n": 1})
    leaks = (flagged(first, "ambiguous", "suspected_leak"), flagged(second, "suspected_leak"))
    store.commit(Effects(trials=(*leaks, flagged(candidate("b", 0.1)))))

    assert store.flags() == {digest("a"): ("ambiguous", "suspected_leak")}


def flagged(made: Trial, *flags: str) -> Trial:
    assert made.evaluation is not None
    return replace(made, evaluation=replace(made.evaluation, flags=flags))


def test_the_best_selection_of_each_genome_is_that_of_its_nights_or_else_the_owners(
    store: SqlStore,
) -> None:
    store.commit(
        Effects(
            genomes=(genome("a"), genome("b"), genome("c")),
            trials=(
                candidate("a", 0.5),
                candidate("a", 0.9, origin=Origin.OWNER),
                candidate("a", 1.5, origin=Origin.SCREEN),
                candidate("b", None),
                candidate("c", 0.2, origin=Origin.OWNER),
                candidate("c", 0.3, origin=Origin.OWNER, params={"window": 9}),
            ),
        )
    )

    assert store.best_selection() == {digest("a"): 0.5, digest("c"): 0.3}


def test_nights_of_other_settings_hold_no_cell(store: SqlStore) -> None:
    without_costs = candidate("a", 9.0, settings_hash="friction none")
    store.commit(
        Effects(genomes=(genome("a"), genome("b")), trials=(without_costs, candidate("b", 0.8)))
    )

    assert [elite.genome.name for elite in store.elites(SETTINGS)] == ["b"]
    assert [elite.genome.name for elite in store.elites("friction none")] == ["a"]
    assert store.elites("never run") == ()


def test_elites_are_found_by_their_index_however_long_the_ledger(store: SqlStore) -> None:
    with store.database.reading() as session:
        asked = text(f"EXPLAIN QUERY PLAN {trials._ELITES.text}")
        values = {"settings": SETTINGS, "night": NIGHT.id}
        steps = [row[3] for row in session.execute(asked, values)]

    of_trials = [step for step in steps if "trial" in step]
    assert len(of_trials) == 3
    assert all("trial_elite (settings_hash=?" in step for step in of_trials)


def test_the_best_of_a_night_are_its_own_however_good_others_were(store: SqlStore) -> None:
    leak = candidate("d", 9.0, night="n2")
    assert leak.evaluation is not None
    flagged = replace(leak, evaluation=replace(leak.evaluation, flags=("suspected_leak",)))
    store.commit(
        Effects(
            genomes=tuple(genome(name) for name in ("a", "b", "c", "d", "e", "f")),
            trials=(
                candidate("a", 5.0),
                candidate("b", 0.2, night="n2"),
                candidate("c", 0.3, night="n2"),
                flagged,
                candidate("e", None, night="n2"),
                candidate("f", 0.3, night="n2"),
            ),
        )
    )

    best = store.best_of_night("n2", 10)

    assert [(elite.genome.name, elite.selection) for elite in best] == [
        ("c", 0.3),
        ("f", 0.3),
        ("b", 0.2),
    ]
    assert [elite.genome.name for elite in store.best_of_night("n2", 1)] == ["c"]


def test_settings_are_kept_whole_once_with_the_trials_made_under_them(store: SqlStore) -> None:
    first = SettingsDocument("settings", '{"evaluation": {"capital": 5000.0}}')
    store.commit(Effects(genomes=(genome(),), trials=(trial(),), settings=(first,)))
    store.commit(Effects(settings=(first, SettingsDocument("settings", "another"))))

    assert store.settings("settings") == first.document
    assert store.settings("never run") is None
    assert store.verify() == ()


def test_settings_of_a_step_that_fails_are_not_kept(store: SqlStore) -> None:
    kept_with = SettingsDocument("settings", "{}")
    with pytest.raises(BadDataError):
        store.commit(Effects(trials=(trial(),), settings=(kept_with,)))

    assert store.settings("settings") is None


def test_no_trials_have_no_elites(store: SqlStore) -> None:
    assert store.elites(SETTINGS) == ()


numbers = st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text(max_size=4), numbers, max_size=4))
def test_the_hash_of_parameters_does_not_depend_on_their_order(params: dict[str, float]) -> None:
    turned = dict(reversed(list(params.items())))

    assert params_hash(params) == params_hash(turned)


def test_returns_are_kept_once_by_content(store: SqlStore) -> None:
    kept(store, *(trial(params={"n": n}) for n in range(4)))

    with store.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM series")).scalar_one() == 2
    first, second, *_ = store.trials(NIGHT.id)
    assert first.evaluation is not None
    assert second.evaluation is not None
    assert first.evaluation.market_returns is second.evaluation.market_returns
    assert isinstance(first.evaluation.market_returns, np.ndarray)
