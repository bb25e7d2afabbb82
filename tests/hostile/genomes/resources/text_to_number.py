"""Has a long text read as a number."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = int("9" * 3000000)
    return x * 0.0
