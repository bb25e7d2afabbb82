"""Writes to an indicator that others remember."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = ta.sma(x, 5)
    y[0] = 1.0
    return x * 0.0
