"""Stores into a parameter while the module is loaded."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"n": 5}
PARAMS["n"] = 7


def signal(bars, p):
    x = bars.close
    return x * 0.0
