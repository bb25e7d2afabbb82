"""Shift the closes the right way, but the first bar wraps to the last."""

WARMUP = 70


def signal(bars, p):
    return np.where(bars.close > np.roll(bars.close, 5), 1.0, 0.0)
