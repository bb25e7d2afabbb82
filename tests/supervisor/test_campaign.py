"""A night from a configuration: its identity, its market, and what is left when it is over."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from daemon.cli.night_view import print_night
from daemon.config import Loaded
from daemon.domain.evolution.records import Stage
from daemon.errors import MissingError
from daemon.sandbox.pool import Pool
from daemon.supervisor.bootstrap import runtime, since_last_asked
from daemon.supervisor.campaign import one_night, planned
from daemon.supervisor.market_setup import ensure_market
from daemon.supervisor.places import database_path, open_lake, open_store, seed_folder
from tests.supervisor.conftest import hash_of


def night(loaded: Loaded, evaluations: int = 8) -> object:
    asked = loaded.settings.night.model_copy(update={"evaluations": evaluations})
    return asyncio.run(one_night(loaded, asked, lambda name, report: None))


def test_a_rehearsal_is_named_by_its_seed_and_settings(rested: Loaded) -> None:
    with open_store(rested, daemon=False) as store:
        (ran,) = store.nights()

    assert ran.id == f"rehearsal-3-{hash_of(rested)[:8]}"
    assert (ran.seed, ran.evaluations, ran.settings_hash) == (3, 8, hash_of(rested))
    assert ran.finished is not None


def test_the_result_counts_what_the_store_holds(used: Loaded) -> None:
    asked = used.settings.night.model_copy(update={"evaluations": 10})

    result = asyncio.run(one_night(used, asked, lambda name, report: None))

    with open_store(used, daemon=False) as store:
        ended = result.outcome.night.id
        tried = {trial.genome for trial in store.trials(ended)}
        screened = [g for g in store.genomes(Stage.SCREENED) if g.hash in tried]
        assert result.evaluations == store.trial_count(ended) == 10
        assert result.rejected == len(store.lessons(ended))
        assert result.accepted == len(screened)
        figures = [(t.evaluation.selection, t.number) for t in store.trials(ended) if t.evaluation]
    judged = [(-value, number) for value, number in figures if value is not None]
    assert len(judged) > 0
    assert [elite.trial.number for elite in result.best] == [n for _, n in sorted(judged)][:10]


def test_what_a_night_left_untried_is_carried_over_and_said(used: Loaded) -> None:
    with open_store(used, daemon=False) as store:
        left = store.waiting("evaluate") + store.waiting("mutate")
        first = {trial.genome for trial in store.trials()}
        untried = {g.hash for g in store.genomes(Stage.GATED)} - first

    asked = used.settings.night.model_copy(update={"evaluations": 10})
    result = asyncio.run(one_night(used, asked, lambda name, report: None))

    ended = result.outcome.night
    with open_store(used, daemon=False) as store:
        tried = [trial.genome for trial in store.trials(ended.id)]
    assert left > 0
    assert ended.carried == left
    assert ended.rechecked == 0
    assert set(tried[: len(untried)]) == untried
    words = result.outcome.briefing.markdown
    assert f"Work left over by earlier nights came first: {left} job" in words


@pytest.mark.parametrize(("limit", "expected"), [(10, 3), (2, 2), (0, 0)])
def test_under_other_settings_the_best_known_strategies_are_tried_again(
    used: Loaded, limit: int, expected: int
) -> None:
    with open_store(used, daemon=False) as store:
        best = store.best_of_night(store.nights()[0].id, 3)
    with sqlite3.connect(database_path(used)) as connection:
        for elite in best:
            row = (elite.genome.hash,)
            connection.execute("UPDATE genome SET stage = 'screened' WHERE hash = ?", row)
        connection.execute("DELETE FROM job WHERE state = 'waiting'")
    changed = used.with_overrides({"evaluation.capital": 50_000.0})

    asked = changed.settings.night.model_copy(update={"evaluations": 6, "recheck": limit})
    result = asyncio.run(one_night(changed, asked, lambda name, report: None))
    again = asyncio.run(one_night(changed, asked, lambda name, report: None))

    ended = result.outcome.night
    with open_store(changed, daemon=False) as store:
        tried = [trial.genome for trial in store.trials(ended.id)]
    assert ended.rechecked == expected
    assert tried[:expected] == [elite.genome.hash for elite in best][:expected]
    said = "Tried again under a changed market" in result.outcome.briefing.markdown
    assert said == (expected > 0)
    assert again.outcome.night.rechecked <= 3 - expected


def test_the_settings_of_a_night_are_kept_whole(used: Loaded) -> None:
    night(used)

    with open_store(used, daemon=False) as store:
        kept = json.loads(store.settings(hash_of(used)) or "null")
        assert {trial.settings_hash for trial in store.trials()} == {hash_of(used)}
    assert kept["core"]["evaluation"]["capital"] == 100_000.0
    assert kept["frictions"]["retail"]["name"] == "retail"
    assert kept["plugins"]["simulated"]["years"] == 2
    assert kept["plugins"]["recruiter"]["parents"] == 8
    assert "interval_s" not in kept["plugins"]["recruiter"]
    assert "slots" not in kept["core"]["sandbox"]


def test_a_finished_night_asked_for_again_is_another(used: Loaded) -> None:
    night(used)

    with open_store(used, daemon=False) as store:
        first, second = store.nights()
    assert second.id == f"{first.id}-2"


def test_the_plan_changes_with_settings_and_not_with_the_number_of_workers(
    used: Loaded,
) -> None:
    async def plan(loaded: Loaded) -> tuple[str, str]:
        async with runtime(loaded) as started:
            made = planned(started, loaded.settings.night)
            return made.id, made.market_hash

    same = asyncio.run(plan(used))

    assert asyncio.run(plan(used.with_overrides({"sandbox.slots": 1}))) == same
    other = asyncio.run(plan(used.with_overrides({"evaluation.capital": 5000.0})))
    assert other[0] != same[0]
    assert other[1] == same[1]


def test_the_market_of_a_rehearsal_is_made_once(used: Loaded) -> None:
    before = open_lake(used).digest(simulated=True)

    async def again() -> None:
        async with runtime(used) as started:
            await ensure_market(started)

    asyncio.run(again())

    assert open_lake(used).digest(simulated=True) == before


def test_a_rehearsal_without_the_plugin_of_its_market_says_what_is_missing(
    fresh: Callable[..., Loaded],
) -> None:
    loaded = fresh('[plugins]\nload = ["plugins.splice"]\n')

    with pytest.raises(MissingError, match='no source named "simulated" is loaded'):
        night(loaded)


def test_a_night_on_an_empty_lake_of_real_data_says_how_to_fill_it(
    fresh: Callable[..., Loaded],
) -> None:
    loaded = fresh('[market]\nsource = "lake"\n')

    with pytest.raises(MissingError, match="lake"):
        night(loaded)

    assert not database_path(loaded, rehearsal=True).exists()


def test_own_seeds_beside_the_configuration_come_first(
    fresh: Callable[..., Loaded], rested: Loaded
) -> None:
    loaded = fresh()
    own = loaded.folder / "genomes" / "seeds"
    shipped = seed_folder(loaded)
    own.mkdir(parents=True)

    assert seed_folder(loaded) == own
    assert (shipped / "rsi_pullback.py").is_file()
    assert seed_folder(rested) == shipped


def test_a_growing_total_is_shared_out_once_among_those_who_ask() -> None:
    total = [5]
    ask = since_last_asked(lambda: total[0])

    total[0] = 7
    assert [ask(), ask()] == [2, 0]
    total[0] = 8
    assert ask() == 1


def test_a_retried_timeout_of_the_pool_flags_the_night_everywhere(
    used: Loaded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    positions = Pool.positions

    async def starved(pool: Pool, *given: Any) -> Any:
        pool.retried_timeouts += 1
        return await positions(pool, *given)

    monkeypatch.setattr(Pool, "positions", starved)
    asked = used.settings.night.model_copy(update={"evaluations": 3})
    result = asyncio.run(one_night(used, asked, lambda name, report: None))

    print_night(result, as_json=True)
    document = json.loads(capsys.readouterr().out)
    with open_store(used, daemon=False) as store:
        kept = {night.id: night.retried_timeouts for night in store.nights()}
    # `positions` runs for each trial, and again for one that is proved.
    assert document["retried_timeouts"] == kept[result.outcome.night.id] >= 3
    assert sum(kept.values()) == document["retried_timeouts"]
    assert "This night may not be repeatable" in result.outcome.briefing.markdown
