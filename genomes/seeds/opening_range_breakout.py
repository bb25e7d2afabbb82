"""Follow the break of the opening range until the session ends."""

TIMEFRAME = "5m"
PARAMS = {"minutes": (30, 10, 90), "last": (330, 120, 380)}
EXITS = {"stop_atr": 3.0, "session_end": True}


def signal(bars, p):
    top = ta.opening_range_high(bars.high, bars.session, bars.minute, p["minutes"])
    bottom = ta.opening_range_low(bars.low, bars.session, bars.minute, p["minutes"])
    early = bars.minute < p["last"]
    above = ta.latch((bars.close > top) & early, bars.close < bottom, 78)
    below = ta.latch((bars.close < bottom) & early, bars.close > top, 78)
    return np.where(bars.minute >= p["minutes"], above - below, 0.0)
