"""Changes a variable of an outer function from inside."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 1.0
    def inner():
        nonlocal y
        y = 2.0
    return x * 0.0
