"""Comparisons across symbols, for `rotate`: every bar on its own, so nothing looks back.

A NaN is a symbol that is not there, before its first bar or in its warm-up: it is left out of
places, means and counts, stays NaN in what is measured, is never chosen and weighs 0.
"""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Bools, Floats
from daemon.domain.market.indicators.registry import Series, indicator


def _places(x: Floats) -> Floats:
    """Rank from 0 among the defined values of each bar, equal ones in the order of the symbols."""
    order = np.argsort(x, axis=1, kind="stable")  # NaN last
    places: Floats = np.empty(x.shape)
    np.put_along_axis(places, order, np.arange(x.shape[1], dtype=np.float64)[None, :], axis=1)
    places[np.isnan(x)] = np.nan
    return places


@indicator("cross_section", "ratio", lambda: 0, mode="panel")
def rank(x: Series) -> Floats:
    """Rank among the symbols of the bar, 0 the smallest, 1 the largest; NaN stays NaN."""
    places = _places(x)
    defined = (~np.isnan(x)).sum(axis=1, keepdims=True)
    return np.asarray(places / np.maximum(defined - 1, 1))


@indicator("cross_section", "ratio", lambda: 0, mode="panel")
def demean(x: Series) -> Floats:
    """Value less the mean of the symbols of the bar that have one; NaN stays NaN."""
    return x - _mean(x)


@indicator("cross_section", "ratio", lambda: 0, mode="panel")
def cross_zscore(x: Series) -> Floats:
    """Value less the mean of the bar's symbols, in standard deviations; 0 if all are equal, NaN
    stays NaN."""
    centred = x - _mean(x)
    spread = np.sqrt(_mean(centred**2))
    flat = np.nanmax(x, axis=1, initial=-np.inf) == np.nanmin(x, axis=1, initial=np.inf)
    spread[flat] = 0.0
    return np.where(spread > 0, centred / np.where(spread > 0, spread, 1.0), 0.0 * x)


def _mean(x: Floats) -> Floats:
    defined = ~np.isnan(x)
    total = np.where(defined, x, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(total / np.maximum(defined.sum(axis=1, keepdims=True), 1))


@indicator("selection", "condition", lambda n: 0, mode="panel", lowest=1)
def top_n(x: Series, n: int) -> Bools:
    """True for the n largest values of the bar, never NaN; equal ones by the order of symbols."""
    return _smallest(-x, n)


@indicator("selection", "condition", lambda n: 0, mode="panel", lowest=1)
def bottom_n(x: Series, n: int) -> Bools:
    """True for the n smallest values of the bar, never NaN; equal ones by the order of symbols."""
    return _smallest(x, n)


def _smallest(x: Floats, n: int) -> Bools:
    return np.asarray(_places(x) < n)


@indicator("weights", "position", lambda: 0, mode="panel")
def normalise_gross(x: Series) -> Floats:
    """Weights scaled so that their absolute values add up to 1 a bar; undefined ones are 0."""
    weights = np.where(np.isfinite(x), x, 0.0)
    gross = np.abs(weights).sum(axis=1, keepdims=True)
    return np.where(gross > 0, weights / np.where(gross > 0, gross, 1.0), 0.0)


@indicator("weights", "position", lambda: 0, mode="panel")
def cap_gross(x: Series) -> Floats:
    """Weights scaled down where their absolute values add up to more than 1; undefined are 0."""
    weights = np.where(np.isfinite(x), x, 0.0)
    return np.asarray(weights / np.maximum(np.abs(weights).sum(axis=1, keepdims=True), 1.0))
