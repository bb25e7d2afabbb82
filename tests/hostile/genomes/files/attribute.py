"""Hangs a word on a file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.setxattr(p["file"], "user.a", b"1")
    return x * 0.0
