"""Break of the previous session's high."""

TIMEFRAME = "1h"


def signal(bars, p):
    top = ta.previous_high(bars.high, bars.session)
    return np.where(bars.close > top, 1.0, 0.0)
