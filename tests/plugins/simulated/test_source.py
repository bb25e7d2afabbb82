"""The source: what it offers, that it repeats itself, and that its bars agree with each other."""

from __future__ import annotations

import time
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

import plugins.simulated as plugin
from daemon.errors import UsageError
from daemon.plugin.roles import Request, Source
from plugins.simulated.paths import Bars
from plugins.simulated.sessions import sessions
from plugins.simulated.settings import NAMES, SimulatedSettings
from plugins.simulated.source import SimulatedSource
from tests.plugins.simulated.conftest import read

SMALL = SimulatedSettings(seed=3, years=2, minute_years=1, symbols=("SIMA", "SIMB"))


def test_it_is_registered_with_its_settings() -> None:
    host = SimpleNamespace(settings=lambda model: model(seed=11))

    (source,) = plugin.register_sources(host)

    assert isinstance(source, Source)
    assert (source.name, source.kinds) == ("simulated", ("minute", "day"))
    assert "seed 11" in source.announcement


def test_an_unknown_key_or_kind_is_refused() -> None:
    with pytest.raises(ValidationError):
        SimulatedSettings(egde=2.0)
    with pytest.raises(UsageError, match="expected one of minute, day"):
        SimulatedSource(SMALL).parts(Request("quotes"))


def test_parts_are_the_symbols_asked_for_that_exist() -> None:
    source = SimulatedSource(SimulatedSettings())

    everything = source.parts(Request("day"))
    some = source.parts(Request("day", symbols=("SIMC", "SPY")))

    assert [part.key for part in everything] == [f"simulated/day/{name}" for name in NAMES]
    assert [part.key for part in some] == ["simulated/day/SIMC"]
    assert {part.stamp for part in everything} == {SimulatedSettings().digest}


def test_other_settings_have_another_stamp() -> None:
    stamps = {
        SimulatedSettings().digest,
        SimulatedSettings(seed=8).digest,
        SimulatedSettings(edge=0.0).digest,
    }

    assert len(stamps) == 3


def test_the_same_settings_make_the_same_bars_in_whatever_order_they_are_asked() -> None:
    once = read(SMALL, "minute")
    source, request = SimulatedSource(SMALL.model_copy()), Request("minute", ("SIMB",))
    (again,) = source.rows(source.parts(request)[0], request)

    assert again.columns["close"].tobytes() == once["SIMB"].close.tobytes()
    assert again.columns["volume"].tobytes() == once["SIMB"].volume.tobytes()
    assert again.origin == f"simulated:{SMALL.digest}"


def test_another_seed_makes_other_bars() -> None:
    other = read(SMALL.model_copy(update={"seed": 4}), "day")

    assert not np.array_equal(other["SIMA"].close, read(SMALL, "day")["SIMA"].close)


def test_daily_bars_are_the_minutes_of_their_session_folded(
    daily: dict[str, Bars], minutes: dict[str, Bars]
) -> None:
    lengths = sessions(2023, 2023).minutes
    stops = np.cumsum(lengths)
    for name in ("SIMA", "SIMK"):
        day, minute = daily[name], minutes[name]
        for k in (0, 126, len(lengths) - 1):
            part = slice(stops[k] - lengths[k], stops[k])
            row = k - len(lengths)
            assert day.open_time[row] == minute.open_time[part][0]
            assert day.open[row] == minute.open[part][0]
            assert day.high[row] == minute.high[part].max()
            assert day.low[row] == minute.low[part].min()
            assert day.close[row] == minute.close[part][-1]
            assert day.volume[row] == minute.volume[part].sum()
            assert day.transactions[row] == minute.transactions[part].sum()


def test_it_has_the_shipped_number_of_bars(
    daily: dict[str, Bars], minutes: dict[str, Bars]
) -> None:
    assert {len(batch.close) for batch in daily.values()} == {len(sessions(2016, 2023))}
    assert {len(batch.close) for batch in minutes.values()} == {sessions(2023, 2023).minutes.sum()}


def test_only_the_days_asked_for_are_given() -> None:
    request = Request("day", ("SIMA",), date(2022, 12, 29), date(2023, 1, 3))
    source = SimulatedSource(SMALL)

    batches = list(source.rows(source.parts(request)[0], request))
    stamps = np.concatenate([batch.columns["open_time"] for batch in batches])

    assert stamps.astype("datetime64[ns]").astype("datetime64[D]").astype(str).tolist() == [
        "2022-12-29",
        "2022-12-30",
        "2023-01-03",
    ]


def test_days_outside_the_simulated_years_have_no_part() -> None:
    source = SimulatedSource(SMALL)

    assert source.parts(Request("day", start=date(2024, 1, 1))) == []
    assert source.parts(Request("minute", end=date(2022, 12, 31))) == []


def test_everything_is_made_in_under_eight_seconds() -> None:
    settings = SimulatedSettings(seed=99)

    started = time.process_time()
    read(settings, "minute")
    source, request = SimulatedSource(settings), Request("day", ("SIMA", "SIMB", "SIMC"))
    for part in source.parts(request):
        list(source.rows(part, request))
    seconds = time.process_time() - started

    assert seconds < 8.0 * (12 + 24) / 108


def test_it_neither_splits_nor_pays() -> None:
    assert SimulatedSource(SMALL).actions(Request("day")) == ()
