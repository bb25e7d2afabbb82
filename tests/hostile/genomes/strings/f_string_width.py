"""Has an f-string pad one number to hundreds of megabytes."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    n = 300000000
    y = f"{1:{n}}"
    return x * len(y)
