"""Asks when a file was changed, which tells what the daemon does."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.stat(p["file"])
    return x * 0.0
