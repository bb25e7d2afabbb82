"""Stylised facts as measurements, so that real noise can be shown not to have them."""

from __future__ import annotations

import numpy as np


def kurtosis(returns: np.ndarray) -> float:
    """Raw fourth standardised moment (normal: 3)."""
    centred = returns - returns.mean()
    return float(np.mean(centred**4) / np.mean(centred**2) ** 2)


def clustering(returns: np.ndarray, lags: int = 10) -> float:
    """Mean autocorrelation of |r| over the first lags."""
    size = np.abs(returns)
    return float(np.mean([np.corrcoef(size[k:], size[:-k])[0, 1] for k in range(1, lags + 1)]))


def leverage(returns: np.ndarray) -> float:
    """Correlation of a return with the squares of the next ten."""
    later = np.mean([returns[k : len(returns) - 10 + k] ** 2 for k in range(1, 11)], axis=0)
    return float(np.corrcoef(returns[: len(later)], later)[0, 1])


def smile(values: np.ndarray) -> tuple[float, float]:
    """First and last half hour over the middle hours: rows are sessions, columns 390 minutes."""
    level = np.abs(values).mean(axis=0)
    middle = level[120:270].mean()
    return float(level[:30].mean() / middle), float(level[-30:].mean() / middle)


def sharpe(returns: np.ndarray) -> float:
    """Annual, from session returns."""
    return float(returns.mean() / returns.std(ddof=1) * np.sqrt(252))
