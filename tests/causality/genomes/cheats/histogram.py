"""Buy in the emptier half of the histogram of closes."""

WARMUP = 70


def signal(bars, p):
    counts, edges = np.histogram(np.nan_to_num(bars.close), bins=10)
    which = np.clip(np.digitize(np.nan_to_num(bars.close), edges) - 1, 0, 9)
    return np.where(counts[which] < len(bars.close) / 10, 1.0, 0.0)
