"""Has a parameter that is infinite."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"n": (1.0, 0.0, 1e999)}


def signal(bars, p):
    x = bars.close
    return x * 0.0
