"""Overwrites a file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.open(p["file"], os.O_WRONLY | os.O_TRUNC)
    return x * 0.0
