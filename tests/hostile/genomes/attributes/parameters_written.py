"""Writes into the parameters, for the next symbol to find."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"n": 0}


def signal(bars, p):
    x = bars.close
    p["n"] = p["n"] + 1.0
    return x * 0.0
