"""Returns without a value."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    if len(x) > 0:
        return
    return x
