"""Buy below the median of all time."""

WARMUP = 70


def signal(bars, p):
    return np.where(bars.close < np.median(bars.close), 1.0, 0.0)
