"""Buy in the lowest fifth of all closes."""

WARMUP = 70


def signal(bars, p):
    return np.where(bars.close < np.nanquantile(bars.close, 0.2), 1.0, 0.0)
