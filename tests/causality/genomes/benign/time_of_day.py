"""Trade the middle of the session only."""

TIMEFRAME = "15m"


def signal(bars, p):
    quiet = (bars.minute > 60) & (bars.minute <= 300)
    return np.where(quiet & (bars.close < ta.sma(bars.close, 8)), 1.0, 0.0)
