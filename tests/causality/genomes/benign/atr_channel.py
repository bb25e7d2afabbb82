"""Buy a close one range above the average."""


def signal(bars, p):
    width = ta.atr(bars.high, bars.low, bars.close, 14)
    return np.where(bars.close > ta.sma(bars.close, 20) + width, 1.0, 0.0)
