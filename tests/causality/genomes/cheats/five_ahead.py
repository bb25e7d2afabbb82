"""Know the close of five bars later."""

WARMUP = 70


def signal(bars, p):
    x = bars.close.copy()
    x[:-5] = bars.close[5:]
    return np.where(x > bars.close, 1.0, 0.0)
