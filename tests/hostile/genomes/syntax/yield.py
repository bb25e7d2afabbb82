"""Is a generator, so that nothing of it runs when it is called."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = yield x
    return y
