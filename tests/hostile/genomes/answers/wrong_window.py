"""Gives an indicator a window that is no number of bars."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"n": 2.5}


def signal(bars, p):
    x = bars.close
    y = ta.sma(x, p["n"])
    return x * 0.0
