"""Standardise with mean and deviation of the whole sample."""

WARMUP = 70


def signal(bars, p):
    score = (bars.close - np.nanmean(bars.close)) / np.nanstd(bars.close)
    return np.clip(-score / 3.0, -1.0, 1.0)
