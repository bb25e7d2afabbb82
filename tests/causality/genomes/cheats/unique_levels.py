"""Trade at prices that occur again."""

WARMUP = 70


def signal(bars, p):
    levels, counts = np.unique(np.round(np.nan_to_num(bars.close)), return_counts=True)
    which = np.searchsorted(levels, np.round(np.nan_to_num(bars.close)))
    return np.where(counts[which] > 8, 1.0, 0.0)
