"""Grow the position with the share of the sample."""

WARMUP = 70


def signal(bars, p):
    return np.arange(len(bars.close)) / len(bars.close)
