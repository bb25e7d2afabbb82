"""Raises an error whose name is no text."""

TIMEFRAME = "1d"
WARMUP = 50


class Meta(type):
    __name__ = 7


def signal(bars, p):
    x = bars.close
    raise Meta("E", (Exception,), {})
