"""Long above the average, short below it."""


def signal(bars, p):
    level = ta.sma(bars.close, 50)
    return np.sign(bars.close - level)
