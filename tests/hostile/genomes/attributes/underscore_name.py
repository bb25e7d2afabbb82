"""Binds a name that a guard might use itself."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    _inner_ = 1.0
    return x * _inner_
