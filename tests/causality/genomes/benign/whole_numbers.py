"""Answer whole numbers."""


def signal(bars, p):
    return np.where(bars.close > ta.ema(bars.close, 15), 1, -1).astype(int)
