"""Act on the first bar of a session only."""

TIMEFRAME = "30m"


def signal(bars, p):
    first = ta.session_bar(bars.session) == 0
    return np.where(first & (bars.close > bars.open), 1.0, 0.0)
