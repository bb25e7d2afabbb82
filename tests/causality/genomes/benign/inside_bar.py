"""Follow the break of an inside bar."""


def signal(bars, p):
    inside = (bars.high < ta.lag(bars.high, 1)) & (bars.low > ta.lag(bars.low, 1))
    return np.where(ta.lag(np.where(inside, 1.0, 0.0), 1) * (bars.close - ta.lag(bars.high, 1)) > 0.0, 1.0, 0.0)
