"""Ends a line of a string with a backslash, to hide nested brackets from whoever counts them."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = {"a\
b": (((((((((((((((((((((((((((((((((((((((((((((1.0))))))))))))))))))))))))))))))))))))))))))))), "c": 2.0}
    return x * 0.0
