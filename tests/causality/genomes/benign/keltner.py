"""Fade a close outside the Keltner channel."""


def signal(bars, p):
    upper = ta.keltner_upper(bars.high, bars.low, bars.close, 20, 2.0)
    lower = ta.keltner_lower(bars.high, bars.low, bars.close, 20, 2.0)
    return np.where(bars.close < lower, 1.0, np.where(bars.close > upper, -1.0, 0.0))
