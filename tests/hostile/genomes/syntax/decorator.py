"""Calls a function through a decorator, at definition."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


@open
def helper(y):
    return y


def signal(bars, p):
    x = bars.close
    return x * 0.0
