"""Alpaca's JSON bars to rows: sorted, without repetitions, each rule of quality checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import Floats, Ints
from daemon.domain.market.quality import first_fault
from daemon.errors import BadDataError

Bar = Mapping[str, Any]
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_REMEDY: Final = "its rows of this answer were left out, ingest again later"
_LETTERS: Final = ("o", "h", "l", "c", "v")


def rows_of(
    symbol: str, bars: Sequence[Bar], between: tuple[datetime, datetime], minutes: bool
) -> tuple[Rows, Ints]:
    """One symbol's bars of all pages of an answer, and the trades of each.

    between: first and last start asked for. Pages may come in any order and repeat themselves.
    BadDataError where a bar is broken, was not asked for, or comes twice with different values.
    """
    opened, columns = _once(symbol, _instants(symbol, bars), _columns(symbol, bars))
    _refuse_strangers(symbol, opened, between)
    rows = Rows(opened, *(columns[:, k].copy() for k in range(len(_LETTERS))))
    fault = first_fault(rows, minutes)
    if fault is not None:
        expected, found = (f"{fault.column} {text}" for text in (fault.expected, fault.found))
        raise _broken(symbol, int(opened[fault.row]), expected, found)
    return rows, columns[:, -1].astype(np.int64)


def _once(symbol: str, opened: Ints, columns: Floats) -> tuple[Ints, Floats]:
    """Sorted by start, repetitions left out."""
    order = np.argsort(opened, kind="stable")
    opened, columns = opened[order], columns[order]
    again = np.flatnonzero(np.diff(opened) == 0)
    unlike = again[(columns[again] != columns[again + 1]).any(axis=1)]
    if len(unlike):
        raise _broken(symbol, int(opened[unlike[0]]), "one bar", "two different ones")
    kept = np.append(np.diff(opened) != 0, True)
    return opened[kept], columns[kept]


def _instants(symbol: str, bars: Sequence[Bar]) -> Ints:
    texts = []
    for bar in bars:
        text = bar.get("t") if isinstance(bar, dict) else None
        if not isinstance(text, str) or not _INSTANT.fullmatch(text):
            raise BadDataError(
                f"alpaca, {symbol}: expected a bar with an instant such as 2024-01-02T14:30:00Z, "
                f"found {str(bar)[:80]!r}; {_REMEDY}"
            )
        texts.append(text[:-1])
    try:
        return np.array(texts, dtype="datetime64[ns]").astype(np.int64)
    except (ValueError, OverflowError) as error:
        raise BadDataError(f"alpaca, {symbol}: {error}; {_REMEDY}") from error


def _columns(symbol: str, bars: Sequence[Bar]) -> Floats:
    """float64 (R, 6): open, high, low, close, volume, and trades, 0 where the vendor has none."""
    try:
        values = [
            [*(float(bar[name]) for name in _LETTERS), float(bar.get("n", 0))] for bar in bars
        ]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BadDataError(
            f"alpaca, {symbol}: expected bars with the numbers {', '.join(_LETTERS)}, found "
            f"{type(error).__name__} at {str(error)[:60]}; {_REMEDY}"
        ) from error
    columns = np.array(values, dtype=np.float64).reshape(-1, len(_LETTERS) + 1)
    trades = columns[:, -1]
    if not (np.isfinite(trades).all() and (trades >= 0).all()):
        raise BadDataError(
            f"alpaca, {symbol}: expected a count of trades, found {trades.min():g}; {_REMEDY}"
        )
    return columns


def _refuse_strangers(symbol: str, opened: Ints, between: tuple[datetime, datetime]) -> None:
    first, last = (int(instant.timestamp()) * 1_000_000_000 for instant in between)
    outside = opened[(opened < first) | (opened > last)]
    if len(outside):
        expected = f"bars from {between[0]:%Y-%m-%dT%H:%MZ} to {between[1]:%Y-%m-%dT%H:%MZ}"
        raise _broken(symbol, int(outside[0]), expected, "another")


def _broken(symbol: str, instant: int, expected: str, found: str) -> BadDataError:
    at = np.datetime64(instant, "ns").astype("datetime64[s]")
    return BadDataError(f"alpaca, {symbol} at {at}Z: expected {expected}, found {found}; {_REMEDY}")
