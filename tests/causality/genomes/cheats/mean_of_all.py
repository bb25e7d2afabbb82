"""Buy below the average of all time."""

WARMUP = 70


def signal(bars, p):
    return np.where(bars.close < bars.close.mean(), 1.0, 0.0)
