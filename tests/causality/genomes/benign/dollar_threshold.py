"""A range of more than a dollar and a half."""


def signal(bars, p):
    wide = bars.high - bars.low > 1.5
    return np.where(wide & (bars.close > bars.open), 1.0, 0.0)
