"""Stay out while bars are missing."""


def signal(bars, p):
    fresh = ta.count(np.where(bars.stale, 0.0, 1.0) > 0.5, 10) == 10
    return np.where(fresh & (bars.close > ta.sma(bars.close, 10)), 1.0, 0.0)
