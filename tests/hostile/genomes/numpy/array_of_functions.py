"""Hands np.array a function."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.array(abs)
    return x * 0.0
