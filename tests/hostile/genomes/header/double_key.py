"""Gives a parameter twice, one value to be read and one to count."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"n": 5, "n": 9}


def signal(bars, p):
    x = bars.close
    return x * 0.0
