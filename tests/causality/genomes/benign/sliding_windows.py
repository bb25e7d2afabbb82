"""A statistic of one's own over rows of windows."""


def signal(bars, p):
    rows = ta.windows(bars.close, 12)
    middle = np.median(rows, axis=1)
    return np.where(bars.close > middle, 1.0, 0.0)
