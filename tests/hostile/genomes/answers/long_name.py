"""Raises an error with a name of a megabyte."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    raise type("A" * 1000000, (Exception,), {})
