"""Takes arguments that no check can count."""

TIMEFRAME = "1d"
WARMUP = 50


def helper(*values):
    return values[0] * 0.0


def signal(bars, p):
    x = bars.close
    return helper(x)
