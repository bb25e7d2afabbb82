"""Leave before a bar that falls one per cent."""

WARMUP = 70


def signal(bars, p):
    x = bars.low.copy()
    x[:-1] = bars.low[1:]
    return np.where(x < 0.99 * bars.close, 0.0, 1.0)
