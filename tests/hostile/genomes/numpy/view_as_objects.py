"""Looks at numbers as if they were addresses of objects."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x.copy().view("O")
