"""Names a variable with a letter that only looks like another."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    х = 1.0
    return x * 0.0 * х
