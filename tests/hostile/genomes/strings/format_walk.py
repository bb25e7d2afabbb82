"""Resolves a path of attributes inside str.format."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * len("{0.__class__.__init__.__globals__}".format(ta.sma))
