"""Alpaca's market-data service on loopback: bars and corporate actions by pages (§4.3).

Faults of transport and status are those of `FaultyServer`; `misbehave` names the vendor's own:
"loop" repeats a page token, "shuffle" gives the pages backwards, "repeat" lets pages overlap,
"contradict" gives a bar twice with another close, "stranger" adds a symbol nobody asked for,
"late" adds a bar beyond the end, "null" leaves the table out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.servers.faults import Answer, Asked, json_answer

KEYS = {"APCA-API-KEY-ID": "canary-id-51c2", "APCA-API-SECRET-KEY": "canary-secret-9e07"}
Bar = Mapping[str, Any]
_TICKER = re.compile(r"[A-Za-z0-9./]{1,10}")


def bar(opened: str, price: float, volume: float = 100.0, trades: int = 3) -> dict[str, Any]:
    """A bar as the vendor writes it, a dollar high."""
    prices = {"o": price, "h": price + 1, "l": price - 0.5, "c": price + 0.5}
    return {"t": opened, **prices, "v": volume, "n": trades, "vw": price + 0.25}


@dataclass
class AlpacaServer:
    """bars: by time frame ("1Min", "1Day") and symbol, sorted; actions: by the vendor's names.

    page: most rows on a page, whatever was asked; limit: calls a minute; plan: "" or "basic",
    which has no consolidated bars of the last quarter of an hour before `now`.
    """

    bars: dict[str, dict[str, list[Bar]]] = field(default_factory=dict)
    actions: dict[str, list[Bar]] = field(default_factory=dict)
    page: int = 10_000
    limit: int = 200
    used: int = 0
    reset: int = 0
    plan: str = ""
    now: datetime = datetime(2026, 11, 20, tzinfo=UTC)
    misbehave: str = ""

    def __call__(self, asked: Asked) -> Answer:
        """The vendor's answer."""
        if any(asked.headers.get(name.lower()) != value for name, value in KEYS.items()):
            return json_answer({"message": "forbidden."}, 401)
        self.used += 1
        if self.used > self.limit:
            return json_answer({"message": "too many requests."}, 429, **self._headers())
        if asked.path == "/v2/stocks/bars":
            return self._bars(asked.query)
        if asked.path == "/v1/corporate-actions":
            return self._actions(asked.query)
        return json_answer({"message": "endpoint not found."}, 404)

    def _headers(self) -> dict[str, str]:
        left = max(0, self.limit - self.used)
        texts = {"limit": self.limit, "remaining": left, "reset": self.reset}
        return {f"x_ratelimit_{name}": str(value) for name, value in texts.items()}

    def _bars(self, query: Mapping[str, str]) -> Answer:
        symbols = sorted(query.get("symbols", "").split(","))
        wrong = [symbol for symbol in symbols if not _TICKER.fullmatch(symbol)]
        if wrong or query.get("timeframe") not in ("1Min", "1Day"):
            return json_answer({"message": f"invalid symbol or time frame: {wrong}"}, 400)
        start, end = (_instant(query[name]) for name in ("start", "end"))
        fresh = (self.now - end).total_seconds() < 15 * 60
        if self.plan == "basic" and query.get("feed", "sip") == "sip" and fresh:
            said = "subscription does not permit querying recent SIP data"
            return json_answer({"code": 42210000, "message": said}, 403)
        held = self.bars.get(query["timeframe"], {})
        rows = [
            (symbol, one)
            for symbol in symbols
            for one in held.get(symbol, ())
            if start <= _instant(one["t"]) <= end
        ]
        return self._paged(self._spoilt(rows, query), query)

    def _spoilt(self, rows: list[tuple[str, Bar]], query: Mapping[str, str]) -> list[Any]:
        if self.misbehave == "contradict":
            return [row for s, b in rows for row in ((s, b), (s, {**b, "c": b["c"] + 0.1}))]
        if self.misbehave == "stranger":
            return [*rows, ("XXX", rows[0][1])]
        if self.misbehave == "late":
            return [*rows, (rows[-1][0], {**rows[-1][1], "t": "2030-01-02T15:00:00Z"})]
        return rows

    def _paged(self, rows: list[tuple[str, Bar]], query: Mapping[str, str]) -> Answer:
        size = min(self.page, int(query.get("limit", 1000)))
        starts = list(range(0, len(rows), size)) or [0]
        at = int(query.get("page_token", "page-0").removeprefix("page-"))
        shown = -1 - at if self.misbehave == "shuffle" else at
        first = starts[shown]
        overlap = 2 if self.misbehave == "repeat" else 0
        table: dict[str, list[Bar]] = {}
        for symbol, one in rows[max(0, first - overlap) : first + size]:
            table.setdefault(symbol, []).append(one)
        following = f"page-{at + 1}" if at + 1 < len(starts) else None
        if self.misbehave == "loop":
            following = "page-0"
        found = None if self.misbehave == "null" else table
        return json_answer({"bars": found, "next_page_token": following}, **self._headers())

    def _actions(self, query: Mapping[str, str]) -> Answer:
        wanted = frozenset(query["symbols"].split(",")) if "symbols" in query else frozenset()
        types = frozenset(query["types"].split(",")) if "types" in query else frozenset()
        rows = [
            (name, event)
            for name, events in self.actions.items()
            if not types or name.removesuffix("s") in types
            for event in events
            if (not wanted or event["symbol"] in wanted)
            and query["start"] <= event["process_date"] <= query["end"]
        ]
        size, at = min(self.page, int(query.get("limit", 1000))), int(query.get("page_token", 0))
        table: dict[str, list[Bar]] = {}
        for name, event in rows[at : at + size]:
            table.setdefault(name, []).append(event)
        following = str(at + size) if at + size < len(rows) else None
        document = {"corporate_actions": table, "next_page_token": following}
        return json_answer(document, **self._headers())


def _instant(text: str) -> datetime:
    then = datetime.fromisoformat(text)
    return then if then.tzinfo else then.replace(tzinfo=UTC)
