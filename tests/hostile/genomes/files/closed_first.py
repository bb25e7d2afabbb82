"""Closes every descriptor, to have room for one of its own."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.closerange(0, 100)
    os.open(p["file"], os.O_RDONLY)
    return x * 0.0
