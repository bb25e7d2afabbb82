"""Follow the trend only when there is one."""


def signal(bars, p):
    trending = ta.adx(bars.high, bars.low, bars.close, 14) > 20.0
    up = ta.plus_di(bars.high, bars.low, bars.close, 14) > ta.minus_di(bars.high, bars.low, bars.close, 14)
    return np.where(trending & up, 1.0, 0.0)
