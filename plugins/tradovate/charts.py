"""Tradovate's chart packets to minute bars: the vendor's own, or made from its ticks.

A bar is stamped with its start. Packets come in any order and may repeat themselves: ticks are
told apart and sorted by their number; of two bars of one minute the one with more volume holds,
since a live bar is sent again as it grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Floats, Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE
from daemon.domain.market.quality import first_fault
from daemon.domain.market.resample import grouped
from daemon.errors import BadDataError

Packet = Mapping[str, Any]
Minutes = tuple[Rows, Ints]
"""Bars by their start, and the number of trades of each."""
_PRICES: Final = ("open", "high", "low", "close")
_DECIMALS: Final = 9
_REMEDY: Final = "its rows of this day were left out, ingest again later"


def minutes_of_bars(symbol: str, packets: Iterable[Packet]) -> Minutes:
    """The bars of all packets. BadDataError where one lacks a number."""
    held: dict[int, list[float]] = {}
    for packet in packets:
        for bar in packet.get("bars") or ():
            opened, values = _bar(symbol, bar)
            if opened not in held or values[4] >= held[opened][4]:
                held[opened] = values
    opened_at = np.array(sorted(held), dtype=np.int64)
    table = np.array([held[at] for at in opened_at.tolist()], dtype=np.float64).reshape(-1, 6)
    rows = Rows(opened_at, *(table[:, k].copy() for k in range(5)))
    return rows, table[:, 5].astype(np.int64)


def minutes_of_ticks(symbol: str, packets: Iterable[Packet]) -> Minutes:
    """The trades of all packets folded into minutes. BadDataError where one lacks a number."""
    ticks: dict[int, tuple[int, float, float]] = {}
    for packet in packets:
        if packet.get("tks"):
            ticks.update(_ticks(symbol, packet))
    number = np.array(list(ticks), dtype=np.int64)
    table = np.array(list(ticks.values()), dtype=np.float64).reshape(-1, 3)
    minute = table[:, 0].astype(np.int64) // 60_000
    order = np.lexsort((number, minute))
    minute, price, size = minute[order], table[order, 1], table[order, 2]
    if len(minute) == 0:
        return _nothing()
    bars = grouped(minute, (price, price, price, price, size))
    rows = Rows(
        bars.bar * NANOS_PER_MINUTE, bars.open, bars.high, bars.low, bars.close, bars.volume
    )
    return rows, np.unique(minute, return_counts=True)[1].astype(np.int64)


def between(minutes: Minutes, first: datetime, end: datetime) -> Minutes:
    """The bars that start from `first` on and before `end`."""
    rows, trades = minutes
    low, high = (int(at.timestamp()) * 1_000_000_000 for at in (first, end))
    part = slice(*np.searchsorted(rows.open_time, (low, high)).tolist())
    return Rows(rows.open_time[part], *(getattr(rows, name)[part] for name in FIELDS)), trades[part]


def refuse_broken(symbol: str, rows: Rows) -> None:
    """BadDataError for the first bar that breaks a rule of quality."""
    fault = first_fault(rows, minutes=True)
    if fault is not None:
        at = np.datetime64(int(rows.open_time[fault.row]), "ns").astype("datetime64[s]")
        raise BadDataError(
            f"tradovate, {symbol} at {at}Z, {fault.column}: expected {fault.expected}, "
            f"found {fault.found}; {_REMEDY}"
        )


def _bar(symbol: str, bar: Any) -> tuple[int, list[float]]:
    """Start in nanoseconds; open, high, low, close, volume, trades."""
    try:
        opened = datetime.fromisoformat(bar["timestamp"])
        if opened.tzinfo is None:
            raise ValueError(bar["timestamp"])
        volume = float(bar["upVolume"]) + float(bar["downVolume"])
        trades = float(bar.get("upTicks", 0)) + float(bar.get("downTicks", 0))
        values = [*(float(bar[name]) for name in _PRICES), volume, trades]
        if not np.isfinite(values).all():
            raise ValueError(values)
        return int(opened.timestamp()) * 1_000_000_000, values
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _broken(symbol, "a bar with timestamp, prices and volumes", bar) from error


def _ticks(symbol: str, packet: Packet) -> dict[int, tuple[int, float, float]]:
    """By number: milliseconds since 1970, price, contracts."""
    try:
        base, start, step = int(packet["bp"]), int(packet["bt"]), float(packet["ts"])
        return {
            int(tick["id"]): (
                start + int(tick["t"]),
                round((base + int(tick["p"])) * step, _DECIMALS),
                float(tick["s"]),
            )
            for tick in packet["tks"]
        }
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _broken(
            symbol, "ticks with id, t, p and s, and their bp, bt and ts", packet
        ) from error


def _nothing() -> Minutes:
    none: Floats = np.zeros(0)
    return Rows(np.zeros(0, dtype=np.int64), none, none, none, none, none), np.zeros(0, np.int64)


def _broken(symbol: str, expected: str, found: object) -> BadDataError:
    return BadDataError(
        f"tradovate, {symbol}: expected {expected}, found {str(found)[:80]!r}; {_REMEDY}"
    )
