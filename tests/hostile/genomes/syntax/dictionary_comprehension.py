"""Makes a dictionary by a comprehension."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = {k: 1.0 for k in range(3)}
    return x * 0.0
