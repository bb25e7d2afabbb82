"""A body that swallows the one before."""


def signal(bars, p):
    o, c = ta.lag(bars.open, 1), ta.lag(bars.close, 1)
    return np.where((c < o) & (bars.close > o) & (bars.open < c), 1.0, 0.0)
