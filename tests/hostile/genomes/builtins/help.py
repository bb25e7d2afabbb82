"""Asks for help, which reads files and starts a pager."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return help(x)
