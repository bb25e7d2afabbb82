"""Hold before a bar that reaches one per cent up."""

WARMUP = 70


def signal(bars, p):
    x = bars.high.copy()
    x[:-1] = bars.high[1:]
    return np.where(x > 1.01 * bars.close, 1.0, 0.0)
