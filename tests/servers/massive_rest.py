"""The vendor's REST interface over bars and events that a test gives it.

Pages are short, `next_url` names the vendor's own host and never carries the key, and prices are
adjusted (here: a tenth) unless a request says otherwise, all as the vendor does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from tests.servers.faults import Answer, Asked, json_answer

KEY = "rest-key-0123456789"
VENDOR = "https://api.massive.com"
Row = Mapping[str, Any]


def bar(stamp_ms: int, price: float, volume: float = 100.5, trades: int = 7) -> Row:
    """A raw bar around a price."""
    prices = {"o": price - 1, "h": price + 1, "l": price - 2, "c": price}
    return {**prices, "v": volume, "vw": price, "n": trades, "t": stamp_ms}


@dataclass
class MassiveRest:
    """Answers the paths of the REST interface.

    minutes: bars by symbol and day; days: bars with their ticker `T` by day; splits, dividends:
    events as the vendor writes them. chains: contracts by underlying. tickers: details of tickers;
    those with `delisted_utc` only as inactive ones. page: most results in one answer. status: what
    an answer with bars calls itself. refused: paths that the plan does not hold.
    """

    minutes: dict[tuple[str, date], Sequence[Row]] = field(default_factory=dict)
    days: dict[date, Sequence[Row]] = field(default_factory=dict)
    splits: Sequence[Row] = ()
    dividends: Sequence[Row] = ()
    holidays: Sequence[Row] = ()
    market: Row = field(default_factory=dict)
    quotes: dict[str, Row] = field(default_factory=dict)
    chains: dict[str, Sequence[Row]] = field(default_factory=dict)
    tickers: Sequence[Row] = ()
    page: int = 3
    status: str = "OK"
    refused: tuple[str, ...] = ()
    key: str = KEY

    def __call__(self, asked: Asked) -> Answer:
        given = asked.headers.get("authorization", "").removeprefix("Bearer ")
        given = given or asked.query.get("apiKey", "")
        if given != self.key:
            said = "Unknown API Key" if given else "API Key was not provided"
            return json_answer({"status": "ERROR", "request_id": "1", "error": said}, 401)
        if any(asked.path.startswith(path) for path in self.refused):
            said = "You are not entitled to this data."
            return json_answer({"status": "NOT_AUTHORIZED", "message": said}, 403)
        for prefix, answer in self._paths().items():
            if asked.path.startswith(prefix):
                return answer(asked)
        return self._unknown()

    def _paths(self) -> Mapping[str, Callable[[Asked], Answer]]:
        return {
            "/v2/aggs/ticker/": self._minutes,
            "/v2/aggs/grouped/locale/us/market/stocks/": self._grouped,
            "/v3/reference/splits": lambda asked: self._events(asked, self.splits),
            "/v3/reference/dividends": lambda asked: self._events(asked, self.dividends),
            "/v1/marketstatus/now": lambda asked: json_answer(self.market or {"market": "closed"}),
            "/v1/marketstatus/upcoming": lambda asked: json_answer(list(self.holidays)),
            "/v2/last/nbbo/": self._quote,
            "/v3/snapshot/options/": self._chain,
            "/v3/reference/tickers/": self._details,
            "/v3/reference/tickers": self._inactive,
        }

    def _minutes(self, asked: Asked) -> Answer:
        ticker, _, multiplier, timespan, first, last = asked.path.split("/")[4:10]
        if (multiplier, timespan) != ("1", "minute"):
            return self._unknown()
        between = date.fromisoformat(first), date.fromisoformat(last)
        bars = [
            one
            for (symbol, day), some in sorted(self.minutes.items())
            if symbol == ticker and between[0] <= day <= between[1]
            for one in some
        ]
        raw = asked.query.get("adjusted") == "false" or "cursor" in asked.query
        page = self._page(asked, [one if raw else _adjusted(one) for one in bars])
        return json_answer({"ticker": ticker, "adjusted": not raw, "status": self.status, **page})

    def _grouped(self, asked: Asked) -> Answer:
        bars = self.days.get(date.fromisoformat(asked.path.rpartition("/")[2]), ())
        raw = asked.query.get("adjusted") == "false"
        found = {"results": [one if raw else _adjusted(one) for one in bars]} if bars else {}
        count = {"queryCount": len(bars), "resultsCount": len(bars)}
        return json_answer({"adjusted": not raw, "status": self.status, **count, **found})

    def _events(self, asked: Asked, events: Sequence[Row]) -> Answer:
        query = asked.query
        dated = "execution_date" if events is self.splits else "ex_dividend_date"
        found = [
            event
            for event in events
            if query.get("ticker", event["ticker"]) == event["ticker"]
            and query.get(f"{dated}.gte", "") <= event[dated] <= query.get(f"{dated}.lte", "~")
        ]
        return json_answer({"status": "OK", "request_id": "1", **self._page(asked, found)})

    def _quote(self, asked: Asked) -> Answer:
        found = self.quotes.get(asked.path.rpartition("/")[2])
        if found is None:
            return self._unknown()
        return json_answer({"status": "OK", "request_id": "1", "results": found})

    def _chain(self, asked: Asked) -> Answer:
        """At most 250 contracts a page, ten unless more are asked for."""
        contracts = self.chains.get(asked.path.rpartition("/")[2])
        if contracts is None:
            return self._unknown()
        if int(asked.query.get("limit", "10")) > 250:
            return json_answer({"status": "ERROR", "error": "limit is above 250"}, 400)
        return json_answer({"status": "OK", "request_id": "1", **self._page(asked, contracts)})

    def _details(self, asked: Asked) -> Answer:
        symbol = asked.path.rpartition("/")[2]
        found = [one for one in self.tickers if one["ticker"] == symbol]
        if not found or "delisted_utc" in found[0]:
            return self._unknown()
        return json_answer({"status": "OK", "request_id": "1", "results": found[0]})

    def _inactive(self, asked: Asked) -> Answer:
        """Without `active=false` only tickers that trade; the list has no listing dates."""
        gone = asked.query.get("active") == "false"
        found = [
            {name: value for name, value in one.items() if name != "list_date"}
            for one in self.tickers
            if asked.query.get("ticker", one["ticker"]) == one["ticker"]
            and ("delisted_utc" in one) == gone
        ]
        return json_answer({"status": "OK", "request_id": "1", **self._page(asked, found)})

    def _page(self, asked: Asked, rows: Sequence[Row]) -> dict[str, Any]:
        """Results from the cursor on; the cursor of the next page keeps the filter, not the key."""
        start = int(asked.query.get("cursor", "0"))
        size = min(self.page, int(asked.query.get("limit", "5000")))
        page: dict[str, Any] = {"results": list(rows[start : start + size])} if rows else {}
        if start + size < len(rows):
            ticker = {"ticker": asked.query["ticker"]} if "ticker" in asked.query else {}
            query = urlencode({"cursor": start + size, **ticker})
            page["next_url"] = f"{VENDOR}{asked.path}?{query}"
        return page

    def _unknown(self) -> Answer:
        return json_answer({"status": "NOT_FOUND", "request_id": "1", "message": "unknown"}, 404)


def _adjusted(one: Row) -> Row:
    return {**one, **{name: one[name] / 10 for name in ("o", "h", "l", "c")}}
