"""Lifts the limit of recursion and prints a list in a list in a list."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import sys

    sys.setrecursionlimit(1000000000)
    y = []
    for k in range(100000):
        y = [y]
    return x * len(repr(y))
