"""Puts a file elsewhere."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0, "fresh": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.rename(p["file"], p["fresh"])
    return x * 0.0
