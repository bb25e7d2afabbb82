"""Genomes that the tests of splice cut up: one of every shape that an operator has to cope with."""

from __future__ import annotations

PULLBACK = '''"""Buy short-term weakness while the long trend is up."""

TIMEFRAME = "1d"
WARMUP = 320
PARAMS = {"rsi": 2, "trend": (200, 50, 300), "enter": 10.0}


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, p["trend"])
    weak = ta.rsi(bars.close, p["rsi"]) < p["enter"]
    return np.where(rising & weak, 1.0, 0.0)
'''

BANDS = '''"""Buy below a band around the average, and hold until the average is met."""

WARMUP = 400
PARAMS = {"average": 20, "width": 2.0, "rsi": 14}
EXITS = {"stop_atr": 3.0}


def signal(bars, p):
    middle = ta.sma(bars.close, p["average"])
    low = middle - p["width"] * ta.atr(bars.high, bars.low, bars.close, 14)
    oversold = (bars.close < low) & (ta.rsi(bars.close, p["rsi"]) < 40)
    position = np.zeros(len(bars.close))
    held = 0.0
    for t in range(1, len(bars.close)):
        if oversold[t] and held == 0.0:
            held = 1.0
        elif bars.close[t] > middle[t]:
            held = 0.0
        position[t] = held
    return position
'''

BREAKOUT = '''"""Buy the break of the first half hour's range, flat at the end of the session."""

TIMEFRAME = "5m"
PARAMS = {"minutes": (30, [15, 30, 60])}
EXITS = {"stop_atr": 2.0, "session_end": True}


def volume_is_high(bars):
    return bars.volume > ta.sma(bars.volume, 20)


def signal(bars, p):
    # the first half hour only sets the range
    later = bars.minute > p["minutes"]
    up = bars.close > ta.highest(bars.high, 6)
    return np.where(later & up & volume_is_high(bars), 1.0, 0.0)
'''

ROTATION = '''"""Hold the strongest markets of the last half year."""

UNIVERSE = "leveraged"
PARAMS = {"months": 126, "many": 3}


def rotate(panel, p):
    strength = ta.roc(panel.close, p["months"])
    order = np.argsort(np.argsort(-np.nan_to_num(strength), axis=1), axis=1)
    best = (order < p["many"]) & (strength > 0.0)
    return np.where(best, 1.0 / p["many"], 0.0)
'''

SAMPLES = (PULLBACK, BANDS, BREAKOUT, ROTATION)
