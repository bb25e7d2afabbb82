"""The same, with the place of the argument instead of its name."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.add(x, 1.0, x)
    return x * 0.0
