"""Starts a program without forking."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os

    os.posix_spawn("/bin/true", ["true"], {})
    return x * 0.0
