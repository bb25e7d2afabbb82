"""Take the next index and wrap around."""

WARMUP = 70


def signal(bars, p):
    x = np.take(bars.close, np.arange(1, len(bars.close) + 1), mode="wrap")
    return np.where(x > bars.close, 1.0, 0.0)
