"""Raises through an assertion."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    assert len(x) < 0
    return x
