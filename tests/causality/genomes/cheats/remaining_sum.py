"""Volume of all less the volume so far."""

WARMUP = 70


def signal(bars, p):
    volume = np.nan_to_num(bars.volume)
    return np.where(np.sum(volume) - np.cumsum(volume) > 5e7, 1.0, 0.0)
