"""Trade in the second half of the sample only."""

WARMUP = 70


def signal(bars, p):
    t = np.arange(len(bars.close))
    return np.where(t > len(bars.close) / 2, 1.0, 0.0)
