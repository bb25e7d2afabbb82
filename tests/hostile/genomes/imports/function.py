"""Calls the function behind the import statement."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return __import__("os").getpid()
