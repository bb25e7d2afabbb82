"""Has np.fromfunction call a function on indices."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.fromfunction(breakpoint, (3,))
