"""Trade on volumes above the 80th percentile of all."""

WARMUP = 70


def signal(bars, p):
    return np.where(bars.volume > np.nanpercentile(bars.volume, 80), 1.0, 0.0)
