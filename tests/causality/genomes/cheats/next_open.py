"""Hold before a gap up."""

WARMUP = 70


def signal(bars, p):
    x = bars.open.copy()
    x[:-1] = bars.open[1:]
    return np.where(x > bars.close, 1.0, 0.0)
