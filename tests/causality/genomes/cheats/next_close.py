"""Hold before a bar that closes higher."""

WARMUP = 70


def signal(bars, p):
    x = bars.close.copy()
    x[:-1] = bars.close[1:]
    return np.where(x > bars.close, 1.0, 0.0)
