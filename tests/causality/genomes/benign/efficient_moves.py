"""Follow straight moves only."""


def signal(bars, p):
    straight = ta.efficiency_ratio(bars.close, 10) > 0.4
    return np.where(straight, np.sign(ta.momentum(bars.close, 10)), 0.0)
