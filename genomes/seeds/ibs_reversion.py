"""Buy a close near the low of its day and sell one near the high."""

TIMEFRAME = "1d"
PARAMS = {"low": (0.2, 0.05, 0.4), "high": (0.8, 0.55, 0.95), "patience": (5, 1, 20)}


def signal(bars, p):
    place = ta.ibs(bars.high, bars.low, bars.close)
    return ta.latch(place < p["low"], place > p["high"], p["patience"])
