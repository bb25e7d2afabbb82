"""Buy a price stretched far below the session's VWAP and sell one stretched above it."""

TIMEFRAME = "5m"
PARAMS = {"width": (2.0, 0.5, 5.0), "atr": (14, 5, 40), "patience": (24, 4, 70)}
EXITS = {"stop_atr": 3.0, "session_end": True}


def signal(bars, p):
    level = ta.vwap(bars.high, bars.low, bars.close, bars.volume, bars.session)
    reach = p["width"] * ta.atr(bars.high, bars.low, bars.close, p["atr"])
    long = ta.latch(bars.close < level - reach, bars.close > level, p["patience"])
    short = ta.latch(bars.close > level + reach, bars.close < level, p["patience"])
    return long - short
