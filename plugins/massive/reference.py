"""Splits, dividends, the state of the market, its holidays, and last quotes, by REST."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final, TypeVar
from urllib.parse import quote

from daemon.errors import BadDataError
from daemon.plugin.amounts import positive
from daemon.plugin.roles import ActionRow, Request
from plugins.massive.rest import STATUS, Document, Rest, results_of

_PATHS: Final = {
    "splits": ("/v3/reference/splits", "execution_date"),
    "dividends": ("/v3/reference/dividends", "ex_dividend_date"),
}
_DOLLARS: Final = "USD"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class MarketStatus:
    """market: open, closed or extended-hours; at: the vendor's clock; exchanges: each one's."""

    market: str
    at: datetime
    exchanges: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which an exchange is closed or closes early, at `close` (UTC)."""

    day: date
    exchange: str
    name: str
    status: str
    close: datetime | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The best bid and ask: dollars and shares; at: nanoseconds UTC of the consolidated tape.

    A side that is missing has price 0 and size 0.
    """

    symbol: str
    bid: float
    bid_size: float
    ask: float
    ask_size: float
    at: int


def actions(rest: Rest, request: Request) -> list[ActionRow]:
    """Splits or dividends of the request's symbols and dates, dollars only, by symbol and date.

    Errors as of `Rest.answer`; BadDataError for an event without its date or its numbers.
    """
    path, dated = _PATHS[request.kind]
    query = {"limit": "1000", "order": "asc", "sort": dated}
    if request.start:
        query[f"{dated}.gte"] = str(request.start)
    if request.end:
        query[f"{dated}.lte"] = str(request.end)
    asked = [{"ticker": symbol} for symbol in sorted(set(request.symbols))] or [{}]
    events = [event for one in asked for event in _events(rest, path, {**query, **one})]
    rows = [row for event in events for row in _rows(request.kind, event)]
    return sorted(rows, key=lambda row: (row.symbol, row.ex_date, row.cash, row.new))


def market_status(rest: Rest) -> MarketStatus:
    """Whether the market is open now. Errors as of `Rest.answer`."""
    found = rest.document(STATUS)

    def read() -> MarketStatus:
        exchanges = {str(k): str(v) for k, v in (found.get("exchanges") or {}).items()}
        return MarketStatus(str(found["market"]), _time(found["serverTime"]), exchanges)

    return _read(STATUS, found, read)


def holidays(rest: Rest) -> list[Holiday]:
    """The closed days and half days to come. Errors as of `Rest.answer`."""
    path = "/v1/marketstatus/upcoming"
    found = rest.answer(path)
    return [_read(path, item, partial(_holiday, item)) for item in found]


def last_quote(rest: Rest, symbol: str) -> Quote:
    """The last quote of a symbol. Errors as of `Rest.answer`."""
    path = f"/v2/last/nbbo/{quote(symbol, safe=':')}"
    found = rest.document(path)

    def read() -> Quote:
        one = found["results"]
        bid, bid_size, ask, ask_size = (float(one.get(name, 0)) for name in ("p", "s", "P", "S"))
        return Quote(str(one["T"]), bid, bid_size, ask, ask_size, int(one["t"]))

    return _read(path, found, read)


def _events(rest: Rest, path: str, query: Mapping[str, str]) -> Iterator[Document]:
    for page in rest.pages(path, query):
        yield from results_of(page, path)


def _rows(kind: str, event: Document) -> Iterator[ActionRow]:
    if kind == "dividends":
        if event.get("currency", _DOLLARS) == _DOLLARS:
            yield _read(_PATHS[kind][0], event, lambda: _dividend(event))
        return
    split = _read(_PATHS[kind][0], event, lambda: _split(event))
    if split.new != split.old:
        yield split


def _split(event: Document) -> ActionRow:
    ratio = positive(event["split_to"]) / positive(event["split_from"])
    day = date.fromisoformat(event["execution_date"])
    return ActionRow(
        str(event["ticker"]), day, new=float(ratio.numerator), old=float(ratio.denominator)
    )


def _dividend(event: Document) -> ActionRow:
    day = date.fromisoformat(event["ex_dividend_date"])
    return ActionRow(str(event["ticker"]), day, cash=float(positive(event["cash_amount"])))


def _holiday(item: Document) -> Holiday:
    close = item.get("close")
    return Holiday(
        day=date.fromisoformat(item["date"]),
        exchange=str(item["exchange"]),
        name=str(item["name"]),
        status=str(item["status"]),
        close=_time(close) if close else None,
    )


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _read(path: str, found: object, read: Callable[[], Found]) -> Found:
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise BadDataError(
            f"massive, {path}: expected its usual fields, found {str(found)[:120]} "
            f"({type(error).__name__}: {error}); try again later"
        ) from error
