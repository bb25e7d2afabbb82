"""Reads an attribute in a pattern."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    match x:
        case object(ctypes=y):
            return y
    return x
