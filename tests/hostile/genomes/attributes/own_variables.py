"""Lists everything that is in reach."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return vars()["bars"].close * 0.0
