"""Asks whether a file is there."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.access(p["file"], os.R_OK)
    return x * 0.0
