"""Hold while more than 700 bars are left."""

WARMUP = 70


def signal(bars, p):
    return np.where(len(bars.close) - np.arange(len(bars.close)) > 700, 1.0, 0.0)
