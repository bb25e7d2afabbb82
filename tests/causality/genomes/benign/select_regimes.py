"""Choose by regime with np.select."""


def signal(bars, p):
    calm = ta.volatility(bars.close, 20) < 0.01
    up = bars.close > ta.sma(bars.close, 50)
    return np.select([calm & up, calm, up], [1.0, 0.5, 0.25], 0.0)
