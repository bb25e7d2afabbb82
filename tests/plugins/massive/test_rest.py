"""The REST interface: pages at the configured address only, refusals, patience, reference data."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import pytest

from daemon.domain.market.present import Quote
from daemon.errors import AccessError, BadDataError, MissingError, NightShiftError, TransientError
from daemon.plugin import Secret
from daemon.plugin.roles import ActionRow, ListingRow, Request
from plugins.massive.listing import NotInPlan
from plugins.massive.reference import actions, holidays, last_quote, listings, market_status
from plugins.massive.rest import NotFound, results_of
from tests.plugins.massive.conftest import STALLED, Massive
from tests.plugins.massive.samples import BY_REST, SYMBOLS, filled, rows_of
from tests.servers.faults import Fault
from tests.servers.massive_rest import KEY, MassiveRest

PATH = "/v2/aggs/ticker/A/range/1/minute/2024-01-08/2024-01-08"
QUOTE = {"T": "A", "p": 9.99, "s": 300, "x": 12, "P": 10.01, "S": 200, "X": 19, "z": 3, "q": 5}
STAMP = 1_704_811_800_123_456_789


@pytest.fixture
def both(massive: Massive, rest: MassiveRest) -> Massive:
    """Three days as flat files, two by REST."""
    return filled(massive, rest)


def test_pages_are_followed_below_the_configured_address_with_the_key(both: Massive) -> None:
    pages = list(both.connection().rest.pages(PATH, {"adjusted": "false"}))

    assert [len(results_of(page, PATH)) for page in pages] == [3, 3, 1]
    assert all("api.massive.com" in page["next_url"] for page in pages[:-1])
    asked = both.server.asked
    assert [a.query.get("cursor") for a in asked] == [None, "3", "6"]
    assert {a.headers["authorization"] for a in asked} == {f"Bearer {KEY}"}
    assert all(KEY not in a.target for a in asked)


@pytest.mark.parametrize("following", [PATH, "nowhere", "https://api.massive.com"])
def test_pages_that_lead_nowhere_are_an_error(both: Massive, following: str) -> None:
    body = f'{{"status": "OK", "results": [], "next_url": "{following}"}}'.encode()
    both.server.fail(PATH, Fault("status", status=200, body=body), times=None)

    with pytest.raises(BadDataError, match=r"page"):
        list(both.connection().rest.pages(PATH))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, b'{"status": "ERROR", "error": "bad range"}', BadDataError),
        (401, b'{"status": "ERROR", "error": "Unknown API Key"}', AccessError),
        (403, b'{"status": "NOT_AUTHORIZED", "message": "not entitled"}', NotInPlan),
        (404, b'{"status": "NOT_FOUND", "message": "unknown"}', NotFound),
        (200, b'{"status": "NOT_AUTHORIZED", "message": "not entitled"}', NotInPlan),
        (200, b'{"status": "ERROR", "error": "bad range"}', BadDataError),
        (200, b"[1, 2]", BadDataError),
    ],
)
def test_a_refusal_is_told_and_not_asked_for_again(
    both: Massive, status: int, body: bytes, error: type[Exception]
) -> None:
    both.server.fail(PATH, Fault("status", status=status, body=body), times=None)

    with pytest.raises(error):
        both.connection().rest.document(PATH)
    assert len(both.server.asked) == 1
    assert both.quick.slept == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=429, retry_after="12"),
        Fault("status", status=500),
        Fault("status", status=503),
        Fault("cut"),
        Fault("short"),
        Fault("garbage"),
        Fault("refuse"),
        Fault("stall"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
def test_what_another_try_may_cure_is_tried_again(both: Massive, fault: Fault) -> None:
    both.server.fail(PATH, fault, times=2)

    source = both.source(**(STALLED if fault.kind == "stall" else {}))

    rows = rows_of(source, Request("minute", ("A",), BY_REST[0], BY_REST[0]))

    assert len(rows[0].columns["close"]) == 7
    assert len(both.quick.slept) >= 2
    if fault.retry_after:
        assert min(both.quick.slept) >= 12


def test_a_service_that_stays_silent_is_given_up_after_the_tries(both: Massive) -> None:
    both.server.fail(PATH, Fault("status", status=500), times=None)

    with pytest.raises(TransientError):
        both.connection(attempts=3).rest.document(PATH)
    assert len(both.server.asked) == 3


def test_calls_keep_the_pace_of_the_plan(both: Massive) -> None:
    rest = both.connection(rest_per_minute=5).rest

    for _ in range(3):
        rest.document(PATH)

    assert both.quick.slept == [12.0, 12.0]


def test_no_key_shows_in_any_log_or_message(
    both: Massive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = ("REST-canary-8831", "S3-canary-1177")
    both.secrets = {
        "MASSIVE_API_KEY": Secret(canaries[0]),
        "MASSIVE_AWS_ACCESS_KEY": Secret("key-id"),
        "MASSIVE_AWS_SECRET_KEY": Secret(canaries[1]),
    }
    body = f'{{"status": "ERROR", "error": "Unknown key {canaries[0]}"}}'.encode()
    both.server.fail("", Fault("status", status=401, body=body), times=None)
    source = both.source()
    with pytest.raises(AccessError) as parts:
        source.parts(Request("minute", SYMBOLS))
    with pytest.raises(AccessError) as events:
        source.actions(Request("splits"))
    rows_of(source, Request("minute", SYMBOLS, end=date(2024, 1, 5)))

    text = f"{parts.value} {events.value} {caplog.text} {both.connection()!r}"
    assert "botocore" in caplog.text
    assert not [canary for canary in canaries if canary in text]


@pytest.mark.parametrize(
    "said", ['"NOT_AUTHORIZED", "message"', '"ERROR", "error"', '"NOT_FOUND", "message"']
)
def test_no_key_shows_in_a_refusal_that_came_with_status_200(both: Massive, said: str) -> None:
    body = f'{{"status": {said}: "no entitlement for {KEY}."}}'.encode()
    both.server.fail(PATH, Fault("status", status=200, body=body), times=None)

    with pytest.raises(NightShiftError, match=r"no entitlement for \*\*\*\)") as told:
        both.connection().rest.document(PATH)
    assert KEY not in str(told.value)


def test_the_state_of_the_market_is_read(both: Massive, rest: MassiveRest) -> None:
    rest.market = {
        "market": "extended-hours",
        "serverTime": "2024-01-09T17:05:00-05:00",
        "exchanges": {"nyse": "extended-hours", "otc": "closed"},
        "afterHours": True,
    }

    status = market_status(both.connection().rest)

    assert status.market == "extended-hours"
    assert status.at == datetime(2024, 1, 9, 22, 5, tzinfo=UTC)
    assert status.exchanges["otc"] == "closed"


def test_holidays_are_a_bare_list(both: Massive, rest: MassiveRest) -> None:
    rest.holidays = [
        {"date": "2024-01-15", "exchange": "NYSE", "name": "King", "status": "closed"},
        {
            "date": "2024-07-03",
            "exchange": "NYSE",
            "name": "Eve",
            "status": "early-close",
            "open": "2024-07-03T13:30:00.000Z",
            "close": "2024-07-03T17:00:00.000Z",
        },
    ]

    closed, early = holidays(both.connection().rest)

    assert (closed.day, closed.close) == (date(2024, 1, 15), None)
    assert early.close == datetime(2024, 7, 3, 17, 0, tzinfo=UTC)


def test_a_last_quote_may_lack_a_side(both: Massive, rest: MassiveRest) -> None:
    rest.quotes = {"A": {**QUOTE, "t": STAMP}, "B": {"T": "B", "p": 1.5, "s": 100, "t": STAMP}}
    connection = both.connection()

    assert last_quote(connection.rest, "A") == Quote("A", 9.99, 300, 10.01, 200, STAMP)
    assert last_quote(connection.rest, "B") == Quote("B", 1.5, 100, 0, 0, STAMP)
    with pytest.raises(NotFound):
        last_quote(connection.rest, "C")


@pytest.mark.parametrize(
    "broken",
    [
        {"split_from": 0},
        {"split_to": "many"},
        {"execution_date": "soon"},
        {"ticker": None, "split_to": None},
    ],
)
def test_a_broken_event_is_told(
    both: Massive, rest: MassiveRest, broken: dict[str, object]
) -> None:
    rest.splits = [{**rest.splits[0], "execution_date": "2024-01-08", **broken}]

    with pytest.raises(BadDataError, match="usual fields"):
        list(actions(both.connection().rest, Request("splits")))


@pytest.mark.parametrize("symbols", [(), ("A", "B", "C")])
def test_a_broken_event_costs_its_own_symbol_only(
    both: Massive, rest: MassiveRest, symbols: tuple[str, ...]
) -> None:
    whole = {**rest.splits[0], "execution_date": "2024-01-08"}
    tickers = {"A": 4, "B": 0, "C": 3}
    rest.splits = [{**whole, "ticker": one, "split_to": to} for one, to in tickers.items()]
    rest.splits.append({**whole, "ticker": "B", "execution_date": "2023-01-09"})
    rows: list[ActionRow] = []

    with pytest.raises(BadDataError, match="usual fields") as told:
        rows.extend(actions(both.connection().rest, Request("splits", symbols)))

    assert [row.symbol for row in rows] == ["A", "C"]
    assert told.value.symbols == ("B",)


def test_an_event_of_nobody_refuses_them_all(both: Massive, rest: MassiveRest) -> None:
    rest.splits = [{**rest.splits[0], "ticker": None}]

    with pytest.raises(BadDataError, match="usual fields") as told:
        list(actions(both.connection().rest, Request("splits")))
    assert told.value.symbols == ()


def test_a_listing_comes_from_the_details_or_of_one_delisted_from_the_list(
    both: Massive, rest: MassiveRest
) -> None:
    rest.tickers = [
        {"ticker": "A", "list_date": "1980-12-12", "active": True},
        {"ticker": "OLD", "delisted_utc": "2007-03-09T05:00:00Z"},
        {"ticker": "OLD", "delisted_utc": "2021-10-04T00:00:00Z"},
        {"ticker": "FUND", "active": True},
    ]

    found = listings(both.connection().rest, Request("listings", ("OLD", "A", "FUND", "NONE")))

    assert list(found) == [
        ListingRow("A", date(1980, 12, 12)),
        ListingRow("OLD", None, date(2021, 10, 4)),
    ]
    with pytest.raises(MissingError, match="--symbols"):
        listings(both.connection().rest, Request("listings"))


def test_a_broken_listing_is_told(both: Massive, rest: MassiveRest) -> None:
    rest.tickers = [
        {"ticker": "A", "list_date": "long ago"},
        {"ticker": "B", "list_date": "1990-01-02"},
    ]
    found = listings(both.connection().rest, Request("listings", ("A", "B")))

    assert next(found).symbol == "B"
    with pytest.raises(BadDataError, match="usual fields") as told:
        next(found)
    assert told.value.symbols == ("A",)
