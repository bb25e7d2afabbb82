"""Compare each close with the sorted closes."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.sort(bars.close) > bars.close, 1.0, 0.0)
