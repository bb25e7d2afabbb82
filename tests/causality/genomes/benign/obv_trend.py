"""Follow on-balance volume."""


def signal(bars, p):
    return np.where(ta.obv(bars.close, bars.volume, 30) > 0.05, 1.0, 0.0)
