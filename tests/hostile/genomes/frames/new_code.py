"""Gives a function other code, with a constant that is not there."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    own = signal.__code__
    signal.__code__ = own.replace(co_consts=(), co_stacksize=1)
    return signal(bars, p)
