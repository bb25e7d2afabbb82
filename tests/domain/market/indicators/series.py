"""Series and calls for the tests of indicators: prices with gaps, a crash and a flat stretch."""

from __future__ import annotations

from typing import Any

import numpy as np

from daemon.domain.market.indicators.registry import Entry

BARS_A_SESSION = 26


def fields(bars: int, seed: int) -> dict[str, Any]:
    """Columns of plausible bars by the names that indicators use."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 0.01, bars)
    steps[bars // 3] = -0.2
    close = 100 * np.exp(np.cumsum(steps))
    open_ = close * np.exp(rng.normal(0, 0.002, bars))
    high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.003, bars)))
    low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.003, bars)))
    volume = np.round(np.exp(rng.normal(10, 1, bars)))
    index = np.arange(bars)
    return {
        "open": open_,
        "high": high,
        "low": low,
        "close": close,
        "volume": volume,
        "x": close,
        "y": open_ + 0.3 * volume / volume.max(),
        "condition": rng.random(bars) < 0.2,
        "enter": rng.random(bars) < 0.1,
        "exit": rng.random(bars) < 0.1,
        "session": index // BARS_A_SESSION,
        "minute": (index % BARS_A_SESSION + 1) * 15,
    }


def numbers(entry: Entry, window: int) -> dict[str, Any]:
    """Arguments beside the arrays: windows around `window`, all different."""
    given: dict[str, Any] = {}
    for place, argument in enumerate(a for a in entry.arguments if a.role == "window"):
        given[argument.name] = max(window + 2 * place, argument.lowest)
    for argument in entry.arguments:
        if argument.role == "number":
            given[argument.name] = 0.3 if argument.name == "q" else 1.5
    return given


def arrays(entry: Entry, columns: dict[str, Any]) -> list[Any]:
    """The array arguments of an indicator out of named columns."""
    roles = ("series", "operand", "clock")
    return [columns[a.name] for a in entry.arguments if a.role in roles]


def results(answer: Any) -> list[Any]:
    """The arrays of an answer as float64."""
    parts = answer if isinstance(answer, tuple) else (answer,)
    return [np.asarray(part, dtype=np.float64) for part in parts]
