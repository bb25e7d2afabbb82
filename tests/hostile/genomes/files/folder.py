"""Makes a folder."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.mkdir(p["fresh"])
    return x * 0.0
