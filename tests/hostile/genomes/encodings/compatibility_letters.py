"""Writes a name in wide letters, which the parser makes narrow ones."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    ｙ = 1.0
    return x * 0.0 * y
