"""Shift into the past with slices instead of ta.lag."""

WARMUP = 30


def signal(bars, p):
    before = bars.close.copy()
    before[10:] = bars.close[:-10]
    before[:10] = np.nan
    return np.where(bars.close > before, 1.0, 0.0)
