"""Buy when the RSI is oversold in an uptrend."""

PARAMS = {"n": (3, 2, 10), "enter": (20.0, 5.0, 35.0)}


def signal(bars, p):
    oversold = ta.rsi(bars.close, p["n"]) < p["enter"]
    uptrend = bars.close > ta.sma(bars.close, 100)
    return np.where(oversold & uptrend, 1.0, 0.0)
