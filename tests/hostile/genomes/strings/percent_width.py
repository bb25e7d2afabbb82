"""Has the old way of formatting pad one number to hundreds of megabytes."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * len("%300000000d" % 1)
