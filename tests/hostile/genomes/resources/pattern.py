"""Has a pattern tried in exponentially many ways."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import re

    re.match("(a+)+$", "a" * 60 + "b")
    return x
