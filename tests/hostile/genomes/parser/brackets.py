"""Nests brackets, which cost the parser and leave nothing in the tree."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * (((((((((((((((((((((((((((((((((((((((((((((0.0)))))))))))))))))))))))))))))))))))))))))))))
