"""Makes an array of things that are no numbers."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.array((bars.close, x[:3]))
    return x * 0.0
