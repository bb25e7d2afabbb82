"""Hold while below the very last close."""

WARMUP = 70


def signal(bars, p):
    return np.where(bars.close < bars.close[-1], 1.0, 0.0)
