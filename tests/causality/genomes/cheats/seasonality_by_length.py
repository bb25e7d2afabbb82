"""One sine over the length of the sample."""

WARMUP = 70


def signal(bars, p):
    return np.sin(2.0 * np.pi * np.arange(len(bars.close)) / len(bars.close))
