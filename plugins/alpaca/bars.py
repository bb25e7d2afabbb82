"""Alpaca's JSON bars to batches: sorted, without repetitions, each rule of quality checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import Ints
from daemon.domain.market.quality import first_fault
from daemon.errors import BadDataError
from daemon.plugin.roles import Batch

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_REMEDY: Final = "its rows of this answer were left out, ingest again later"
_LETTERS: Final = ("o", "h", "l", "c", "v")


def batch_of(
    symbol: str,
    bars: Sequence[Mapping[str, Any]],
    between: tuple[datetime, datetime],
    origin: str,
    minutes: bool,
) -> Batch:
    """One symbol's bars of all pages of an answer. between: first and last start asked for.

    Pages may come in any order and repeat themselves. BadDataError where a bar is broken, was
    not asked for, or comes twice with different values.
    """
    opened = _instants(symbol, bars)
    columns = _columns(symbol, bars)
    order = np.argsort(opened, kind="stable")
    opened, columns = opened[order], columns[order]
    twice = np.flatnonzero(np.diff(opened) == 0)
    unlike = twice[(columns[twice] != columns[twice + 1]).any(axis=1)]
    if len(unlike):
        raise _broken(symbol, int(opened[unlike[0]]), "one bar", "two different ones")
    kept = np.append(np.diff(opened) != 0, True)
    opened, columns = opened[kept], columns[kept]
    _refuse_strangers(symbol, opened, between)
    rows = Rows(opened, *(np.ascontiguousarray(columns[:, k]) for k in range(len(_LETTERS))))
    fault = first_fault(rows, minutes)
    if fault is not None:
        found = f"{fault.column} {fault.found}"
        raise _broken(symbol, int(opened[fault.row]), f"{fault.column} {fault.expected}", found)
    return Batch.of_bars(symbol, rows, columns[:, -1].astype(np.int64), origin)


def _instants(symbol: str, bars: Sequence[Mapping[str, Any]]) -> Ints:
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


def _columns(symbol: str, bars: Sequence[Mapping[str, Any]]) -> np.ndarray[Any, np.dtype[Any]]:
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
