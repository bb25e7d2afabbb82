"""Lists a folder."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"folder": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.listdir(p["folder"])
    return x * 0.0
