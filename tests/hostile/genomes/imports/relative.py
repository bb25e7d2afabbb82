"""Imports relative to a package that it does not belong to."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    from . import zygote

    return zygote
