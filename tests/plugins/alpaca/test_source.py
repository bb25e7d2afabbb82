"""Alpaca's bars come whole and with their numbers, or one sentence says why not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.kinds import Rank
from daemon.errors import BadDataError, NightShiftError
from daemon.plugin.roles import Batch
from plugins.alpaca.source import AlpacaSource
from tests.plugins.alpaca.service import DAYS, asked, everything, same, source, vendor
from tests.servers.alpaca import AlpacaServer, bar
from tests.servers.faults import FaultyServer, json_answer


@pytest.fixture
def service() -> AlpacaServer:
    """Three sessions of A and B."""
    return vendor()


@pytest.fixture
def server(service: AlpacaServer) -> Iterator[FaultyServer]:
    """The service on loopback."""
    with FaultyServer(service) as running:
        yield running


def test_bars_are_asked_for_raw_from_the_feed_and_as_many_as_fit(server: FaultyServer) -> None:
    everything(source(server.url), asked())

    query = server.asked[0].query
    assert query["symbols"] == "A,B"
    assert (query["adjustment"], query["feed"], query["limit"]) == ("raw", "iex", "10000")
    assert (query["start"], query["end"]) == ("2023-01-05T09:00:00Z", "2023-01-06T00:59:00Z")


def test_a_bar_keeps_its_numbers(server: FaultyServer) -> None:
    first = everything(source(server.url), asked())[0]

    assert (first.symbol, first.origin) == ("A", "alpaca iex 1Min")
    opened = int(datetime(2023, 1, 5, 14, 30, tzinfo=UTC).timestamp()) * 1_000_000_000
    assert first.columns["open_time"][0] == opened
    row = [first.columns[name][0] for name in ("open", "high", "low", "close", "volume")]
    assert row == [10.0, 11.0, 9.5, 10.5, 100.0]
    assert first.columns["transactions"].tolist() == [3] * 5


@pytest.mark.parametrize(("feed", "rank"), [("iex", Rank.FEED), ("sip", Rank.ANSWER)])
def test_bars_of_one_exchange_are_believed_less(
    server: FaultyServer, feed: str, rank: Rank
) -> None:
    batches = everything(source(server.url, feed=feed), asked())

    assert {(batch.origin, batch.rank) for batch in batches} == {(f"alpaca {feed} 1Min", rank)}


@pytest.mark.parametrize("page", [1, 2, 3, 7])
@pytest.mark.parametrize("misbehave", ["", "shuffle", "repeat"])
def test_pages_in_any_order_and_overlapping_give_the_same_bars(
    server: FaultyServer, service: AlpacaServer, page: int, misbehave: str
) -> None:
    whole = everything(source(server.url), asked())

    service.page, service.misbehave = page, misbehave

    assert same(everything(source(server.url), asked()), whole)


def test_page_tokens_in_a_circle_end_in_a_sentence(
    server: FaultyServer, service: AlpacaServer
) -> None:
    service.misbehave, service.page = "loop", 2

    with pytest.raises(BadDataError, match="pages that come to an end"):
        everything(source(server.url), asked())
    assert server.count() < 10


@pytest.mark.parametrize(
    ("misbehave", "sentence", "kept"),
    [
        ("contradict", "A at 2023-01-05T14:30:00Z: expected one bar, found two different", []),
        ("stranger", "alpaca, XXX: nobody asked for it", ["A", "B"]),
        ("late", "B at 2030-01-02T15:00:00Z: expected bars from 2023-01-05T09:00Z to", ["A"]),
    ],
)
def test_what_is_wrong_costs_its_symbol_and_is_told(
    server: FaultyServer, service: AlpacaServer, misbehave: str, sentence: str, kept: list[str]
) -> None:
    service.misbehave = misbehave
    one, request = source(server.url), asked(end=DAYS[0])
    batches: list[Batch] = []

    with pytest.raises(BadDataError, match=sentence):
        batches.extend(one.rows(one.parts(request)[0], request))

    assert [batch.symbol for batch in batches] == kept


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"o": 0}, "expected open a number above 0, found open 0"),
        ({"h": 1.0, "l": 2.0}, "expected high at least the low of 2, found high 1"),
        ({"v": -1}, "volume"),
        ({"n": -1}, "expected a count of trades"),
        ({"c": None}, "expected bars with the numbers o, h, l, c, v"),
        ({"c": float("nan")}, "close"),
        ({"t": "2023-01-05T14:30:30Z"}, "whole minute"),
        ({"t": "yesterday"}, "an instant such as"),
        ({"t": "2023-13-05T14:30:00Z"}, "alpaca, A"),
    ],
)
def test_a_broken_value_is_named(change: dict[str, object], sentence: str) -> None:
    broken = {**bar("2023-01-05T14:30:00Z", 10), **change}
    page = {"bars": {"A": [broken]}, "next_page_token": None}

    with (
        FaultyServer(lambda _: json_answer(page)) as server,
        pytest.raises(BadDataError, match=sentence),
    ):
        everything(source(server.url), asked(end=DAYS[0]))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["t", "o", "h", "l", "c", "v", "A", "symbol"]), inner)
    ),
    max_leaves=8,
)


_PAGE: dict[str, object] = {}


@pytest.fixture(scope="module")
def any_page() -> Iterator[AlpacaSource]:
    """A source whose service answers everything with the page of the moment."""
    with FaultyServer(lambda _: json_answer(_PAGE)) as running:
        yield source(running.url)


@given(_JSON, st.sampled_from(["bars", "corporate_actions"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_document_ends_in_rows_or_in_a_sentence(
    any_page: AlpacaSource, content: object, name: str, nested: bool
) -> None:
    _PAGE.clear()
    _PAGE[name] = {"A": content, "forward_splits": content} if nested else content
    told = "alpaca"

    try:
        everything(any_page, asked(end=DAYS[0]))
        list(any_page.actions(asked("splits")))
    except NightShiftError as error:
        told = str(error)

    assert "alpaca" in told
