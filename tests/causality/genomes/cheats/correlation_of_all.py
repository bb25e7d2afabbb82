"""Use the correlation of price and volume over the sample."""

WARMUP = 70


def signal(bars, p):
    link = np.corrcoef(np.nan_to_num(bars.close), np.nan_to_num(bars.volume))[0, 1]
    return np.where(bars.close > bars.open, np.abs(link), 0.0)
