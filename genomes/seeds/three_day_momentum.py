"""Buy three rising closes in a row in an up trend, with an ATR stop below."""

TIMEFRAME = "1d"
PARAMS = {"days": (3, 2, 6), "trend": (50, 20, 200), "hold": (5, 1, 20)}
EXITS = {"stop_atr": 2.0, "atr": 14}


def signal(bars, p):
    rising = ta.always(ta.momentum(bars.close, 1) > 0, p["days"])
    trend = bars.close > ta.sma(bars.close, p["trend"])
    falling = ta.always(ta.momentum(bars.close, 1) < 0, p["days"])
    return ta.latch(rising & trend, falling, p["hold"])
