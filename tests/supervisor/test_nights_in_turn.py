"""Nights that share a state: each owns its jobs and sees what was there when it was opened."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from daemon.config import Loaded, load_config
from daemon.store.store import SqlStore
from daemon.supervisor.campaign import NightResult, one_night
from daemon.supervisor.places import open_store
from tests.fakes import Killed

TRIALS = 20


def night(loaded: Loaded, seed: int = 3, trials: int = TRIALS) -> NightResult:
    changes = {"seed": seed, "evaluations": trials}
    asked = loaded.settings.night.model_copy(update=changes)
    return asyncio.run(one_night(loaded, asked, lambda name, report: None))


def broken_off(
    loaded: Loaded, commits: int, longest_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A night that dies after so many commits, of which steps of so many seconds share one."""
    begin, left = SqlStore._committing, iter(range(commits))

    def dying(store: SqlStore, window: str, trials: bool) -> AbstractContextManager[Session]:
        if next(left, None) is None:
            raise Killed
        return begin(store, window, trials)

    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, "_committing", dying)
        patched.setattr("daemon.plugin.backlog.LONGEST_S", longest_s)
        with pytest.raises(Killed):
            night(loaded)


def made_by(loaded: Loaded, result: NightResult) -> dict[str, Any]:
    """All that a night decided: its requests, trials, lessons and best strategies."""
    name = result.outcome.night.id
    with open_store(loaded, daemon=False) as store:
        tried = store.trials(name)
        return {
            "night": (name, result.evaluations, result.accepted, result.rejected),
            "trials": [
                (t.genome, t.failure, t.evaluation and t.evaluation.trade_hash) for t in tried
            ],
            "stages": [store.genome(t.genome).stage for t in tried],
            "lessons": [(le.mutation, le.code, le.text) for le in store.lessons(name)],
            "best": [(elite.genome.hash, elite.selection) for elite in result.best],
            "generations": store.last_generation(name),
        }


@pytest.fixture(scope="session")
def calm(rested: Loaded, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The night of seed 3 that nobody disturbed."""
    loaded = beside(rested, tmp_path_factory.mktemp("calm"))
    return made_by(loaded, night(loaded))


def beside(rested: Loaded, folder: Path) -> Loaded:
    """An empty state over the same lake, with a small pool."""
    text = rested.text + f'[lake]\npath = "{rested.lake}"\n[recruiter]\npool_target = 12\n'
    (folder / "daemon.toml").write_text(text)
    return load_config(folder / "daemon.toml")


@pytest.mark.parametrize(("commits", "longest_s"), [(3, 0.0), (30, 0.0), (4, 1.0)])
def test_a_night_broken_off_and_continued_after_another_equals_an_undisturbed_one(
    rested: Loaded,
    calm: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    commits: int,
    longest_s: float,
) -> None:
    loaded = beside(rested, tmp_path)
    broken_off(loaded, commits, longest_s, monkeypatch)

    other = night(loaded, seed=4, trials=8)
    continued = night(loaded)

    assert made_by(loaded, other)["night"][0] != calm["night"][0]
    assert other.evaluations == 8
    assert made_by(loaded, continued) == calm
