"""Has np.apply_along_axis call a function."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.apply_along_axis(open, 0, x)
