"""Nights on a lake that holds some bars, but not those that every genome wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from daemon.config import Loaded
from daemon.errors import MissingError, NoBarsError
from daemon.lake.ingest import ingest
from daemon.plugin.roles import Batch, Request
from daemon.supervisor.campaign import NightResult, one_night
from daemon.supervisor.places import open_lake, open_store
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening

TEXT = """
[market]
source = "lake"
[night]
evaluations = 4
seed = 3
[sandbox]
slots = 2
"""
DAILY = '''"""Hold above the average of {n} bars."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, {n}), 1.0, 0.0)
'''
QUARTERS = DAILY.replace('"""\n\n\n', '"""\n\nTIMEFRAME = "15m"\n\n\n', 1)

Fresh = Callable[..., Loaded]


def seeded(loaded: Loaded, **texts: str) -> Loaded:
    """The place with these seeds, in order of their names."""
    folder = loaded.folder / "genomes" / "seeds"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return loaded


def traded(one: Batch) -> Batch:
    """The batch with a volume that can be traded."""
    volume = np.full(len(one.columns["volume"]), 1e6)
    return replace(one, columns={**one.columns, "volume": volume})


def with_bars(loaded: Loaded, kind: str, sessions: int, bars: int) -> Loaded:
    """A walk of two symbols that can be traded, so many bars a session, of this kind only."""
    generator = np.random.default_rng(2)
    first = 0 if kind == "minute" else -570
    days: dict[date, list[Batch]] = {}
    prices = np.array([100.0, 100.0])
    for number in range(sessions):
        day = date(2021, 1, 4) + timedelta(days=7 * (number // 5) + number % 5)
        stamps = [opening(day) + (first + minute) * MINUTE for minute in range(bars)]
        walks = prices * np.exp(np.cumsum(generator.normal(0.0002, 0.01, (bars, 2)), axis=0))
        prices = walks[-1]
        days[day] = [
            traded(batch(symbol, stamps, walk)) for symbol, walk in zip("AB", walks.T, strict=True)
        ]
    ingest(open_lake(loaded), FakeSource(days), Request(kind))
    return loaded


def night(loaded: Loaded) -> NightResult:
    return asyncio.run(one_night(loaded, loaded.settings.night, lambda name, report: None))


def test_on_day_bars_alone_an_intraday_seed_is_one_failed_trial_and_the_night_goes_on(
    fresh: Fresh,
) -> None:
    seeds = {"a": QUARTERS.format(n=20), "b": DAILY.format(n=20), "c": DAILY.format(n=50)}
    loaded = with_bars(seeded(fresh(TEXT), **seeds), "day", 300, 1)

    result = night(loaded)

    assert (result.evaluations, result.outcome.reason) == (4, "trials")
    with open_store(loaded, daemon=False) as store:
        failures = [trial.failure for trial in store.trials() if trial.evaluation is None]
    assert len(failures) == 1
    assert failures[0].startswith("no 15m bars of A, B between the beginning and ")


def test_where_no_seed_has_bars_the_night_ends_with_a_sentence_and_goes_on_once_it_has(
    fresh: Fresh,
) -> None:
    made_up = "[quality]\nminimum = 0\n"  # the day bars and the minutes are walks of their own
    loaded = seeded(fresh(TEXT + made_up), a=QUARTERS.format(n=20), b=QUARTERS.format(n=40))
    with_bars(loaded, "day", 300, 1)

    for _ in range(2):
        with pytest.raises(NoBarsError, match="no genome of this night can be run: no 15m bars"):
            night(loaded)

    with open_store(loaded, daemon=False) as store:
        assert not store.trials()
        assert store.waiting("evaluate") == 2

    result = night(with_bars(loaded, "minute", 40, 60))

    assert (result.evaluations, result.outcome.reason) == (4, "trials")
    with open_store(loaded, daemon=False) as store:
        assert [trial.failure for trial in store.trials()] == [""] * 4


def test_an_empty_lake_stops_the_night(fresh: Fresh) -> None:
    loaded = seeded(fresh(TEXT), a=DAILY.format(n=20))

    with pytest.raises(MissingError, match="the lake is empty") as why:
        night(loaded)

    assert why.value.exit_code == 3
    assert not isinstance(why.value, NoBarsError)


def test_an_empty_lake_is_empty_for_named_symbols_too(fresh: Fresh) -> None:
    text = TEXT + '[universes]\ndefault = ["A", "B"]\n'
    loaded = seeded(fresh(text), a=DAILY.format(n=20))

    with pytest.raises(MissingError, match="the lake is empty"):
        night(loaded)
