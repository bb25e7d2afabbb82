"""Makes a number of billions of bits."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = 1 << 2400000000
    return x * 0.0
