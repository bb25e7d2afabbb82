"""Makes a set by a comprehension."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = {k for k in range(3)}
    return x * 0.0
