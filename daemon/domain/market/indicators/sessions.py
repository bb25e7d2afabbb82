"""Session-anchored values: they begin anew at the first bar of every session.

`session` is `bars.session`, `minute` is `bars.minute`. They look back to the open of the session
(or of the one before), which the gate counts as whole sessions of the genome's time frame. What is
undefined is not there: a symbol that lists within a session has its first value on that bar.
"""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Floats, Ints
from daemon.domain.market.indicators.columns import divided
from daemon.domain.market.indicators.registry import Clock, Series, indicator


def _starts(session: Ints) -> Ints:
    return np.concatenate(([0], np.flatnonzero(np.diff(session)) + 1))


def _first_bar(session: Ints) -> Ints:
    starts = _starts(session)
    return np.repeat(starts, np.diff(np.append(starts, len(session))))


def _place(session: Ints) -> Floats:
    return (np.arange(len(session)) - _first_bar(session)).astype(np.float64)


def _running(ufunc: np.ufunc, x: Floats, session: Ints) -> Floats:
    """The ufunc accumulated within each session, undefined values left out."""
    out = np.empty(len(x))
    starts = _starts(session)
    for start, stop in zip(starts, np.append(starts[1:], len(x)), strict=True):
        ufunc.accumulate(x[start:stop], out=out[start:stop])
    return out


def _total(x: Floats, session: Ints) -> Floats:
    return _running(np.add, np.where(np.isfinite(x), x, 0.0), session)


def _defined(x: Floats, session: Ints) -> Floats:
    """How many values of the session so far are defined; NaN where none is."""
    count = _running(np.add, np.isfinite(x).astype(np.float64), session)
    return np.where(count > 0, count, np.nan)


@indicator("session_extreme", "price", lambda: 0, mode="plain", sessions=1)
def session_high(high: Series, session: Clock) -> Floats:
    """Highest value of the session so far."""
    return _running(np.fmax, high, session)


@indicator("session_extreme_low", "price", lambda: 0, mode="plain", sessions=1)
def session_low(low: Series, session: Clock) -> Floats:
    """Lowest value of the session so far."""
    return _running(np.fmin, low, session)


@indicator("session_first", "price", lambda: 0, mode="plain", sessions=1)
def session_open(open: Series, session: Clock) -> Floats:
    """First value of the session."""
    return _first_value(open, session)


def _first_value(x: Floats, session: Ints) -> Floats:
    index = np.arange(len(x))
    starts = _starts(session)[: len(x)]
    firsts = np.minimum.reduceat(np.where(np.isfinite(x), index, len(x)), starts)
    first = np.repeat(firsts, np.diff(np.append(starts, len(x))))
    return np.where(index >= first, x[np.minimum(first, len(x) - 1)], np.nan)


@indicator("session_total", "scale", lambda: 0, mode="plain", sessions=1)
def session_sum(x: Series, session: Clock) -> Floats:
    """Sum of the session so far."""
    return _total(x, session) + 0.0 * _defined(x, session)


@indicator("session_level", "price", lambda: 0, mode="plain", sessions=1)
def session_mean(x: Series, session: Clock) -> Floats:
    """Mean of the session so far."""
    return _total(x, session) / _defined(x, session)


@indicator("session_count", "count", lambda: 0, mode="plain", sessions=1)
def session_bar(session: Clock) -> Floats:
    """Number of the bar within its session, 0 at the first."""
    return _place(session)


@indicator("session_before", "price", lambda: 0, mode="plain", sessions=2)
def previous_close(close: Series, session: Clock) -> Floats:
    """Last value of the session before; NaN in the first session."""
    return _of_session_before(close, session)


@indicator("session_before_high", "price", lambda: 0, mode="plain", sessions=2)
def previous_high(high: Series, session: Clock) -> Floats:
    """Highest value of the session before; NaN in the first session."""
    return _of_session_before(_running(np.fmax, high, session), session)


@indicator("session_before_low", "price", lambda: 0, mode="plain", sessions=2)
def previous_low(low: Series, session: Clock) -> Floats:
    """Lowest value of the session before; NaN in the first session."""
    return _of_session_before(_running(np.fmin, low, session), session)


def _of_session_before(x: Floats, session: Ints) -> Floats:
    first = _first_bar(session)
    return np.where(first > 0, x[np.maximum(first - 1, 0)], np.nan)


@indicator("gap", "ratio", lambda: 0, mode="plain", sessions=2)
def gap(open: Series, close: Series, session: Clock) -> Floats:
    """Open of the session over the close of the one before, less 1; NaN in the first session."""
    before = _of_session_before(close, session)
    return divided(_first_value(open, session) - before, before, np.nan)


@indicator("opening_range", "price", lambda minutes: 0, mode="plain", sessions=1, lowest=1)
def opening_range_high(high: Series, session: Clock, minute: Clock, minutes: int = 30) -> Floats:
    """Highest high of the session's first minutes, once they are over; NaN until then."""
    return _opening(np.fmax, high, session, minute, minutes)


@indicator("opening_range_bottom", "price", lambda minutes: 0, mode="plain", sessions=1, lowest=1)
def opening_range_low(low: Series, session: Clock, minute: Clock, minutes: int = 30) -> Floats:
    """Lowest low of the session's first minutes, once they are over; NaN until then."""
    return _opening(np.fmin, low, session, minute, minutes)


def _opening(ufunc: np.ufunc, x: Floats, session: Ints, minute: Ints, minutes: int) -> Floats:
    early = np.where(minute <= minutes, x, np.nan)
    return np.where(minute >= minutes, _running(ufunc, early, session), np.nan)


@indicator("session_average", "price", lambda: 0, mode="plain", sessions=1)
def vwap(high: Series, low: Series, close: Series, volume: Series, session: Clock) -> Floats:
    """Volume-weighted average typical price of the session so far; the close before any volume."""
    return _vwap(high, low, close, volume, session)


@indicator("session_distance", "ratio", lambda: 0, mode="plain", sessions=1)
def vwap_distance(
    high: Series, low: Series, close: Series, volume: Series, session: Clock
) -> Floats:
    """Close over the session's VWAP, less 1."""
    level = _vwap(high, low, close, volume, session)
    return divided(close - level, level, 0.0)


def _vwap(high: Floats, low: Floats, close: Floats, volume: Floats, session: Ints) -> Floats:
    total = _total(volume, session)
    level = divided(_total((high + low + close) / 3 * volume, session), total, 0.0)
    return np.where(total > 0, level, close)


@indicator("session_volume", "ratio", lambda: 0, mode="plain", sessions=1)
def session_relative_volume(volume: Series, session: Clock) -> Floats:
    """Volume of the bar over the mean of the session so far; 1 where nothing was traded."""
    return divided(volume, _total(volume, session) / _defined(volume, session), 1.0)
