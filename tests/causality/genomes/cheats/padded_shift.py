"""Shift by padding at the end."""

WARMUP = 70


def signal(bars, p):
    x = np.pad(bars.close, (0, 1), mode="edge")[1:]
    return np.where(x > bars.close, 1.0, 0.0)
