"""No penny stocks."""


def signal(bars, p):
    return np.where((bars.close > 5.0) & (bars.close > ta.sma(bars.close, 20)), 1.0, 0.0)
