"""Compare with the bar half a sample away."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.roll(bars.close, len(bars.close) // 2) > bars.close, 1.0, 0.0)
