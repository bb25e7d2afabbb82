"""Hands all parameters to a function that expects numbers."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.array(p)
    return x * 0.0
