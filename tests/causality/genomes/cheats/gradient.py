"""Follow np.gradient, which looks both ways."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.gradient(bars.close) > 0.0, 1.0, 0.0)
