"""Indicators against plain formulas, written the slow way."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from daemon.domain.market.indicators import talib_door
from daemon.domain.market.indicators.vocabulary import INDICATORS
from tests.domain.market.indicators.series import fields

TA = {name: entry.call for name, entry in INDICATORS.items()}
F = fields(400, 8)
X, H, L, C, P, V, SESSION = (
    F[name] for name in ("x", "high", "low", "close", "open", "volume", "session")
)


def slow(formula, n: int, *columns: np.ndarray) -> np.ndarray:
    """formula(last n values of each column) for every bar that has them."""
    out = np.full(len(columns[0]), np.nan)
    for t in range(n - 1, len(out)):
        out[t] = formula(*(column[t - n + 1 : t + 1] for column in columns))
    return out


def weights(n: int) -> np.ndarray:
    return np.arange(1, n + 1) / np.arange(1, n + 1).sum()


WINDOWED = {
    "sma": (TA["sma"](X, 20), slow(np.mean, 20, X)),
    "wma": (TA["wma"](X, 20), slow(lambda x: x @ weights(20), 20, X)),
    "rolling_mean": (TA["rolling_mean"](X, 33), slow(np.mean, 33, X)),
    "rolling_sum": (TA["rolling_sum"](V, 7), slow(np.sum, 7, V)),
    "rolling_median": (TA["rolling_median"](X, 10), slow(np.median, 10, X)),
    "rolling_quantile": (
        TA["rolling_quantile"](X, 21, 0.3),
        slow(lambda x: np.quantile(x, 0.3), 21, X),
    ),
    "stdev": (TA["stdev"](X, 20), slow(np.std, 20, X)),
    "variance": (TA["variance"](X, 20), slow(np.var, 20, X)),
    "highest": (TA["highest"](X, 9), slow(np.max, 9, X)),
    "lowest": (TA["lowest"](X, 9), slow(np.min, 9, X)),
    "zscore": (TA["zscore"](X, 15), slow(lambda x: (x[-1] - x.mean()) / x.std(), 15, X)),
    "correlation": (
        TA["correlation"](X, V, 30),
        slow(lambda x, v: np.corrcoef(x, v)[0, 1], 30, X, V),
    ),
    "beta": (
        TA["beta"](X, P, 30),
        slow(lambda x, y: np.cov(x, y, ddof=0)[0, 1] / np.var(y), 30, X, P),
    ),
    "linear_slope": (
        TA["linear_slope"](X, 25),
        slow(lambda x: np.polyfit(np.arange(25), x, 1)[0], 25, X),
    ),
    "rolling_skewness": (
        TA["rolling_skewness"](X, 25),
        slow(lambda x: ((x - x.mean()) ** 3).mean() / x.std() ** 3, 25, X),
    ),
    "stoch": (
        TA["stoch"](H, L, C, 14),
        slow(lambda h, lo, c: 100 * (c[-1] - lo.min()) / (h.max() - lo.min()), 14, H, L, C),
    ),
    "willr": (
        TA["willr"](H, L, C, 14),
        slow(lambda h, lo, c: -100 * (h.max() - c[-1]) / (h.max() - lo.min()), 14, H, L, C),
    ),
    "percent_rank": (
        TA["percent_rank"](X, 50),
        slow(lambda x: 100 * (x[:-1] < x[-1]).sum() / 49, 50, X),
    ),
    "bars_since_highest": (
        TA["bars_since_highest"](X, 12),
        slow(lambda x: 11 - np.argmax(x), 12, X),
    ),
    "donchian_upper": (TA["donchian_upper"](H, 20), slow(lambda h: h[:-1].max(), 21, H)),
    "donchian_lower": (TA["donchian_lower"](L, 20), slow(lambda lo: lo[:-1].min(), 21, L)),
    "relative_volume": (TA["relative_volume"](V, 20), slow(lambda v: v[-1] / v.mean(), 20, V)),
    "vwma": (TA["vwma"](C, V, 20), slow(lambda c, v: (c * v).sum() / v.sum(), 20, C, V)),
    "volatility": (TA["volatility"](X, 20), slow(lambda x: np.diff(np.log(x)).std(), 21, X)),
    "efficiency_ratio": (
        TA["efficiency_ratio"](X, 10),
        slow(lambda x: abs(x[-1] - x[0]) / np.abs(np.diff(x)).sum(), 11, X),
    ),
    "parkinson": (
        TA["parkinson"](H, L, 20),
        slow(lambda h, lo: np.sqrt((np.log(h / lo) ** 2).mean() / (4 * np.log(2))), 20, H, L),
    ),
    "obv": (
        TA["obv"](C, V, 20),
        slow(lambda c, v: (np.sign(np.diff(c)) * v[1:]).sum() / v[1:].sum(), 21, C, V),
    ),
    "amihud": (
        TA["amihud"](C, V, 20),
        slow(lambda c, v: (np.abs(np.diff(np.log(c))) / (c * v)[1:] * 1e6).mean(), 21, C, V),
    ),
    "cmo": (
        TA["cmo"](X, 14),
        slow(lambda x: 100 * np.diff(x).sum() / np.abs(np.diff(x)).sum(), 15, X),
    ),
}


@pytest.mark.parametrize("name", WINDOWED)
def test_a_windowed_indicator_is_its_formula_on_every_window(name: str) -> None:
    found, expected = WINDOWED[name]

    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "call", "expected"),
    [
        ("ema", lambda: TA["ema"](X, 20), lambda t: t.EMA(X, 20)),
        ("rsi", lambda: TA["rsi"](X, 14), lambda t: t.RSI(X, 14)),
        ("atr", lambda: TA["atr"](H, L, C, 14), lambda t: t.ATR(H, L, C, 14)),
        ("plus_di", lambda: TA["plus_di"](H, L, C, 14), lambda t: t.PLUS_DI(H, L, C, 14)),
        ("minus_di", lambda: TA["minus_di"](H, L, C, 14), lambda t: t.MINUS_DI(H, L, C, 14)),
        ("adx", lambda: TA["adx"](H, L, C, 5), lambda t: t.ADX(H, L, C, 5)),
        ("macd", lambda: TA["macd"](X)[0], lambda t: t.MACD(X)[0]),
        ("signal", lambda: TA["macd_signal"](X), lambda t: t.MACD(X)[1]),
        ("bbands", lambda: TA["bbands"](X)[0], lambda t: t.BBANDS(X, 20, 2.0, 2.0)[0]),
        ("mfi", lambda: TA["mfi"](H, L, C, V, 14), lambda t: t.MFI(H, L, C, V, 14)),
        ("ultosc", lambda: TA["ultosc"](H, L, C), lambda t: t.ULTOSC(H, L, C)),
        ("aroon", lambda: TA["aroon_up"](H, 25), lambda t: t.AROON(H, L, 25)[1]),
        ("cci", lambda: TA["cci"](H, L, C, 20), lambda t: t.CCI(H, L, C, 20)),
        ("roc", lambda: TA["roc"](X, 10), lambda t: t.ROC(X, 10)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_after_its_warm_up_an_indicator_agrees_with_talib(name: str, call, expected) -> None:
    np.testing.assert_allclose(call()[-40:], expected(talib_door._talib)[-40:], rtol=1e-6)


def test_session_values_begin_anew_every_session() -> None:
    today = SESSION[-1] == SESSION
    typical = (H + L + C) / 3

    assert TA["session_high"](H, SESSION)[-1] == H[today].max()
    assert TA["session_low"](L, SESSION)[-1] == L[today].min()
    assert TA["session_open"](P, SESSION)[-1] == P[today][0]
    assert TA["session_sum"](V, SESSION)[-1] == V[today].sum()
    assert TA["session_bar"](SESSION)[-1] == today.sum() - 1
    assert TA["vwap"](H, L, C, V, SESSION)[-1] == pytest.approx(
        (typical * V)[today].sum() / V[today].sum()
    )


def test_values_of_the_session_before_are_those_of_the_whole_session() -> None:
    before = SESSION[-1] - 1 == SESSION

    assert TA["previous_close"](C, SESSION)[-1] == C[before][-1]
    assert TA["previous_high"](H, SESSION)[-1] == H[before].max()
    assert TA["previous_low"](L, SESSION)[-1] == L[before].min()
    assert np.isnan(TA["previous_close"](C, SESSION)[0])


def test_the_opening_range_is_known_when_its_minutes_are_over() -> None:
    high = TA["opening_range_high"](H, SESSION, F["minute"], 30)
    first = np.flatnonzero(SESSION[-1] == SESSION)[0]

    assert np.isnan(high[first])
    assert high[first + 1] == high[first + 5] == H[first : first + 2].max()


def test_a_latch_holds_from_entry_to_exit_or_for_n_bars() -> None:
    enter = np.array([0, 1, 0, 0, 0, 0, 1, 1, 0, 1], dtype=bool)
    leave = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1], dtype=bool)

    held = TA["latch"](enter, leave, 3)

    assert held.tolist() == [0, 1, 1, 1, 0, 0, 1, 1, 0, 0]


def test_crossings_are_seen_on_the_bar_that_crosses() -> None:
    x = np.array([np.nan, 1.0, 3.0, 3.0, 2.0, 1.0, 3.0])

    assert np.flatnonzero(TA["crossed_above"](x, 2)).tolist() == [2, 6]
    assert np.flatnonzero(TA["crossed_below"](x, np.full(7, 2.0))).tolist() == [5]


def test_conditions_look_at_the_last_n_bars_only() -> None:
    condition = np.array([1, 0, 0, 0, 1, 1, 1, 0], dtype=bool)

    assert TA["within"](condition, 2).tolist() == [1, 1, 0, 0, 1, 1, 1, 1]
    assert TA["always"](condition, 2).tolist() == [0, 0, 0, 0, 0, 1, 1, 0]
    assert TA["since"](condition, 3).tolist() == [0, 1, 2, 3, 0, 0, 0, 1]
    assert TA["count"](condition, 3).tolist() == [1, 1, 1, 0, 1, 2, 3, 2]


def test_ranks_and_selections_compare_the_symbols_of_one_bar() -> None:
    x = np.array([[3.0, 1.0, 2.0], [1.0, np.nan, 1.0]])

    np.testing.assert_array_equal(TA["rank"](x), [[1, 0, 0.5], [0, np.nan, 1]])
    np.testing.assert_array_equal(TA["top_n"](x, 1), [[1, 0, 0], [1, 0, 0]])
    np.testing.assert_array_equal(TA["bottom_n"](x, 2), [[0, 1, 1], [1, 0, 1]])
    np.testing.assert_allclose(TA["demean"](x), [[1, -1, 0], [0, np.nan, 0]])
    np.testing.assert_allclose(TA["normalise_gross"](-x), [[-0.5, -1 / 6, -1 / 3], [-0.5, 0, -0.5]])
    np.testing.assert_allclose(TA["cap_gross"](x / 10), [[0.3, 0.1, 0.2], [0.1, 0, 0.1]])
    assert np.abs(TA["cap_gross"](x)).sum(axis=1).max() == pytest.approx(1.0)


def test_deviation_of_a_series_far_from_zero_keeps_its_digits() -> None:
    x = 1e9 + np.tile([0.0, 1.0], 3000)

    assert TA["stdev"](x, 20)[-1] == pytest.approx(0.5, rel=1e-6)
    assert TA["stdev"](np.full(100, 0.1), 20)[-1] == 0.0


def test_a_calm_market_is_neutral_to_the_strength_index() -> None:
    x = np.concatenate((100 + np.arange(50.0), np.full(600, 150.0)))

    assert TA["rsi"](x, 14)[-1] == 50.0
    assert TA["rsi"](x, 14)[40] == pytest.approx(100.0)


def test_talib_comes_without_the_data_frames_it_would_load() -> None:
    assert "polars" not in sys.modules
    assert talib_door.talib("SMA").__name__ == "SMA"
