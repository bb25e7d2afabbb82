"""Shift the closes with np.roll, the wrong way."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.roll(bars.close, -1) > bars.close, 1.0, 0.0)
