"""The official clients see on the same servers what the source sees."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import massive as official
import numpy as np
import pytest

from daemon.plugin.roles import Request
from plugins.massive.reference import holidays, last_quote, market_status
from tests.plugins.massive.conftest import Massive
from tests.plugins.massive.samples import BY_REST, FLAT, SYMBOLS, filled, rows_of
from tests.plugins.massive.test_rest import QUOTE, STAMP
from tests.servers.massive_rest import KEY, MassiveRest


@pytest.fixture
def both(massive: Massive, rest: MassiveRest) -> Massive:
    """Both services with their samples."""
    rest.quotes = {"A": {**QUOTE, "t": STAMP}}
    rest.holidays = [{"date": "2024-01-15", "exchange": "NYSE", "name": "K", "status": "closed"}]
    rest.market = {"market": "open", "serverTime": "2024-01-09T15:00:00-05:00", "exchanges": {}}
    return filled(massive, rest)


@pytest.fixture
def client(both: Massive) -> Iterator[official.RESTClient]:
    """The vendor's own REST client."""
    made = official.RESTClient(KEY, base=both.server.url, retries=0)
    yield made
    made.client.clear()


def test_minutes_agree(both: Massive, client: official.RESTClient) -> None:
    day = BY_REST[0]

    theirs = list(client.list_aggs("A", 1, "minute", day, day, adjusted=False, limit=50_000))
    (ours,) = rows_of(both.source(), Request("minute", ("A",), day, day))

    assert len(theirs) == 7
    assert [bar.timestamp * 1_000_000 for bar in theirs] == ours.columns["open_time"].tolist()
    for name in ("open", "high", "low", "close", "volume", "transactions"):
        assert [getattr(bar, name) for bar in theirs] == ours.columns[name].tolist()


def test_days_agree(both: Massive, client: official.RESTClient) -> None:
    theirs = {bar.ticker: bar for bar in client.get_grouped_daily_aggs(BY_REST[0], adjusted=False)}
    ours = {b.symbol: b for b in rows_of(both.source(), Request("day", (), BY_REST[0], BY_REST[0]))}

    assert theirs.keys() == ours.keys() == set(SYMBOLS)
    for symbol, batch in ours.items():
        for name in ("open", "high", "low", "close", "volume", "transactions"):
            assert batch.columns[name].tolist() == [getattr(theirs[symbol], name)]


def test_events_agree(both: Massive, client: official.RESTClient) -> None:
    source = both.source()

    splits = list(client.list_splits(ticker="A"))
    dividends = [one for one in client.list_dividends(ticker="A") if one.currency == "USD"]
    our_splits = source.actions(Request("splits", ("A",)))
    our_dividends = source.actions(Request("dividends", ("A",)))

    assert [(s.execution_date, s.split_to / s.split_from) for s in splits] == [
        (str(row.ex_date), row.new / row.old) for row in our_splits
    ]
    assert [(d.ex_dividend_date, d.cash_amount) for d in dividends] == [
        (str(row.ex_date), row.cash) for row in our_dividends
    ]


def test_quotes_status_and_holidays_agree(both: Massive, client: official.RESTClient) -> None:
    rest = both.connection().rest

    quote, ours = client.get_last_quote("A"), last_quote(rest, "A")

    assert (quote.bid_price, quote.bid_size) == (ours.bid, ours.bid_size)
    assert (quote.ask_price, quote.ask_size) == (ours.ask, ours.ask_size)
    assert quote.sip_timestamp == ours.at
    assert client.get_market_status().market == market_status(rest).market
    assert [h.date for h in client.get_market_holidays()] == [str(h.day) for h in holidays(rest)]


def test_the_bucket_agrees(both: Massive) -> None:
    client = both.store.client
    ours = both.connection().bucket.listed("minute", FLAT[0], FLAT[-1])

    theirs = client.list_objects_v2(
        Bucket=both.store.bucket, Prefix="us_stocks_sip/minute_aggs_v1/2024/01/"
    )["Contents"]
    body = client.get_object(Bucket=both.store.bucket, Key=ours[0].key)["Body"].read()
    lines = gzip.decompress(body).decode().splitlines()[1:]
    batches = rows_of(both.source(), Request("minute", (), FLAT[0], FLAT[0]))

    assert [(o["Key"], o["Size"], o["ETag"].strip('"')) for o in theirs] == [
        (file.key, file.size, file.etag) for file in ours
    ]
    stamps = np.concatenate([b.columns["open_time"] for b in batches])
    assert [int(line.split(",")[6]) for line in lines] == stamps.tolist()
