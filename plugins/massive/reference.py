"""Splits, dividends, listing dates, the state of the market, its holidays, last quotes, by REST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Final
from urllib.parse import quote

from daemon.domain.market.present import Holiday, MarketStatus, Quote
from daemon.errors import MissingError
from daemon.plugin.amounts import positive
from daemon.plugin.good import good_rows
from daemon.plugin.roles import ActionRow, ListingRow, Request
from plugins.massive.rest import STATUS, Document, NotFound, Rest, read_as, results_of

_PATHS: Final = {
    "splits": ("/v3/reference/splits", "execution_date"),
    "dividends": ("/v3/reference/dividends", "ex_dividend_date"),
}
_TICKERS: Final = "/v3/reference/tickers"
_DOLLARS: Final = "USD"


def actions(rest: Rest, request: Request) -> Iterator[ActionRow]:
    """Splits or dividends of the request's symbols and dates, dollars only, by symbol and date.

    Errors as of `Rest.answer`; at the end BadDataError with the symbols of which an event lacks its
    date or its numbers, at once for one without its symbol.
    """
    path, dated = _PATHS[request.kind]
    query = {"limit": "1000", "order": "asc", "sort": dated}
    if request.start:
        query[f"{dated}.gte"] = str(request.start)
    if request.end:
        query[f"{dated}.lte"] = str(request.end)

    def of_symbol(symbol: str) -> list[ActionRow]:
        events = _events(rest, path, {**query, "ticker": symbol})
        return [row for event in events for row in _rows(request.kind, event)]

    if request.symbols:
        return good_rows((one, partial(of_symbol, one)) for one in sorted(set(request.symbols)))
    every = _events(rest, path, query)
    return good_rows((_symbol(path, one), partial(_rows, request.kind, one)) for one in every)


def listings(rest: Rest, request: Request) -> Iterator[ListingRow]:
    """When each of the symbols was listed and delisted, as far as the vendor knows it.

    One that is delisted has no details any more; it is looked for among the inactive tickers.
    MissingError without symbols, errors as of `Rest.answer`; at the end BadDataError with the
    symbols whose answer is broken.
    """
    if not request.symbols:
        raise MissingError("massive has listing dates by symbol only; name some with --symbols")

    def of_symbol(symbol: str) -> list[ListingRow]:
        found = _ticker(rest, symbol)
        row = None if found is None else _listing(symbol, found)
        return [row] if row and (row.listed or row.delisted) else []

    return good_rows((one, partial(of_symbol, one)) for one in sorted(set(request.symbols)))


def market_status(rest: Rest) -> MarketStatus:
    """Whether the market is open now. Errors as of `Rest.answer`."""
    found = rest.document(STATUS)

    def read() -> MarketStatus:
        exchanges = {str(k): str(v) for k, v in (found.get("exchanges") or {}).items()}
        return MarketStatus(str(found["market"]), _time(found["serverTime"]), exchanges)

    return read_as(STATUS, found, read)


def holidays(rest: Rest) -> list[Holiday]:
    """The closed days and half days to come. Errors as of `Rest.answer`."""
    path = "/v1/marketstatus/upcoming"
    found = rest.answer(path)
    return [read_as(path, item, partial(_holiday, item)) for item in found]


def last_quote(rest: Rest, symbol: str) -> Quote:
    """The last quote of a symbol. Errors as of `Rest.answer`."""
    path = f"/v2/last/nbbo/{quote(symbol, safe=':')}"
    found = rest.document(path)

    def read() -> Quote:
        one = found["results"]
        bid, bid_size, ask, ask_size = (float(one.get(name, 0)) for name in ("p", "s", "P", "S"))
        return Quote(str(one["T"]), bid, bid_size, ask, ask_size, int(one["t"]))

    return read_as(path, found, read)


def _ticker(rest: Rest, symbol: str) -> Document | None:
    """What the vendor tells of a ticker, of several that had the name the one delisted last."""
    try:
        path = f"{_TICKERS}/{quote(symbol, safe=':')}"
        return read_as(path, found := rest.document(path), lambda: dict(found["results"]))
    except NotFound:
        every = list(_events(rest, _TICKERS, {"ticker": symbol, "active": "false", "limit": "10"}))
    return max(every, key=lambda one: str(one.get("delisted_utc") or ""), default=None)


def _listing(symbol: str, found: Document) -> ListingRow:
    """`delisted_utc` is midnight of the last day, in New York or UTC: the date is the same."""
    listed, delisted = found.get("list_date"), found.get("delisted_utc")

    def read() -> ListingRow:
        return ListingRow(
            symbol,
            date.fromisoformat(listed) if listed else None,
            _time(delisted).astimezone(UTC).date() if delisted else None,
        )

    return read_as(f"{_TICKERS}/{symbol}", found, read)


def _events(rest: Rest, path: str, query: Mapping[str, str]) -> Iterator[Document]:
    for page in rest.pages(path, query):
        yield from results_of(page, path)


def _symbol(path: str, event: Document) -> str:
    """The symbol of an event; BadDataError for one without, which may be of any."""

    def read() -> str:
        if not isinstance(event["ticker"], str):
            raise TypeError("ticker")
        return event["ticker"]

    return read_as(path, event, read)


def _rows(kind: str, event: Document) -> list[ActionRow]:
    if kind == "dividends":
        if event.get("currency", _DOLLARS) != _DOLLARS:
            return []
        return [read_as(_PATHS[kind][0], event, lambda: _dividend(event))]
    split = read_as(_PATHS[kind][0], event, lambda: _split(event))
    return [split] if split.new != split.old else []


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
