"""Sets indentation back to nothing with a form feed."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 1.0
    return x * 0.0
