"""Buy a close near its low."""


def signal(bars, p):
    return np.where(ta.ibs(bars.high, bars.low, bars.close) < 0.2, 1.0, 0.0)
