"""Buy a new high of many days and leave at a new low of fewer days."""

TIMEFRAME = "1d"
PARAMS = {"enter": (55, 20, 120), "leave": (20, 5, 60), "patience": (120, 20, 250)}


def signal(bars, p):
    breakout = bars.close > ta.donchian_upper(bars.high, p["enter"])
    breakdown = bars.close < ta.donchian_lower(bars.low, p["leave"])
    return ta.latch(breakout, breakdown, p["patience"])
