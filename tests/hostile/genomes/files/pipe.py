"""Makes a named pipe, at which a reader would hang."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.mkfifo(p["fresh"])
    return x * 0.0
