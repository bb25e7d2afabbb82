"""Has map call a function, as late as it likes."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return list(map(open, [p]))
