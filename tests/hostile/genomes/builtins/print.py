"""Writes a flood of text to standard output."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    for k in range(20000):
        print(x[0] * k)
    return x * 0.0
