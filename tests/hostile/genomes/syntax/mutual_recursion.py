"""Two functions that call one another without end."""

TIMEFRAME = "1d"
WARMUP = 50


def first(y):
    return second(y)


def second(y):
    return first(y)


def signal(bars, p):
    x = bars.close
    return first(x)
