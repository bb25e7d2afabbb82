"""Changes when a file was changed."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.utime(p["file"], (0, 0))
    return x * 0.0
