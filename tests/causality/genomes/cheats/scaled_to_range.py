"""Scale to the range of the whole sample."""

WARMUP = 70


def signal(bars, p):
    low, high = np.nanmin(bars.close), np.nanmax(bars.close)
    return 1.0 - (np.nan_to_num(bars.close, nan=low) - low) / (high - low)
