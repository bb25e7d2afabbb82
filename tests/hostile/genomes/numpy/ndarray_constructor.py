"""Makes an array of memory that nobody has cleared."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.ndarray((64,))
    return x * 0.0
