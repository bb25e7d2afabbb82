"""Compare with the same bar counted from the end."""

WARMUP = 70


def signal(bars, p):
    return np.where(bars.close[::-1] > bars.close, 1.0, 0.0)
