"""Overwrites the market with np.copyto."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    np.copyto(x, 1.0)
    return x * 0.0
