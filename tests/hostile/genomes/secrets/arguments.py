"""Looks for keys in the arguments of its program."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import sys

    if any("secret" in word.lower() for word in sys.argv):
        raise LookupError
    return x * 0.0
