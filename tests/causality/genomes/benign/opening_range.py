"""Follow the break of the first half hour."""

TIMEFRAME = "15m"
EXITS = {"session_end": True}


def signal(bars, p):
    top = ta.opening_range_high(bars.high, bars.session, bars.minute, 30)
    bottom = ta.opening_range_low(bars.low, bars.session, bars.minute, 30)
    return np.where(bars.close > top, 1.0, np.where(bars.close < bottom, -1.0, 0.0))
