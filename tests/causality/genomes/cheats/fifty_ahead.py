"""Know the close of fifty bars later."""

WARMUP = 70


def signal(bars, p):
    x = bars.close.copy()
    x[:-50] = bars.close[50:]
    return np.where(x > bars.close, 1.0, 0.0)
