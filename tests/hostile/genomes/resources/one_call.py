"""Stays within one call of C, where no signal is handled."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * sum(range(1000000000)) * 0.0
