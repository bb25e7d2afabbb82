"""The vendor's own client sees the same bars and actions as ours on the same server."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.plugins.alpaca.service import asked, everything, source, vendor
from tests.servers.alpaca import KEYS
from tests.servers.faults import FaultyServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports websockets.legacy
    pytest.importorskip("alpaca.data", reason="the vendor's client alpaca-py is not installed")
    from alpaca.data.enums import DataFeed
    from alpaca.data.historical import StockHistoricalDataClient
    from alpaca.data.historical.corporate_actions import CorporateActionsClient
    from alpaca.data.requests import CorporateActionsRequest, StockBarsRequest
    from alpaca.data.timeframe import TimeFrame

PAIR = tuple(KEYS.values())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    """Three sessions of two symbols, few bars a page."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FaultyServer(vendor(page=4)) as running:
        yield running


def official(server: FaultyServer, frame: TimeFrame) -> dict[str, list[tuple[Any, ...]]]:
    """Bars by symbol, as (start, open, high, low, close, volume, trades)."""
    client = StockHistoricalDataClient(*PAIR, url_override=server.url)
    request = StockBarsRequest(
        symbol_or_symbols=["A", "B"],
        timeframe=frame,
        start=datetime(2023, 1, 5, tzinfo=UTC),
        end=datetime(2023, 1, 10, tzinfo=UTC),
        feed=DataFeed.IEX,
    )
    found = client.get_stock_bars(request).data
    return {symbol: [row(one) for one in bars] for symbol, bars in found.items()}


def row(bar: Any) -> tuple[Any, ...]:
    """A bar of the vendor's client in the order of our columns."""
    start = int(bar.timestamp.timestamp()) * 1_000_000_000
    return (start, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.trade_count)


@pytest.mark.parametrize("kind", ["minute", "day"])
def test_the_vendors_client_sees_the_same_bars(server: FaultyServer, kind: str) -> None:
    ours: dict[str, list[tuple[Any, ...]]] = {}
    for batch in everything(source(server.url), asked(kind)):
        ours.setdefault(batch.symbol, []).extend(
            zip(*(column.tolist() for column in batch.columns.values()), strict=True)
        )

    assert official(server, TimeFrame.Minute if kind == "minute" else TimeFrame.Day) == ours


def test_the_vendors_client_sees_the_same_splits(server: FaultyServer) -> None:
    client = CorporateActionsClient(*PAIR, url_override=server.url)
    request = CorporateActionsRequest(
        symbols=["A"], start=asked().start, end=asked().end, sort=None
    )
    (theirs,) = client.get_corporate_actions(request).data["reverse_splits"]

    (ours,) = source(server.url).actions(asked("splits"))

    assert (theirs.symbol, theirs.ex_date) == (ours.symbol, ours.ex_date)
    assert (theirs.new_rate, theirs.old_rate) == (ours.new, ours.old)
