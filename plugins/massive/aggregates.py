"""Raw minute and day bars by REST, for the days that no flat file covers yet.

Minutes are asked for symbol by symbol, days for the whole market at once. The vendor adjusts for
splits unless it is told not to; what the lake holds is never adjusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Any, Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from daemon.domain.market.align import Rows
from daemon.domain.market.quality import first_fault
from daemon.errors import BadDataError
from daemon.plugin.exchange import instant
from daemon.plugin.roles import Batch
from plugins.massive.days import Now, nanoseconds
from plugins.massive.rest import Document, NotFound, Rest, results_of

ORIGIN: Final = "massive:rest"
_LETTERS: Final = ("o", "h", "l", "c", "v")
_DELAY: Final = timedelta(minutes=15)
_MINUTE: Final = 60_000_000_000
_REMEDY: Final = "its bars of this day were left out, ingest again later"


def minute_bars(rest: Rest, symbols: Sequence[str], day: date, now: Now) -> Iterator[Batch]:
    """Each symbol's minutes of a day that are over.

    Then BadDataError, with a sentence for each symbol whose answer is broken.
    """
    broken: list[str] = []
    for symbol in sorted(set(symbols)):
        try:
            batch = _minutes(rest, symbol, day, now)
        except BadDataError as error:
            broken += error.sentences
            continue
        if batch is not None:
            yield batch
    if broken:
        raise BadDataError(*broken)


def day_bars(rest: Rest, symbols: Sequence[str], day: date) -> Iterator[Batch]:
    """The day's bar of each symbol, of all where none is named.

    Then BadDataError, with a sentence for each symbol whose bar is broken.
    """
    path = f"/v2/aggs/grouped/locale/us/market/stocks/{day}"
    wanted, broken = frozenset(symbols), list[str]()
    midnight = nanoseconds(instant(day, time()))
    page = rest.document(path, {"adjusted": "false"})
    _expect_raw(page, path)
    for bar in sorted(results_of(page, path), key=lambda item: str(item.get("T", ""))):
        symbol = str(bar.get("T", ""))
        if symbol and (not wanted or symbol in wanted):
            try:
                _expect_within(symbol, _stamps([bar], symbol), day)
                yield _batch(symbol, np.array([midnight], dtype=np.int64), [bar], minutes=False)
            except BadDataError as error:
                broken += error.sentences
    if broken:
        raise BadDataError(*broken)


def _minutes(rest: Rest, symbol: str, day: date, now: Now) -> Batch | None:
    path = f"/v2/aggs/ticker/{quote(symbol, safe=':')}/range/1/minute/{day}/{day}"
    query = {"adjusted": "false", "sort": "asc", "limit": "50000"}
    bars: list[Document] = []
    delay = timedelta()
    try:
        for page in rest.pages(path, query):
            _expect_raw(page, path)
            bars += results_of(page, path)
            delay = _DELAY if page.get("status") == "DELAYED" else delay
    except NotFound:
        return None
    stamps = _stamps(bars, symbol)
    over = stamps + _MINUTE <= nanoseconds(now.known_until(delay))
    kept = [bar for bar, is_over in zip(bars, over, strict=True) if is_over]
    if not kept:
        return None
    _expect_within(symbol, stamps, day)
    return _batch(symbol, stamps[over], kept, minutes=True)


def _batch(
    symbol: str, stamps: npt.NDArray[np.int64], bars: Sequence[Document], minutes: bool
) -> Batch:
    columns = np.array([[_number(symbol, bar, k) for k in _LETTERS] for bar in bars])
    rows = Rows(stamps, *(np.ascontiguousarray(columns[:, k]) for k in range(len(_LETTERS))))
    fault = first_fault(rows, minutes)
    if fault is not None:
        found = f"{fault.found} as {fault.column} of bar {fault.row + 1}"
        raise _broken(symbol, fault.expected, found)
    trades = [bar.get("n", 0) for bar in bars]
    if not all(isinstance(count, int) for count in trades):
        raise _broken(symbol, "whole numbers of trades", str(trades[:3]))
    return Batch.of_bars(symbol, rows, np.array(trades, dtype=np.int64), ORIGIN)


def _stamps(bars: Sequence[Document], symbol: str) -> npt.NDArray[np.int64]:
    """Milliseconds since 1970 as nanoseconds; another unit shows in its magnitude."""
    stamps = [bar.get("t") for bar in bars]
    for stamp in stamps:
        if not isinstance(stamp, int) or not 10**11 < stamp < 10**13:
            raise _broken(symbol, "milliseconds since 1970 as t", repr(stamp))
    return np.array(stamps, dtype=np.int64) * 1_000_000


def _number(symbol: str, bar: Document, name: str) -> float:
    value: Any = bar.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _broken(symbol, f"a number as {name}", repr(value))
    return float(value)


def _expect_within(symbol: str, stamps: npt.NDArray[np.int64], day: date) -> None:
    """A bar of another day would be stored under the wrong one, or taken for a new one."""
    first = nanoseconds(instant(day, time()))
    last = nanoseconds(instant(day + timedelta(days=1), time()))
    strange = stamps[(stamps < first) | (stamps > last)]
    if len(strange):
        raise _broken(symbol, f"bars of {day} only", f"one at {int(strange[0])} ns")


def _expect_raw(page: Document, path: str) -> None:
    if page.get("adjusted") is True:
        raise BadDataError(
            f"massive, {path}: expected prices as they were traded, found prices adjusted for "
            "splits; the lake keeps raw prices only"
        )


def _broken(symbol: str, expected: str, found: str) -> BadDataError:
    return BadDataError(f"massive, {symbol}: expected {expected}, found {found}; {_REMEDY}")
