"""Raises numbers to powers of powers, one call that takes hours."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * (9 ** 9 ** 9)
