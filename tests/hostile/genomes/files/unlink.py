"""Deletes a file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.unlink(p["file"])
    return x * 0.0
